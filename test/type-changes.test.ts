import { beforeAll, describe, expect, it } from 'vitest'
import type { ChangesetView, JobView, PlanView, ValuesPreview } from '@xrm/sdk/configuration'
import { fixture } from './support/fixture-plugin.ts'
import { schemaDifferences } from './support/schema-matches-model.ts'
import { type Caller, testServer } from './support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

const entity = {
  title: 'Parcel',
  type: 'object',
  'x-entity': { plural: 'parcels', display: 'label' },
  properties: {
    label: { type: 'string' },
    size: { type: 'string', title: 'Size' },
    weight: { type: 'string', title: 'Weight' },
  },
}
const sizes = {
  'x-type': 'select',
  'x-options': { small: { title: 'Small' }, medium: { title: 'Medium' }, large: { title: 'Large' } },
}

async function draft(title: string): Promise<string> {
  const { body } = await admin<{ id: string }>('POST', '/api/changesets', { title })
  return body.id
}

/** Publishes, and waits for the job where one does the work. */
async function publish(id: string, action = 'publish'): Promise<ChangesetView> {
  const { status, body } = await admin<ChangesetView>('POST', `/api/changesets/${id}/${action}`)
  expect(status, JSON.stringify(body)).toBeLessThan(300)
  if (status === 200) return body
  expect(body.status).toBe('publishing')
  const job = await ended(body.job!)
  expect(job, JSON.stringify(job)).toMatchObject({ status: 'done' })
  await server.live.refresh()
  return (await admin<ChangesetView>('GET', `/api/changesets/${body.id}`)).body
}

async function ended(id: string): Promise<JobView> {
  let job = (await admin<JobView>('GET', `/api/jobs/${id}`)).body
  await expect
    .poll(
      async () => {
        job = (await admin<JobView>('GET', `/api/jobs/${id}`)).body
        return job.status
      },
      { timeout: 60_000 },
    )
    .not.toMatch(/waiting|running/)
  return job
}

async function valuesOf(field: string): Promise<Map<string, unknown>> {
  const result = new Map<string, unknown>()
  let next: string | null = ''
  while (next !== null) {
    const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`
    const { body }: { body: { items: Record<string, unknown>[]; next: string | null } } = await admin(
      'GET',
      `/api/records/parcel?fields=label,${field}&limit=500${after}`,
    )
    for (const item of body.items) result.set(item['label'] as string, item[field])
    next = body.next
  }
  return result
}

describe('a text field with 10,000 values that becomes a select', () => {
  const words = ['small', 'Medium', 'LARGE']
  const odd = ['sm.', 'huge', 'n/a']
  let change: string

  beforeAll(async () => {
    const id = await draft('Parcels')
    await admin('PUT', `/api/documents/entity/parcel?changeset=${id}`, entity)
    await publish(id)
    for (let at = 0; at < 10_000; at += 1000) {
      const rows = Array.from({ length: 1000 }, (_, index) => {
        const number = at + index
        return {
          label: `p${number}`,
          size: number % 33 === 0 ? odd[(number / 33) % 3] : words[number % 3],
          weight: String(number),
        }
      })
      await admin('POST', '/api/records/parcel', rows)
    }
    change = await draft('Size as a choice')
    await admin('PATCH', `/api/documents/entity/parcel?changeset=${change}`, {
      properties: { size: { ...sizes, type: null } },
    })
  })

  it('is refused while values do not fit, naming how many and the most frequent [META-08]', async () => {
    const plan = (await admin<PlanView>('POST', `/api/changesets/${change}/plan`)).body
    expect(plan.data).toEqual([
      expect.objectContaining({
        entity: 'parcel',
        field: 'size',
        check: 'type',
        rows: 10_000,
        failing: 304,
        severity: 'error',
      }),
    ])
    expect(plan.online).toBe(true)
    const { status, body } = await admin('POST', `/api/changesets/${change}/publish`)
    expect(status).toBe(422)
    expect(body).toMatchObject({
      code: 'changeset.values',
      errors: [{ pointer: '#/entity/parcel/properties/size', code: 'values.type' }],
    })
  })

  it('shows every odd value with its count, and what the rule makes of each', async () => {
    const path = `/api/changesets/${change}/values/parcel/size`
    const before = (await admin<ValuesPreview>('GET', path)).body
    expect(before).toMatchObject({ from: 'text', to: 'select', rows: 10_000, converts: 9696, fails: 304 })
    expect(before.odd.map(({ value }) => value).toSorted()).toEqual(['huge', 'n/a', 'sm.'])
    const wrong = await admin('PUT', path, { onFail: 'reject', map: { huge: 'enormous' } })
    expect(wrong.body).toMatchObject({ status: 422, errors: [{ pointer: '#/map/huge' }] })
    const { body } = await admin<ValuesPreview>('PUT', path, {
      onFail: 'blank',
      map: { huge: 'large', 'sm.': 'small' },
    })
    expect(body.fails).toBe(0)
    expect(body.mapped + body.blanked).toBe(304)
  })

  it('is converted as decided, and the tables fit the model', async () => {
    const published = await publish(change)
    expect(published.status).toBe('published')
    const values = await valuesOf('size')
    expect(values.size).toBe(10_000)
    expect([...new Set(values.values())].toSorted()).toEqual(['large', 'medium', 'small', null].toSorted())
    expect(values.get('p1')).toBe('medium')
    expect(values.get('p0')).toBe('small')
    const { body } = await admin('POST', '/api/records/parcel', { label: 'new', size: 'huge' })
    expect(body).toMatchObject({ status: 422 })
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
  })

  it('taken back, has every old text again, and new choices as text', async () => {
    const { body: made } = await admin<{ id: string }>('POST', '/api/records/parcel', {
      label: 'later',
      size: 'large',
    })
    const { body: found } = await admin<{ items: { id: string; version: number }[] }>(
      'GET',
      `/api/records/parcel?filter=${encodeURIComponent('label == "p1"')}&fields=id,version`,
    )
    const changed = await admin('PATCH', `/api/records/parcel/${found.items[0]!.id}`, { size: 'small' })
    expect(changed.status).toBe(200)
    const reverted = await publish(change, 'revert')
    const values = await valuesOf('size')
    expect(values.get('p0')).toBe('sm.')
    expect(values.get('p66')).toBe('n/a')
    expect(values.get('p2')).toBe('LARGE')
    expect(values.get('p1')).toBe('Small')
    expect(values.get('later')).toBe('Large')
    const history = await admin<{ items: { after: Record<string, unknown> }[] }>(
      'GET',
      `/api/records/parcel/${made.id}/history`,
    )
    expect(history.body.items.at(-1)!.after).toMatchObject({ size: 'large' })
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])

    await publish(reverted.id, 'revert')
    const again = await valuesOf('size')
    expect(again.get('p0')).toBe('small')
    expect(again.get('p66')).toBeNull()
    expect(again.get('p1')).toBe('small')
    expect(again.get('p2')).toBe('large')
    expect(again.get('later')).toBe('large')
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
  })
})

/** Changes the document of the parcel in a draft of its own. */
async function draftOf(title: string, properties: Record<string, unknown>): Promise<string> {
  const id = await draft(title)
  const { status, body } = await admin('PATCH', `/api/documents/entity/parcel?changeset=${id}`, {
    properties,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return id
}

describe('an option that goes', () => {
  it('is refused while records have it, and then gives way to the one that is chosen [META-17]', async () => {
    const id = await draftOf('No medium', { size: { 'x-options': { medium: null } } })
    const refused = await admin('POST', `/api/changesets/${id}/publish`)
    expect(refused.body).toMatchObject({ status: 422, errors: [{ code: 'values.options' }] })
    const held = [...(await valuesOf('size'))].filter(([, size]) => size === 'medium').map(([label]) => label)
    expect(held.length).toBeGreaterThan(3000)
    await admin('PUT', `/api/changesets/${id}/values/parcel/size`, {
      onFail: 'reject',
      map: { medium: 'small' },
    })
    await publish(id)
    const values = await valuesOf('size')
    expect(held.every((label) => values.get(label) === 'small')).toBe(true)

    await publish(id, 'revert')
    const back = await valuesOf('size')
    expect(
      [...back]
        .filter(([, size]) => size === 'medium')
        .map(([label]) => label)
        .toSorted(),
    ).toEqual(held.toSorted())
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
  })

  it('that no record has needs no decision', async () => {
    const more = await draftOf('One more', { size: { 'x-options': { giant: { title: 'Giant' } } } })
    await publish(more)
    const less = await draftOf('One less', { size: { 'x-options': { giant: null } } })
    const { status } = await admin('POST', `/api/changesets/${less}/publish`)
    expect(status).toBe(200)
  })
})

describe('a type change beside other work', () => {
  it('takes along what is written meanwhile, and no call fails', async () => {
    const id = await draftOf('Weight as a number', { weight: { type: 'integer' } })
    const { status, body } = await admin<ChangesetView>('POST', `/api/changesets/${id}/publish`)
    expect(status).toBe(202)
    const expected = new Map<string, number>()
    const failures: unknown[] = []
    const over = new AbortController()
    const { body: some } = await admin<{ items: { id: string; label: string }[] }>(
      'GET',
      '/api/records/parcel?fields=id,label&limit=500&sort=-created_at',
    )
    const write = async (part: number): Promise<void> => {
      for (let at = part; !over.signal.aborted; at += 3) {
        const { id: record, label } = some.items[at % some.items.length]!
        const weight = 100_000 + at
        // The old form takes texts, the new one numbers; which of them is in force, only the answer tells.
        let answer = await admin('PATCH', `/api/records/parcel/${record}`, { weight: String(weight) })
        if (answer.status === 422) answer = await admin('PATCH', `/api/records/parcel/${record}`, { weight })
        if (answer.status === 200) expected.set(label, weight)
        else failures.push(answer)
        const made = { label: `during-${at}`, weight: String(at) }
        let created = await admin('POST', '/api/records/parcel', made)
        if (created.status === 422)
          created = await admin('POST', '/api/records/parcel', { ...made, weight: at })
        if (created.status === 201) expected.set(made.label, at)
        else failures.push(created)
        const read = await admin('GET', '/api/records/parcel?limit=5&sort=-weight')
        if (read.status !== 200) failures.push(read)
      }
    }
    const writers = [write(0), write(1), write(2)]
    const job = await ended(body.job!)
    over.abort()
    await Promise.all(writers)
    expect(job.status, JSON.stringify(job)).toBe('done')
    await server.live.refresh()
    expect(failures).toEqual([])
    const values = await valuesOf('weight')
    const wrong = [...expected].filter(([label, weight]) => values.get(label) !== weight)
    expect(wrong).toEqual([])
    expect(values.get('p77')).toBe(77)
    expect(expected.size).toBeGreaterThan(10)
    await publish(id, 'revert')
    expect((await valuesOf('weight')).get('p77')).toBe('77')
  })

  it('can be cancelled: the old form stays, and nothing is left of the new', async () => {
    const { rows: before } = await server.db.pool.query('SELECT * FROM xrm.field_column ORDER BY id')
    const id = await draftOf('Never mind', { weight: { 'x-type': 'decimal', type: null } })
    const { body } = await admin<ChangesetView>('POST', `/api/changesets/${id}/publish`)
    expect((await admin('POST', `/api/jobs/${body.job!}/cancel`)).status).toBe(202)
    expect((await ended(body.job!)).status).toBe('cancelled')
    expect((await admin<ChangesetView>('GET', `/api/changesets/${id}`)).body.status).toBe('draft')
    const { rows: after } = await server.db.pool.query('SELECT * FROM xrm.field_column ORDER BY id')
    expect(after).toEqual(before)
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
    expect((await admin('POST', `/api/jobs/${body.job!}/cancel`)).body).toMatchObject({ code: 'job.ended' })
    await publish(id)
    expect((await valuesOf('weight')).get('p77')).toBe('77')
    await publish(id, 'revert')
  })

  it('gives up when a value comes in that does not convert, and leaves the draft with the reason', async () => {
    const id = await draftOf('Weight again', { weight: { type: 'integer' } })
    const { body } = await admin<ChangesetView>('POST', `/api/changesets/${id}/publish`)
    const { status } = await admin('POST', '/api/records/parcel', { label: 'odd one', weight: 'heavy' })
    expect(status).toBe(201)
    const job = await ended(body.job!)
    expect(job).toMatchObject({ status: 'failed', error: { code: 'changeset.values' } })
    expect(job.error!.detail).toContain('heavy')
    expect((await admin<ChangesetView>('GET', `/api/changesets/${id}`)).body.status).toBe('draft')
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
  })
})

describe('existing data and what a draft asks of it', () => {
  it('is counted: empty, too long, out of range, not of the pattern [META-08]', async () => {
    const id = await draftOf('Strict', {
      label: { 'x-required': true, maxLength: 3, pattern: '^p' },
    })
    const { body } = await admin<PlanView>('POST', `/api/changesets/${id}/plan`)
    const checks = new Map(body.data.map((check) => [check.check, check]))
    expect(checks.get('length')!.failing).toBeGreaterThan(8000)
    expect(checks.get('pattern')!.examples[0]).toMatchObject({ reason: expect.any(String) })
    expect([...checks.values()].every(({ severity }) => severity === 'warning')).toBe(true)
    // A warning: what is there may stay until it is next saved.
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
  })

  it('keeps two records from having what is to be unique [META-08]', async () => {
    const id = await draft('Unique size')
    await admin('PATCH', `/api/documents/entity/parcel?changeset=${id}`, { 'x-unique': { size: ['size'] } })
    const { body } = await admin<PlanView>('POST', `/api/changesets/${id}/plan`)
    expect(body.data).toContainEqual(
      expect.objectContaining({ check: 'unique', field: 'size', severity: 'error' }),
    )
    expect((await admin('POST', `/api/changesets/${id}/publish`)).body).toMatchObject({
      code: 'changeset.values',
      errors: [{ code: 'values.unique' }],
    })
  })
})

describe('an index that is built after a publish', () => {
  it('is shown among the jobs', async () => {
    await publish(await draftOf('Index', { label: { 'x-index': true } }))
    await expect
      .poll(async () => (await admin<{ items: JobView[] }>('GET', '/api/jobs')).body.items)
      .toContainEqual(expect.objectContaining({ kind: 'indexes', status: 'done', canCancel: false }))
  })
})

describe('a removed field', () => {
  it('comes back with its values until it is purged; then its column serves another field', async () => {
    const add = await draftOf('Notes', { notes: { type: 'string' } })
    await publish(add)
    await admin('POST', '/api/records/parcel', { label: 'pn', notes: 'kept' })
    const remove = await draftOf('No notes', { notes: null })
    await publish(remove)
    const { body: retired } = await admin<{ items: { entity: string; field: string; filled: number }[] }>(
      'GET',
      '/api/documents/retired',
    )
    expect(retired.items).toContainEqual(
      expect.objectContaining({ entity: 'parcel', field: 'notes', filled: 1 }),
    )
    await publish(remove, 'revert')
    expect((await valuesOf('notes')).get('pn')).toBe('kept')
    await publish(await draftOf('No notes again', { notes: null }))
    const { body: job } = await admin<JobView>('POST', '/api/documents/retired/purge', {
      entity: 'parcel',
      field: 'notes',
    })
    expect((await ended(job.id)).status).toBe('done')
    const count = async (): Promise<number> => {
      const { rows } = await server.db.pool.query<{ count: number }>(
        `SELECT count(*) FROM pg_attribute WHERE attrelid = 'record.parcel'::regclass AND attnum > 0`,
      )
      return rows[0]!.count
    }
    const columns = await count()
    await publish(await draftOf('Remarks', { remarks: { type: 'string' } }))
    expect(await count()).toBe(columns)
    await publish(await draftOf('Notes anew', { notes: { type: 'string' } }))
    expect((await valuesOf('notes')).get('pn')).toBeNull()
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
  })

  it('that is not there cannot be purged', async () => {
    const purge = (field: string) =>
      admin('POST', '/api/documents/retired/purge', { entity: 'parcel', field })
    expect((await purge('label')).body).toMatchObject({ status: 404, code: 'retired.not-found' })
    expect((await purge('nothing')).body).toMatchObject({ status: 404, code: 'retired.not-found' })
  })
})
