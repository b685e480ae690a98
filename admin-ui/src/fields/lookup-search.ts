import { listRecords } from '../data/records.ts'
import { session } from '../data/session.ts'
import { allOf, quote } from '../list/filter.ts'
import { ownFields } from '../model/fields.ts'

export interface LookupItem {
  id: string
  display: string
  /** Tells records with the same name apart. */
  note: string
}

const pageSize = 50

/** Searches one entity page by page; cursors of earlier pages are remembered for one text. */
export class LookupSearch {
  #cursors: (string | null)[] = []
  #text = '\0'

  /** The items of a page, and how many there are at least in all. */
  async page(
    entity: string,
    filter: string | undefined,
    text: string,
    page: number,
  ): Promise<[LookupItem[], number]> {
    if (text !== this.#text || page === 0) {
      this.#text = text
      this.#cursors = [null]
    }
    const after = this.#cursors[page] ?? null
    if (page > 0 && after === null) return [[], page * pageSize]
    const notes = noteFields(entity)
    const answer = await listRecords(entity, {
      fields: ['id', 'display', ...notes],
      filter: allOf([filter, text === '' ? null : `fold(display).contains(fold(${quote(text)}))`]),
      limit: pageSize,
      ...(after === null ? {} : { after }),
      count: 'none',
    })
    this.#cursors[page + 1] = answer.next
    const items = answer.items.map((record) => ({
      id: record.id,
      display: String(record['display'] ?? ''),
      note: notes
        .map((name) => record[name])
        .filter((value) => typeof value === 'string' && value !== record['display'])
        .join(' · '),
    }))
    return [items, page * pageSize + items.length + (answer.next === null ? 0 : pageSize)]
  }
}

function noteFields(name: string): string[] {
  const entity = session.entity(name)
  if (!entity) return []
  return ownFields(entity)
    .filter((field) => ['email', 'url', 'auto-number', 'phone'].includes(field.type) && !field.multiple)
    .slice(0, 1)
    .map((field) => field.name)
}
