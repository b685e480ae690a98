import { listRecords } from './records.ts'

/** One request names so many: addresses have an end. */
const most = 50

type Found = PromiseWithResolvers<string | null>
const waiting = new Map<string, Map<string, Found>>()

/**
 * What a record is called; null where it is not there for this user. Whatever is asked for in the same moment, such as by the
 * cells of a list, is one request for each entity.
 */
export function nameOf(entity: string, id: string): Promise<string | null> {
  if (waiting.size === 0) setTimeout(askAll)
  const records = waiting.get(entity) ?? new Map<string, Found>()
  waiting.set(entity, records)
  const found = records.get(id) ?? Promise.withResolvers<string | null>()
  records.set(id, found)
  return found.promise
}

function askAll(): void {
  const all = [...waiting].flatMap(([entity, records]) => {
    const list = [...records]
    const parts = Array.from({ length: Math.ceil(list.length / most) }, (_, part) =>
      list.slice(part * most, (part + 1) * most),
    )
    return parts.map((part) => ({ entity, part }))
  })
  waiting.clear()
  for (const { entity, part } of all) void ask(entity, part)
}

async function ask(entity: string, records: readonly (readonly [string, Found])[]): Promise<void> {
  try {
    const filter = `id in [${records.map(([id]) => JSON.stringify(id)).join(', ')}]`
    const { items } = await listRecords(entity, { fields: ['display'], filter, limit: most })
    const names = new Map(items.map((item) => [item.id, item['display']]))
    for (const [id, found] of records) {
      const name = names.get(id)
      found.resolve(typeof name === 'string' ? name : null)
    }
  } catch (error) {
    for (const [, found] of records) found.reject(error)
  }
}
