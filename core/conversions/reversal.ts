import type { PoolClient } from 'pg'
import type { Conversion } from '@xrm/sdk'
import type { ReverseBlock, ReverseStep } from '@xrm/sdk/conversions'
import { isEqual } from '@xrm/sdk/merge'
import { systemActor } from '../access/rights.ts'
import { nameOfKey } from '../documents/entity-keys.ts'
import type { EntityModel } from '../documents/model.ts'
import { Cursors } from '../records/cursor.ts'
import { listRecords, maxLimit } from '../records/query.ts'
import type { WriteContext } from '../records/write-types.ts'
import { type RecordTrace, traceRun, undoList } from './undo.ts'
import { recordsNaming } from './users-of.ts'

/** One record on its way back. */
export interface ReversedRecord {
  entity: EntityModel
  id: string
  child: boolean
  /** Null: it stays as it is. */
  step: ReverseStep['action'] | null
  fields: Map<string, { before: unknown; after: unknown }>
}

export interface Reversal {
  /** In the order in which they are written: children, what was linked, what was made, the source. Nothing is named any more when it goes. */
  records: ReversedRecord[]
  blocks: ReverseBlock[]
}

interface Run {
  id: string
  source: string
  body: Conversion
  touched: Record<string, string[]>
  targets: readonly { key: string; entity: string; action: string; record: string | null }[]
}

type Writing = WriteContext & { client: PoolClient }
type Row = Readonly<Record<string, unknown>>

/** Looks at everything that a run wrote: what becomes of it, and what has happened to it that keeps the run from being taken back. */
export async function collectReversal(context: Writing, source: EntityModel, run: Run): Promise<Reversal> {
  const collector = new Collector(context, run)
  const targets: ReversedRecord[] = []
  for (const [entity, ids] of collector.idsByEntity(
    run.targets.flatMap(({ entity: key, action, record }) =>
      action === 'skip' || record === null ? [] : [[key, record] as const],
    ),
  ))
    targets.push(...(await collector.targets(entity, ids)))
  const children: ReversedRecord[] = []
  for (const [entity, ids] of collector.idsByEntity(
    Object.entries(run.touched).flatMap(([key, some]) => some.map((id) => [key, id] as const)),
  ))
    children.push(...(await collector.children(entity, ids)))
  const made = [...targets, ...children].filter(({ step }) => step === 'remove' || step === 'archive')
  const late = await collector.uses(made, [...targets, ...children])
  const order = run.targets.map(({ record }) => record)
  const last = (record: ReversedRecord): number => order.indexOf(record.id)
  return {
    records: [
      ...late,
      ...children.filter(({ step }) => step === 'return'),
      ...targets.filter(({ step }) => step === 'restore'),
      ...children.filter(({ step }) => step === 'remove' || step === 'archive'),
      // Those that name others were made after them.
      ...targets
        .filter(({ step }) => step === 'remove' || step === 'archive')
        .toSorted((a, b) => last(b) - last(a)),
      ...(await collector.source(source)),
    ],
    blocks: collector.blocks,
  }
}

class Collector {
  readonly blocks: ReverseBlock[] = []
  readonly #context: Writing
  readonly #run: Run

  constructor(context: Writing, run: Run) {
    this.#context = context
    this.#run = run
  }

  idsByEntity(pairs: readonly (readonly [string, string])[]): Map<EntityModel, string[]> {
    const result = new Map<EntityModel, string[]>()
    for (const [key, id] of pairs) {
      const entity = this.#context.model.entities.get(nameOfKey(this.#context.model, key))
      if (entity) result.set(entity, [...new Set([...(result.get(entity) ?? []), id])])
      else this.#block('touched', key, id, 'Its kind does not exist any more.')
    }
    return result
  }

  async targets(entity: EntityModel, ids: readonly string[]): Promise<ReversedRecord[]> {
    const { rows, traces } = await this.#look(entity, ids)
    return ids.map((id): ReversedRecord => {
      const [trace, now] = [traces.get(id), rows.get(id)]
      const record: ReversedRecord = { entity, id, child: false, step: null, fields: new Map() }
      if (trace?.created) return this.#madeByRun(record, trace, now)
      if (!trace || trace.wrote.size === 0) return record
      const since = [...trace.wrote.keys()].filter((name) => trace.since?.has(name))
      if (since.length > 0 || !now) {
        this.#block('touched', entity.name, id, 'What the run wrote to it was changed since.', since)
        return record
      }
      for (const [name, { before }] of trace.wrote)
        if (!isEqual(now[name] ?? null, before))
          record.fields.set(name, { before: now[name] ?? null, after: before })
      return record.fields.size === 0 ? record : { ...record, step: 'restore' }
    })
  }

  /** Children go back to where they were; what others have done to their list since stays. */
  async children(entity: EntityModel, ids: readonly string[]): Promise<ReversedRecord[]> {
    const { rows, traces } = await this.#look(entity, ids)
    return ids.map((id): ReversedRecord => {
      const [trace, now] = [traces.get(id), rows.get(id)]
      const record: ReversedRecord = { entity, id, child: true, step: null, fields: new Map() }
      if (!trace) return record
      if (trace.created) return this.#madeByRun(record, trace, now)
      // One that went to the bin meanwhile stays there.
      if (!now) return record
      for (const [name, { before, after }] of trace.wrote) {
        const present = now[name] ?? null
        const isList = entity.fields.get(name)!.multiple
        const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
        const back = isList ? undoList(list(present), list(before), list(after)) : before
        if (!isList && !isEqual(present, after)) continue
        if (!isEqual(present, back)) record.fields.set(name, { before: present, after: back })
      }
      return record.fields.size === 0 ? record : { ...record, step: 'return' }
    })
  }

  async source(entity: EntityModel): Promise<ReversedRecord[]> {
    const { source: id } = this.#run
    const { rows, traces } = await this.#look(entity, [id])
    const now = rows.get(id)
    if (!now) {
      this.#block('touched', entity.name, id, 'The source is in the bin.')
      return []
    }
    const fields: ReversedRecord['fields'] = new Map()
    for (const [name, { before, after }] of traces.get(id)?.wrote ?? []) {
      const present = now[name] ?? null
      // Where the source stayed open, what was written to it since is newer than the run.
      if (isEqual(present, after) && !isEqual(present, before))
        fields.set(name, { before: present, after: before })
    }
    return [{ entity, id, child: false, step: 'reopen', fields }]
  }

  /**
   * Finds what names the records that are to go. What the run made or brought goes or returns itself; entries of a
   * timeline that landed here because they regard the source, stay with the source alone.
   */
  async uses(made: readonly ReversedRecord[], all: readonly ReversedRecord[]): Promise<ReversedRecord[]> {
    const known = new Set([...all.map(({ id }) => id), this.#run.source])
    const late = new Map<string, ReversedRecord>()
    const byEntity = new Map<EntityModel, string[]>()
    for (const { entity, id } of made) byEntity.set(entity, [...(byEntity.get(entity) ?? []), id])
    for (const [entity, ids] of byEntity) {
      const found = await recordsNaming(this.#context.client, this.#context.model, entity, ids)
      for (const { entity: other, field, id, names } of found) {
        if (known.has(id)) continue
        const entry = other.timeline?.regarding.name === field.name
        const regards = entry && field.multiple ? await this.#regardsSource(other, field.name, id) : null
        if (regards) {
          const one = late.get(id) ?? {
            entity: other,
            id,
            child: true,
            step: 'return' as const,
            fields: new Map(),
          }
          const before = (one.fields.get(field.name)?.before as unknown[] | undefined) ?? regards
          const left = (one.fields.get(field.name)?.after as unknown[] | undefined) ?? regards
          one.fields.set(field.name, {
            before,
            after: left.filter((value) => value !== `${entity.name}/${names}`),
          })
          late.set(id, one)
        } else {
          const title = entity.body.title.toLowerCase()
          this.#block('used', other.name, id, `It names the ${title} that the run made.`, [field.name])
        }
      }
    }
    return [...late.values()]
  }

  async #regardsSource(entity: EntityModel, field: string, id: string): Promise<unknown[] | null> {
    const now = (await this.#rows(entity, [id])).get(id)
    const list = now?.[field]
    const { model } = this.#context
    const isSource = (value: unknown): boolean =>
      typeof value === 'string' &&
      model.entities.has(value.split('/')[0]!) &&
      value.endsWith(`/${this.#run.source}`)
    return Array.isArray(list) && list.some(isSource) ? list : null
  }

  #madeByRun(record: ReversedRecord, trace: RecordTrace, now: Row | undefined): ReversedRecord {
    if (trace.since || !now) {
      const fields = [...(trace.since ?? [])].filter((name) => name !== 'deleted_at')
      this.#block('touched', record.entity.name, record.id, 'It was changed since.', fields)
      return record
    }
    const stays = this.#run.body.reversible?.untouchedCreated === 'archive'
    if (!stays) return { ...record, step: 'remove' }
    return {
      ...record,
      step: 'archive',
      fields: new Map([['active', { before: now['active'], after: false }]]),
    }
  }

  async #look(
    entity: EntityModel,
    ids: readonly string[],
  ): Promise<{ rows: Map<string, Row>; traces: Map<string, RecordTrace> }> {
    const { client, model } = this.#context
    // Nobody changes them between looking and writing.
    await client.query(`SELECT FROM ${entity.table} WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, [ids])
    return {
      traces: await traceRun(client, model, entity, this.#run.id, ids),
      rows: await this.#rows(entity, ids),
    }
  }

  async #rows(entity: EntityModel, ids: readonly string[]): Promise<Map<string, Row>> {
    const context = { ...this.#context, db: this.#context.client, actor: systemActor }
    const result = new Map<string, Row>()
    for (let at = 0; at < ids.length; at += maxLimit) {
      const some = { ids: ids.slice(at, at + maxLimit), limit: maxLimit }
      const { items } = await listRecords(context, entity.name, some, new Cursors('unused'))
      for (const item of items) result.set(item.id, item)
    }
    return result
  }

  #block(code: ReverseBlock['code'], entity: string, id: string, detail: string, fields?: string[]): void {
    const known = this.blocks.some((one) => one.code === code && one.record?.id === id)
    if (known) return
    this.blocks.push({
      code,
      record: { entity, id, display: null },
      ...(fields && fields.length > 0 ? { fields } : {}),
      detail,
    })
  }
}
