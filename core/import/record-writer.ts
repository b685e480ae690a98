import { Problem } from '@xrm/sdk'
import { isEqual } from '@xrm/sdk/merge'
import { evaluationOf, type WriteContext, type WriteOperation } from '../records/write-types.ts'
import { type RowOutcome, writeEach } from '../records/write.ts'
import type { ReadContext } from '../records/query.ts'
import { type Existing, findExisting, keysInBin, keyText } from './existing.ts'
import { findSame } from './find-same.ts'
import { importUsers } from './import-users.ts'
import type { Found, Lookups } from './lookups.ts'
import type { FieldPlan, ImportPlan, RecordPlan } from './plan-import.ts'
import { fromCell } from '../records/cell-text.ts'
import { readField, type Value } from './read-field.ts'
import { type RecordCounts, reject, type RowState } from './row-state.ts'
import { Turns } from './turns.ts'

/** What a row says about one record. */
interface Item {
  state: RowState
  values: Record<string, unknown>
  /** Fields whose cell is empty. */
  empty: string[]
  /** Parts of addresses, until it is known what the others are. */
  parts: Map<string, Record<string, unknown>>
  lookups: { plan: FieldPlan; text: string }[]
  deferred: { plan: FieldPlan; text: string }[]
}

/** A relation to a record that the same file may still bring. */
export interface Deferred {
  state: RowState
  record: RecordPlan
  field: FieldPlan
  id: string
  text: string
}

/** Makes the records of one part of the mapping from rows, a chunk at a time, through the one write path. */
export class RecordWriter {
  readonly plan: RecordPlan
  readonly counts: RecordCounts = { created: 0, updated: 0, unchanged: 0 }
  /** Values that the mapping lets go, by field: left empty, or kept in another field. */
  readonly dropped = new Map<string, number>()
  readonly deferred: Deferred[] = []
  readonly #import: ImportPlan
  readonly #lookups: Lookups
  readonly #turns = new Turns()
  #bin: Promise<Set<string>> | null = null

  constructor(plan: RecordPlan, whole: ImportPlan, lookups: Lookups) {
    this.plan = plan
    this.#import = whole
    this.#lookups = lookups
  }

  /** `turn` numbers the chunks; two of them may be under way at the same time. */
  async write(context: WriteContext, rows: readonly RowState[], turn: number): Promise<void> {
    const evaluation = evaluationOf(context)
    const items = rows.flatMap((state) => {
      if (state.rejected) return []
      const { when } = this.plan
      const isMeant =
        when === null || when.evaluate((alias) => this.#column(state, alias), evaluation) === true
      return isMeant ? [this.#read(state, evaluation)] : []
    })
    const reading: ReadContext = {
      model: context.model,
      actor: context.actor,
      db: context.client ?? context.db.pool,
      now: context.now,
    }
    await this.#lookUp(reading, items)
    const sound = items.filter((item) => !item.state.rejected && this.#checkKey(item))
    const keys = new Set(
      this.plan.key.length === 0 ? [] : sound.map(({ values }) => keyText(this.plan.key, values)),
    )
    const leave = await this.#turns.enter(turn, keys)
    try {
      const existing = await this.#findExisting(reading, sound)
      if (this.plan.duplicates === null)
        for (const wave of this.#waves(sound)) await this.#writeWave(context, wave, existing)
      // One after the other: two rows of a file may speak of the same firm.
      else for (const item of sound) await this.#writeUnlessKnown(context, reading, item, existing)
    } finally {
      leave()
    }
  }

  async #findExisting(reading: ReadContext, items: readonly Item[]): Promise<Map<string, Existing>> {
    const rows = items.map(({ values }) => values)
    const existing = await findExisting(reading, this.plan, rows)
    this.#bin ??= keysInBin(reading, this.plan)
    const bin = await this.#bin
    for (const values of rows) {
      const text = keyText(this.plan.key, values)
      if (bin.has(text) && !existing.has(text)) existing.set(text, { kind: 'withheld' })
    }
    return existing
  }

  /** Sets relations that had to wait for the end of the file. Returns those that still lead nowhere. */
  async finish(context: WriteContext, chunk: readonly Deferred[]): Promise<Deferred[]> {
    const reading: ReadContext = {
      model: context.model,
      actor: context.actor,
      db: context.client ?? context.db.pool,
      now: context.now,
    }
    const found = new Map<FieldPlan, Map<string, Found>>()
    for (const field of new Set(chunk.map((one) => one.field))) {
      const texts = chunk.filter((one) => one.field === field).map(({ text }) => text)
      found.set(field, await this.#lookups.find(reading, field.lookup!, texts))
    }
    const target = (one: Deferred): Found => found.get(one.field)!.get(one.text) ?? null
    const ready = chunk.filter((one) => target(one) !== null && target(one) !== 'several')
    const operations = ready.map((one) => ({
      action: 'update' as const,
      id: one.id,
      values: { [one.field.field.name]: target(one) },
    }))
    const outcomes = await writeSafely(context, this.plan.entity.name, operations)
    const failed = ready.filter((_, index) => !outcomes[index]!.ok)
    return [...chunk.filter((one) => !ready.includes(one)), ...failed]
  }

  #column({ row }: RowState, alias: string): string | null {
    const text = fromCell(row.cells[this.#import.header.alias(alias)!]!.trim())
    return this.#import.blank.has(text) ? null : text
  }

  #read(state: RowState, evaluation: Parameters<typeof readField>[3]): Item {
    const item: Item = { state, values: {}, empty: [], parts: new Map(), lookups: [], deferred: [] }
    const kept: [string, string][] = []
    for (const plan of this.plan.fields) {
      const value: Value =
        plan.body.record === undefined
          ? readField(plan, state.row.cells, this.#import, evaluation)
          : this.#reference(plan, state)
      if (value.kind === 'invalid') this.#invalid(item, plan, value, kept)
      else if (value.kind === 'lookup') item.lookups.push({ plan, text: value.text })
      else this.#set(item, plan, value.kind === 'blank' ? null : value.value)
    }
    for (const [name, text] of kept)
      item.values[name] = item.values[name] == null ? text : `${String(item.values[name])}\n${text}`
    return item
  }

  #reference({ body, field }: FieldPlan, { ids }: RowState): Value {
    const id = ids.get(body.record!)
    if (id === undefined) return { kind: 'blank' }
    if (field.type.name !== 'relation-any') return { kind: 'value', value: id }
    const entity = this.#import.records.find(({ name }) => name === body.record)!.entity.name
    return { kind: 'value', value: field.multiple ? [`${entity}/${id}`] : `${entity}/${id}` }
  }

  #set(item: Item, { field, part }: FieldPlan, value: unknown): void {
    if (part !== null) {
      const parts = item.parts.get(field.name) ?? {}
      if (value !== null || this.plan.clears) parts[part] = value
      item.parts.set(field.name, parts)
    } else if (value === null) item.empty.push(field.name)
    else item.values[field.name] = value
  }

  #invalid(item: Item, plan: FieldPlan, value: Value & { kind: 'invalid' }, kept: [string, string][]): void {
    const { onInvalid = 'reject' } = plan.body
    if (onInvalid === 'reject') {
      this.#refuse(item.state, plan, value.text, value.code, value.detail)
      return
    }
    this.#drop(plan)
    if (typeof onInvalid === 'object')
      kept.push([onInvalid.keepIn, `${this.#columnNames(plan)}: ${value.text}`])
    this.#set(item, plan, null)
  }

  #drop(plan: FieldPlan): void {
    this.dropped.set(plan.path, (this.dropped.get(plan.path) ?? 0) + 1)
  }

  async #lookUp(reading: ReadContext, items: readonly Item[]): Promise<void> {
    for (const plan of this.plan.fields) {
      if (!plan.lookup) continue
      const asked = items.flatMap((item) =>
        item.lookups.filter((one) => one.plan === plan).map(({ text }) => ({ item, text })),
      )
      if (asked.length === 0) continue
      const found = await this.#lookups.find(reading, plan.lookup, [
        ...new Set(asked.map(({ text }) => text)),
      ])
      for (const { item, text } of asked) this.#take(item, plan, text, found.get(text) ?? null)
    }
  }

  #take(item: Item, plan: FieldPlan, text: string, found: Found): void {
    const { lookup, field } = plan
    if (found === 'several') {
      this.#refuse(item.state, plan, text, 'import.ambiguous', `names several ${lookup!.entity.plural}`)
    } else if (found !== null) item.values[field.name] = found
    else if (lookup!.deferred && !field.required) item.deferred.push({ plan, text })
    else if (lookup!.onMissing === 'blank') {
      this.#drop(plan)
      item.empty.push(field.name)
    } else
      this.#refuse(item.state, plan, text, 'import.not-found', `names no ${lookup!.entity.name} that exists`)
  }

  /** Brings the key into its canonical form, in which records have it. */
  #checkKey(item: Item): boolean {
    for (const field of this.plan.key) {
      const plan = this.plan.fields.find((one) => one.field === field)!
      const value = item.values[field.name]
      if (value == null) {
        this.#refuse(item.state, plan, '', 'import.key-missing', 'is empty, and it is the key')
        return false
      }
      const parsed = field.type.parse(value, field.context)
      if ('error' in parsed) {
        this.#refuse(item.state, plan, String(value), parsed.error, parsed.detail)
        return false
      }
      item.values[field.name] = parsed.value
    }
    return true
  }

  /** In one wave each key occurs once; a row that says the same as an earlier one of its wave shares its record. */
  #waves(items: readonly Item[]): Item[][][] {
    const waves: Map<string, Item[]>[] = []
    for (const [index, item] of items.entries()) {
      const text = this.plan.key.length === 0 ? `#${index}` : keyText(this.plan.key, item.values)
      const wave = waves.find((one) => {
        const first = one.get(text)?.[0]
        return first === undefined || saysTheSame(first, item)
      })
      if (!wave) waves.push(new Map([[text, [item]]]))
      else wave.set(text, [...(wave.get(text) ?? []), item])
    }
    return waves.map((wave) => [...wave.values()])
  }

  async #writeUnlessKnown(
    context: WriteContext,
    reading: ReadContext,
    item: Item,
    existing: Map<string, Existing>,
  ): Promise<void> {
    const key = keyText(this.plan.key, item.values)
    const byKey = this.plan.key.length > 0 && existing.has(key)
    const same = byKey ? undefined : await findSame(reading, this.plan, item.values)
    if (same && (same.kind !== 'one' || this.plan.duplicates === 'reject')) {
      const code = same.kind === 'one' ? 'import.duplicate' : `import.duplicate-${same.kind}`
      reject(item.state, { record: this.plan.name, column: '', value: '', code, reason: same.reason })
      return
    }
    await this.#writeWave(context, [[item]], existing, same)
  }

  async #writeWave(
    context: WriteContext,
    groups: readonly Item[][],
    existing: Map<string, Existing>,
    same?: Existing,
  ): Promise<void> {
    const planned: {
      group: Item[]
      operation: WriteOperation
      before: (Existing & { kind: 'one' }) | null
    }[] = []
    for (const group of groups) {
      const [item] = group as [Item]
      const byKey = this.plan.key.length === 0 ? undefined : existing.get(keyText(this.plan.key, item.values))
      const found = byKey ?? same
      if (found && found.kind !== 'one') {
        for (const { state } of group) this.#refuseKey(state, item, found.kind)
        continue
      }
      if (found && (this.plan.existing === 'keep' || this.plan.entity.readOnly)) {
        for (const { state } of group) state.ids.set(this.plan.name, found.record.id)
        this.counts.unchanged += 1
        continue
      }
      const values = this.#valuesFor(item, found?.record ?? null)
      planned.push({
        group,
        before: found ?? null,
        operation: found ? { action: 'update', id: found.record.id, values } : { action: 'create', values },
      })
    }
    const outcomes = await this.#execute(
      context,
      planned.map(({ operation }) => operation),
    )
    outcomes.forEach((outcome, index) => {
      const { group, before } = planned[index]!
      if (!outcome.ok) {
        for (const { state } of group) this.#refuseByProblem(state, outcome.problem)
        return
      }
      const { id, version, next } = outcome.result
      if (!before) this.counts.created += 1
      else this.counts[before.record.version === version ? 'unchanged' : 'updated'] += 1
      if (this.plan.key.length > 0) {
        existing.set(keyText(this.plan.key, group[0]!.values), {
          kind: 'one',
          record: { ...next, id, version },
        })
      }
      for (const item of group) {
        item.state.ids.set(this.plan.name, id)
        for (const { plan, text } of item.deferred)
          this.deferred.push({ state: item.state, record: this.plan, field: plan, id, text })
      }
    })
  }

  #execute(context: WriteContext, operations: readonly WriteOperation[]): Promise<RowOutcome[]> {
    if (this.plan.entity.name === 'user') return importUsers(context, operations)
    return writeSafely(context, this.plan.entity.name, operations)
  }

  #valuesFor(item: Item, before: Readonly<Record<string, unknown>> | null): Record<string, unknown> {
    const values: Record<string, unknown> = { ...item.values }
    for (const [name, parts] of item.parts) {
      // An address is written as a whole; what the file does not speak of stays.
      const whole = { ...(before?.[name] as Record<string, unknown> | null | undefined), ...parts }
      if (Object.values(whole).some((part) => part !== null) || before) values[name] = whole
    }
    if (!before) return values
    if (this.plan.clears) for (const name of item.empty) values[name] = null
    if (this.plan.existing !== 'fill') return values
    const isKey = new Set(this.plan.key.map(({ name }) => name))
    return Object.fromEntries(
      Object.entries(values).filter(([name]) => !isKey.has(name) && before[name] == null),
    )
  }

  #refuseKey(state: RowState, item: Item, kind: 'several' | 'withheld'): void {
    const [key] = this.plan.key
    const plan = this.plan.fields.find(({ field }) => field === key)!
    const detail =
      kind === 'several'
        ? 'is the key of several records'
        : 'belongs to a record that cannot be changed: it is in the bin, or not yours to see'
    this.#refuse(state, plan, String(item.values[key!.name]), `import.key-${kind}`, detail)
  }

  #refuseByProblem(state: RowState, problem: Problem): void {
    const errors = problem.errors ?? []
    const plans = errors.map(({ pointer }) =>
      this.plan.fields.find(({ field }) => `#/${field.name}` === pointer),
    )
    const first = plans.find((plan) => plan !== undefined)
    const texts = errors.map(({ detail, pointer }, index) => {
      const name = plans[index] ? this.#columnNames(plans[index]) : pointer.replace(/^#\/?/, '')
      return name === '' ? detail : `${name} ${detail}`
    })
    reject(state, {
      record: this.plan.name,
      column: first ? this.#columnNames(first) : '',
      value: first ? this.#cellTexts(first, state) : '',
      code: errors[0]?.code ?? problem.code,
      reason: texts.length > 0 ? texts.join('; ') : problem.message,
    })
  }

  #refuse(state: RowState, plan: FieldPlan, value: string, code: string, detail: string): void {
    const column = this.#columnNames(plan)
    reject(state, { record: this.plan.name, column, value, code, reason: `${column} ${detail}` })
  }

  /** What the report calls the field: the columns it comes from, else its own name. */
  #columnNames({ places, path }: FieldPlan): string {
    return places.length === 0 ? path : places.map((place) => this.#import.header.names[place]).join(', ')
  }

  #cellTexts({ places }: FieldPlan, { row }: RowState): string {
    return places.map((place) => row.cells[place]).join(' ')
  }
}

function saysTheSame(a: Item, b: Item): boolean {
  return (
    isEqual(a.values, b.values) &&
    isEqual([...a.parts], [...b.parts]) &&
    a.deferred.length === 0 &&
    b.deferred.length === 0
  )
}

/** Where a plugin's hook or the database stops a whole batch, each half tries by itself, down to the row that did it. */
async function writeSafely(
  context: WriteContext,
  entity: string,
  operations: readonly WriteOperation[],
): Promise<RowOutcome[]> {
  if (operations.length === 0) return []
  try {
    return await writeEach(context, entity, operations)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (operations.length === 1) return [{ ok: false, problem: error }]
    const middle = Math.ceil(operations.length / 2)
    const first = await writeSafely(context, entity, operations.slice(0, middle))
    return [...first, ...(await writeSafely(context, entity, operations.slice(middle)))]
  }
}
