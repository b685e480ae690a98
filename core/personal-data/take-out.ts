import { systemActor } from '../access/rights.ts'
import { readHistory } from '../history/history.ts'
import { listRecords, type ReadContext } from '../records/query.ts'
import { Cursors } from '../records/cursor.ts'

const noCursors = new Cursors('unused')

/** Everything that is held in some records, to hand to the person: the fields with their titles, and the changes of each. */
export async function takeOut(
  context: ReadContext,
  records: readonly { entity: string; id: string }[],
): Promise<Record<string, unknown>> {
  // The administrator hands out what there is, whatever their own roles show them.
  const reading = { ...context, actor: systemActor }
  const result: Record<string, unknown>[] = []
  for (const { entity: name, id } of records) {
    const entity = context.model.entities.get(name)!
    const fields = [...entity.fields.keys()]
    const found = await Promise.all(
      [false, true].map((deleted) =>
        listRecords(reading, name, { ids: [id], fields, deleted, limit: 1 }, noCursors),
      ),
    )
    const record = found.flatMap(({ items }) => items)[0]
    if (!record) continue
    const history: unknown[] = []
    for (let after: string | undefined; ;) {
      const page = await readHistory(reading, name, id, {
        limit: 200,
        ...(after === undefined ? {} : { after }),
      })
      history.push(
        ...page.items.map(({ at, action, before, after: now }) => ({ at, action, before, after: now })),
      )
      if (page.next === null) break
      after = page.next
    }
    result.push({
      entity: name,
      title: entity.body.title,
      id,
      values: fields.flatMap((field) =>
        record[field] === null || record[field] === undefined
          ? []
          : [{ field, title: entity.fields.get(field)!.field.title ?? field, value: record[field] }],
      ),
      history,
    })
  }
  return { at: context.now, records: result }
}
