import { Client } from 'pg'
import { expect, it } from 'vitest'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'

const { url, user } = await testServer({ plugins: [fixture] })

/** Makes the database what a primary becomes that is a standby now: connections go, and new ones may only read. */
async function demote(isStandby: boolean): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const name = client.escapeIdentifier(new URL(url).pathname.slice(1))
    await client.query('SET default_transaction_read_only = off')
    await client.query(
      `ALTER DATABASE ${name} SET default_transaction_read_only = ${isStandby ? 'on' : 'off'}`,
    )
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
  } finally {
    await client.end()
  }
}

it('a database that only reads refuses writes so that they are sent again, and everything else goes on [CRASH-03]', async () => {
  const { call } = await user(['admin'])
  const { body: firm } = await call<{ id: string }>('POST', '/api/records/firm', { name: 'Before' })
  const change = (name: string) => call('PATCH', `/api/records/firm/${firm.id}`, { name })
  await demote(true)
  try {
    await expect.poll(async () => (await call('GET', `/api/records/firm/${firm.id}`)).status).toBe(200)
    const refused = await change('Lost')
    expect(refused).toMatchObject({ status: 503, body: { code: 'request.busy' } })
    expect(refused.headers.get('retry-after')).toBe('2')
    expect((await call('GET', `/api/records/firm/${firm.id}`)).body).toMatchObject({ name: 'Before' })
  } finally {
    await demote(false)
  }
  await expect.poll(async () => (await change('After')).status).toBe(200)
})
