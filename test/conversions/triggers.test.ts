import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Conversion, defineConversion, defineEntity, definePlugin } from '@xrm/sdk'
import type { RecordConversionsAnswer } from '@xrm/sdk/api'
import type { NoticeView } from '@xrm/sdk/conversions'
import { type Caller, testServer } from '../support/server.ts'

const stages = {
  new: { title: 'New', category: 'open' },
  ripe: { title: 'Ripe', category: 'open' },
  closed: { title: 'Closed', category: 'lost' },
} as const

/** A task becomes an order, by one way or another. */
function toOrder(
  title: string,
  triggers: Conversion['triggers'],
  more: Partial<Conversion> = {},
): Conversion {
  return defineConversion({
    title,
    source: 'task',
    targets: { order: { entity: 'order', map: { name: { expression: `source.name + ' ${title}'` } } } },
    after: 'editable',
    ...more,
    ...(triggers ? { triggers } : {}),
  })
}

const plugin = definePlugin({
  name: 'rules',
  title: 'Rules',
  compatible: '^1.0.0',
  entities: [
    defineEntity({
      title: 'Task',
      type: 'object',
      'x-entity': { name: 'task', plural: 'tasks', display: 'name', owner: true },
      properties: {
        name: { type: 'string' },
        kind: { type: 'string' },
        score: { type: 'integer' },
        why: { type: 'string', maxLength: 20 },
        parent: { 'x-type': 'relation', 'x-relation': { entity: 'task' } },
        stage: { 'x-type': 'stage', 'x-stages': stages },
      },
    }),
    defineEntity({
      title: 'Order',
      type: 'object',
      required: ['name'],
      'x-entity': { name: 'order', plural: 'orders', display: 'name', owner: true },
      properties: { name: { type: 'string', maxLength: 40 } },
    }),
  ],
  conversions: {
    'on-stage': toOrder('staged', {
      ripe: { on: 'stage', field: 'stage', stages: { ripe: true }, when: "kind == 'stage'", does: 'convert' },
    }),
    'on-first-time': toOrder(
      'first',
      {
        hot: {
          on: 'condition',
          when: "kind == 'flip' && score > 10",
          fires: 'firstTime',
          does: 'convert',
          notify: 'owner',
        },
      },
      { once: false },
    ),
    'on-first-save': toOrder('saved', {
      made: {
        on: 'condition',
        when: "kind == 'made' && parent.kind == 'root'",
        fires: 'firstSave',
        does: 'convert',
      },
    }),
    // Marks its own source, which its own trigger then finds true again.
    'on-itself': toOrder(
      'self',
      { again: { on: 'condition', when: "kind == 'self'", fires: 'everySave', does: 'convert' } },
      { once: false, 'source-writes': { converted: { score: 99 } } },
    ),
    // Every task makes another one, of the same kind.
    'on-offspring': defineConversion({
      title: 'Offspring',
      source: 'task',
      targets: { next: { entity: 'task', map: { name: { from: 'name' }, kind: { from: 'kind' } } } },
      after: 'editable',
      triggers: { more: { on: 'condition', when: "kind == 'endless'", fires: 'firstSave', does: 'convert' } },
    }),
    'on-system': toOrder('system', {
      all: {
        on: 'stage',
        field: 'stage',
        stages: { ripe: true },
        when: "kind == 'system'",
        does: 'convert',
        runAs: 'system',
      },
    }),
    'on-time': toOrder('late', {
      late: { on: 'schedule', when: "kind == 'late' && score > 0", every: 'PT1M', does: 'convert' },
    }),
    // A task that nobody takes up in its time is closed.
    'in-time': toOrder(
      'in time',
      {
        late: {
          on: 'schedule',
          when: "kind == 'period' && stage == 'new' && created_at <= now() - duration('0s')",
          every: 'PT1M',
          does: 'decline',
          reason: 'too late',
        },
      },
      {
        decline: { title: 'Close', reason: 'why', required: true },
        'source-writes': { declined: { stage: 'closed' } },
      },
    ),
    'switched-off': toOrder('off', {
      off: { on: 'condition', when: "kind == 'off'", fires: 'everySave', does: 'convert', active: false },
    }),
  },
  roles: {
    clerk: {
      title: 'Clerk',
      entities: {
        task: { read: 'all', create: 'all', update: 'all', convert: 'all', fields: { '*': 'write' } },
        order: { read: 'all', fields: { '*': 'read' } },
      },
    },
  },
})

const { server, user } = await testServer({ plugins: [plugin] })
let admin: Caller
let clerk: { id: string; call: Caller }
beforeAll(async () => {
  admin = (await user(['admin'])).call
  clerk = await user(['clerk'])
})

type Row = Record<string, unknown> & { id: string }

async function create(values: object, call = admin): Promise<string> {
  const { status, body } = await call<Row>('POST', '/api/records/task', values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

async function save(id: string, values: object, call = admin): Promise<void> {
  const { status, body } = await call('PATCH', `/api/records/task/${id}`, values)
  expect(status, JSON.stringify(body)).toBe(200)
}

/** Waits until nothing is due any more. */
async function settled(): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const { rows } = await server.db.pool.query('SELECT FROM xrm.trigger_due WHERE due_at <= now() LIMIT 1')
    if (rows.length === 0) return
    await sleep(50)
  }
  throw new Error('triggers are still due')
}

async function runsOf(id: string): Promise<RecordConversionsAnswer['asSource']> {
  await settled()
  return (await admin<RecordConversionsAnswer>('GET', `/api/records/task/${id}/conversions`)).body.asSource
}

async function noticesOf(call: Caller, record: string): Promise<NoticeView[]> {
  const { body } = await call<{ items: NoticeView[] }>('GET', '/api/notices?limit=100')
  return body.items.filter((notice) => notice.record?.id === record)
}

/** Lets the schedules have their time, and waits for what follows. */
async function look(): Promise<void> {
  await server.db.pool.query('UPDATE xrm.trigger_schedule SET next_at = now()')
  for (let i = 0; i < 600; i++) {
    const { rows } = await server.db.pool.query('SELECT FROM xrm.trigger_schedule WHERE next_at <= now()')
    if (rows.length === 0) return settled()
    await sleep(50)
  }
  throw new Error('nobody looked at the schedule')
}

describe('a trigger', () => {
  it('converts what enters a stage, in the name of who moved it there', async () => {
    const id = await create({ name: 'A', kind: 'stage', stage: 'new' })
    expect(await runsOf(id)).toEqual([])
    await save(id, { stage: 'ripe' })
    expect(await runsOf(id)).toMatchObject([{ conversion: 'on-stage', channel: 'rule', trigger: 'ripe' }])
    const born = await create({ name: 'B', kind: 'stage', stage: 'ripe' })
    expect(await runsOf(born)).toHaveLength(1)
    const other = await create({ name: 'C', kind: 'else', stage: 'ripe' })
    expect(await runsOf(other)).toEqual([])
  })

  it('fires the first time that its condition is true, however often that flips, and tells the owner', async () => {
    const id = await create({ name: 'Flip', kind: 'flip', score: 1 })
    for (const score of [20, 1, 30, 1, 40]) await save(id, { score })
    expect(await runsOf(id)).toHaveLength(1)
    await save(id, { score: 50 })
    expect(await runsOf(id)).toHaveLength(1)
    expect(await noticesOf(admin, id)).toMatchObject([
      { kind: 'conversion.converted', params: { conversion: 'on-first-time' }, href: `/records/task/${id}` },
    ])
  })

  it('looks at the records behind relations, and only at the first save where it says so', async () => {
    const root = await create({ name: 'Root', kind: 'root' })
    const child = await create({ name: 'Child', kind: 'made', parent: root })
    const orphan = await create({ name: 'Orphan', kind: 'made' })
    await save(orphan, { parent: root })
    expect(await runsOf(child)).toHaveLength(1)
    expect(await runsOf(orphan)).toEqual([])
  })

  it('that is switched off does nothing', async () => {
    const id = await create({ name: 'Off', kind: 'off' })
    await save(id, { score: 1 })
    expect(await runsOf(id)).toEqual([])
  })

  it('fires with every record of a batch, and with none of a batch that is refused', async () => {
    const rows = ['x', 'y', 'z'].map((name) => ({ name, kind: 'stage', stage: 'ripe' }))
    const { body } = await admin<Row[]>('POST', '/api/records/task', rows)
    for (const { id } of body) expect(await runsOf(id)).toHaveLength(1)
    const before = await server.db.pool.query('SELECT count(*) FROM xrm.conversion_run')
    const { status } = await admin('POST', '/api/records/task', [...rows, { name: 1 }])
    expect(status).toBe(422)
    await settled()
    expect((await server.db.pool.query('SELECT count(*) FROM xrm.conversion_run')).rows).toEqual(before.rows)
  })
})

describe('a loop', () => {
  it('of a trigger that its own conversion fires is stopped, and said [CONC-08]', async () => {
    const id = await create({ name: 'Self', kind: 'self' })
    expect(await runsOf(id)).toHaveLength(1)
    expect(await noticesOf(admin, id)).toMatchObject([
      { kind: 'conversion.loop', params: { conversion: 'on-itself', trigger: 'again' } },
    ])
    // Another save by a person is a cause of its own.
    await save(id, { name: 'Self again' })
    expect(await runsOf(id)).toHaveLength(2)
  })

  it('over ever new records is stopped after some, and said [CONC-08]', async () => {
    await create({ name: 'Endless', kind: 'endless' })
    await settled()
    const { body } = await admin<{ items: Row[] }>(
      'GET',
      `/api/records/task?filter=${encodeURIComponent("kind == 'endless'")}&sort=created_at`,
    )
    expect(body.items).toHaveLength(6)
    expect(await noticesOf(admin, body.items.at(-1)!.id)).toMatchObject([{ kind: 'conversion.loop' }])
  })
})

describe('rights', () => {
  it('are those of who caused it; a failure is told and does not touch the save', async () => {
    const id = await create({ name: 'Clerk', kind: 'stage' }, clerk.call)
    await save(id, { stage: 'ripe' }, clerk.call)
    expect(await runsOf(id)).toEqual([])
    expect(await noticesOf(clerk.call, id)).toMatchObject([
      {
        kind: 'conversion.trigger-failed',
        params: { code: 'conversion.forbidden-target', conversion: 'on-stage', trigger: 'ripe' },
        record: { entity: 'task', display: 'Clerk' },
      },
    ])
  })

  it('are all of them where the trigger says so', async () => {
    const id = await create({ name: 'System', kind: 'system', stage: 'ripe' }, clerk.call)
    expect(await runsOf(id)).toMatchObject([{ actor: null, channel: 'rule' }])
  })

  it('of a person who was shut out count no longer', async () => {
    const gone = await user(['admin'])
    const id = await create({ name: 'Gone', kind: 'stage' }, gone.call)
    await save(id, { owner: clerk.id })
    await server.db.pool.query(
      `INSERT INTO xrm.trigger_due (conversion, trigger, entity, record, actor, chain)
       VALUES ('on-stage', 'ripe', 'task', $1, '00000000-0000-0000-0000-000000000000', ARRAY[$1::uuid])`,
      [id],
    )
    expect(await runsOf(id)).toEqual([])
    expect(await noticesOf(clerk.call, id)).toMatchObject([{ params: { code: 'bulk.actor-gone' } }])
  })
})

describe('a schedule', () => {
  it('converts what has come of age, once, tells the owner, and leaves what fails until it is changed [NODE-07]', async () => {
    const late = await create({ name: 'Late', kind: 'late', score: 1 })
    const early = await create({ name: 'Early', kind: 'late', score: 0 })
    const bad = await create({
      name: 'A name that is much too long for the name of an order',
      kind: 'late',
      score: 1,
    })
    await look()
    await look()
    expect(await runsOf(late)).toMatchObject([{ conversion: 'on-time', trigger: 'late' }])
    expect(await runsOf(early)).toEqual([])
    expect(await runsOf(bad)).toEqual([])
    expect(await noticesOf(admin, late)).toMatchObject([{ kind: 'conversion.converted' }])
    expect(await noticesOf(admin, bad)).toMatchObject([
      { kind: 'conversion.trigger-failed', params: { code: 'conversion.invalid' } },
    ])
    await save(bad, { name: 'Short' })
    await look()
    expect(await runsOf(bad)).toHaveLength(1)
  })
})

describe('a deadline', () => {
  it('closes what nobody converted within its time, with a notice to the owner', async () => {
    const id = await create({ name: 'Forgotten', kind: 'period', stage: 'new' })
    const taken = await create({ name: 'Taken up', kind: 'period', stage: 'ripe' })
    await look()
    await look()
    expect(await runsOf(id)).toMatchObject([
      { conversion: 'in-time', status: 'declined', channel: 'rule', trigger: 'late' },
    ])
    expect((await admin<Row>('GET', `/api/records/task/${id}`)).body).toMatchObject({
      stage: 'closed',
      why: 'too late',
    })
    expect(await noticesOf(admin, id)).toMatchObject([
      { kind: 'conversion.declined', params: { conversion: 'in-time' }, record: { display: 'Forgotten' } },
    ])
    expect((await admin<Row>('GET', `/api/records/task/${taken}`)).body['stage']).toBe('ripe')
  })
})

describe('a trigger that cannot work', () => {
  it('is an error where it stands, before it is published', async () => {
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Triggers' })
    const triggers = {
      a: { on: 'stage', field: 'name', stages: { ripe: true }, does: 'convert' },
      b: { on: 'stage', field: 'stage', stages: { rotten: true }, every: 'P1D', does: 'convert' },
      c: { on: 'condition', when: 'score + 1', does: 'convert' },
      d: { on: 'schedule', when: 'score > 1', every: 'P0D', does: 'convert' },
      e: { on: 'schedule', does: 'decline' },
    }
    await admin('PATCH', `/api/documents/conversion/on-stage?changeset=${draft.id}`, { triggers })
    const { body } = await admin<{ issues: { pointer: string; severity: string }[] }>(
      'POST',
      `/api/changesets/${draft.id}/check`,
    )
    const errors = body.issues.filter(({ severity }) => severity === 'error').map(({ pointer }) => pointer)
    expect(errors.toSorted()).toEqual([
      '/triggers/a/field',
      '/triggers/b/every',
      '/triggers/b/stages/rotten',
      '/triggers/c/when',
      '/triggers/d/every',
      '/triggers/e/does',
      '/triggers/e/every',
      '/triggers/e/when',
    ])
  })

  it('is one that declines without the reason that is needed, or with one that does not fit', async () => {
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Reasons' })
    const late = { on: 'schedule', when: 'score > 1', every: 'P1D', does: 'decline' }
    const triggers = {
      late: { reason: null },
      long: { ...late, reason: 'far too long for the field' },
      other: { ...late, does: 'convert', reason: 'none needed' },
    }
    await admin('PATCH', `/api/documents/conversion/in-time?changeset=${draft.id}`, { triggers })
    const { body } = await admin<{ issues: { pointer: string; severity: string }[] }>(
      'POST',
      `/api/changesets/${draft.id}/check`,
    )
    const errors = body.issues.filter(({ severity }) => severity === 'error').map(({ pointer }) => pointer)
    expect(errors.toSorted()).toEqual([
      '/triggers/late/reason',
      '/triggers/long/reason',
      '/triggers/other/reason',
    ])
  })
})
