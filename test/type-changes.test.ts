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

  it('is refused while values do not fit, naming how many and the most frequent', async () => {
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
    expect(again.get('p1')).toBe('small')
    expect(again.get('p2')).toBe('large')
    expect(again.get('later')).toBe('large')
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
  })
})
