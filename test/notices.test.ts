import { expect, it } from 'vitest'
import { notify } from '../core/notices/notices.ts'
import { fixture } from './support/fixture-plugin.ts'
import { testServer } from './support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })

it('notices come newest first, page by page, each once', async () => {
  const { id, call } = await user(['seller'])
  for (let number = 1; number <= 23; number++)
    await notify(server.db.pool, [id], { kind: 'test', record: null, params: { number }, href: null })
  const seen: number[] = []
  for (let after = ''; ;) {
    const { status, body } = await call<{ items: { params: { number: number } }[]; next: string | null }>(
      'GET',
      `/api/notices?limit=5${after}`,
    )
    expect(status).toBe(200)
    seen.push(...body.items.map(({ params }) => params.number))
    if (body.next === null) break
    after = `&after=${body.next}`
  }
  expect(seen).toEqual(Array.from({ length: 23 }, (_, index) => 23 - index))
})
