import type { RecordData } from '@xrm/sdk/api'
import type { ReactiveControllerHost } from 'lit'
import { QueryController } from '../data/queries.ts'
import { getRecord, listRecords } from '../data/records.ts'
import { session } from '../data/session.ts'
import type { ChosenRecord } from '../designer/record-lookup.ts'
import { recordFields } from '../model/fields.ts'

/** By source entity: the record that a conversion is tried on, on all its tabs. */
const chosen = new Map<string, ChosenRecord | null>()
const changes = new EventTarget()

/**
 * The record on which a conversion is tried: what the user chose, at first the one that was changed last. Records are there
 * for what is published alone.
 */
export class SampleRecord {
  #entity: () => string | undefined
  #latest: QueryController<ChosenRecord | null>
  #record: QueryController<RecordData>

  constructor(host: ReactiveControllerHost, entity: () => string | undefined) {
    this.#entity = entity
    const changed = () => host.requestUpdate()
    host.addController({
      hostConnected: () => changes.addEventListener('change', changed),
      hostDisconnected: () => changes.removeEventListener('change', changed),
    })
    this.#latest = new QueryController(host, () => {
      const name = entity()
      return {
        key: [name, 'latest'],
        read: async (signal) => {
          const query = { fields: ['id', 'display'], sort: '-updated_at', limit: 1 }
          const { items } = await listRecords(name!, query, signal)
          const [first] = items
          return first ? { id: first.id, display: String(first['display']) } : null
        },
        enabled: this.published,
      }
    })
    this.#record = new QueryController(host, () => {
      const name = entity()
      const { id } = this.chosen ?? {}
      return {
        key: [name, 'sample', id],
        read: (signal) => getRecord(name!, id!, recordFields(session.entity(name!)!), signal),
        enabled: this.published && id !== undefined,
      }
    })
  }

  get published(): boolean {
    const name = this.#entity()
    return name !== undefined && session.entity(name) !== undefined
  }

  get chosen(): ChosenRecord | null {
    const name = this.#entity()
    if (name === undefined) return null
    return chosen.get(name) ?? this.#latest.data ?? null
  }

  /** All its fields. */
  get record(): RecordData | undefined {
    return this.chosen ? this.#record.data : undefined
  }

  choose(record: ChosenRecord | null): void {
    const name = this.#entity()
    if (name === undefined) return
    chosen.set(name, record)
    changes.dispatchEvent(new Event('change'))
  }
}
