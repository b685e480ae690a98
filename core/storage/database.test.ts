import { describe, expect, it } from 'vitest'
import { createTestDatabase, testDatabase } from '../../test/support/database.ts'
import { connect, transaction } from './database.ts'

const db = await testDatabase({ max: 2, waitTimeout: 1000 })
await db.pool.query('CREATE TABLE xrm.counter (id int PRIMARY KEY, value int NOT NULL)')
await db.pool.query('INSERT INTO xrm.counter VALUES (1, 0), (2, 0)')

async function valueOf(id: number): Promise<number | undefined> {
  const { rows } = await db.pool.query<{ value: number }>('SELECT value FROM xrm.counter WHERE id = $1', [id])
  return rows[0]?.value
}

describe('connect', () => {
  it('works in UTC with bounded statements', async () => {
    const { rows } = await db.pool.query(
      `SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS statement,
        current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('application_name') AS name`,
    )
    expect(rows).toEqual([{ zone: 'UTC', statement: '30s', idle: '30s', name: 'xrm' }])
  })

  it('finds the trigram operators without naming their schema', async () => {
    const { rows } = await db.pool.query(`SELECT 'word' % 'words' AS similar`)
    expect(rows).toEqual([{ similar: true }])
  })

  it('bounds the wait for a connection', async () => {
    const held = [await db.pool.connect(), await db.pool.connect()]
    await expect(db.pool.query('SELECT 1')).rejects.toThrow('timeout')
    for (const client of held) client.release()
  })

  it('says that a server cannot be reached', async () => {
    const url = 'postgresql://ada:secret@127.0.0.1:1/crm'
    await expect(connect({ url })).rejects.toMatchObject({
      name: 'StartError',
      message: 'The database server at 127.0.0.1:1 cannot be reached.',
    })
  })

  it('says that a host is not known', async () => {
    await expect(connect({ url: 'postgresql://ada@nowhere.invalid/crm' })).rejects.toMatchObject({
      name: 'StartError',
      hint: 'Check the host name in DATABASE_URL.',
    })
  })

  it('says that a database does not exist', async () => {
    const url = new URL(db.url)
    url.pathname = '/nothing_here'
    await expect(connect({ url: url.href })).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('There is no database "nothing_here"'),
    })
  })

  it('says which right is missing, and how to grant it', async () => {
    const url = new URL(await createTestDatabase({ from: 'template0' }))
    const name = url.pathname.slice(1)
    await db.pool.query(`CREATE ROLE guest_${name} LOGIN`)
    url.username = `guest_${name}`
    await expect(connect({ url: url.href })).rejects.toMatchObject({
      name: 'StartError',
      message: `The user "guest_${name}" may not create schemas in the database "${name}".`,
      hint: expect.stringContaining(`GRANT CREATE ON DATABASE "${name}"`),
    })
    await db.pool.query(`DROP ROLE guest_${name}`)
  })

  it('says that the user is refused', async () => {
    const url = new URL(db.url)
    url.username = 'nobody_at_all'
    await expect(connect({ url: url.href })).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('refuses the user "nobody_at_all"'),
    })
  })
})

describe('transaction', () => {
  it('commits what was done and returns the result', async () => {
    const result = await transaction(db, async (client) => {
      await client.query('UPDATE xrm.counter SET value = 7 WHERE id = 1')
      return 'done'
    })
    expect([result, await valueOf(1)]).toEqual(['done', 7])
  })

  it('undoes everything when something throws', async () => {
    const attempt = transaction(db, async (client) => {
      await client.query('UPDATE xrm.counter SET value = 8 WHERE id = 1')
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect(await valueOf(1)).toBe(7)
  })

  it('does not take a swallowed SQL error for success', async () => {
    const attempt = transaction(db, async (client) => {
      await client.query('UPDATE xrm.counter SET value = 9 WHERE id = 1')
      await client.query('SELECT 1 / 0').catch(() => {})
    })
    await expect(attempt).rejects.toThrow('nothing was written')
    expect(await valueOf(1)).toBe(7)
  })

  it('runs the loser of a deadlock again', async () => {
    await db.pool.query('UPDATE xrm.counter SET value = 0')
    const both = Promise.withResolvers<void>()
    let waiting = 0
    const meet = async () => {
      if (++waiting === 2) both.resolve()
      await both.promise
    }
    const add = (first: number, second: number) =>
      transaction(db, async (client) => {
        await client.query('UPDATE xrm.counter SET value = value + 1 WHERE id = $1', [first])
        await meet()
        await client.query('UPDATE xrm.counter SET value = value + 1 WHERE id = $1', [second])
      })
    await Promise.all([add(1, 2), add(2, 1)])
    expect([await valueOf(1), await valueOf(2)]).toEqual([2, 2])
    // Where the loser is quick, it takes its first row before the winner wakes, and they meet once more.
    expect(waiting).toBeGreaterThanOrEqual(3)
  })

  it('gives up after the allowed number of retries', async () => {
    let runs = 0
    const attempt = transaction(
      db,
      async (client) => {
        runs++
        await client.query(`DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`)
      },
      { retries: 2 },
    )
    await expect(attempt).rejects.toMatchObject({ code: '40001' })
    expect(runs).toBe(3)
  })

  it('refuses a second connection while one is held', async () => {
    await transaction(db, async () => {
      await expect(db.pool.query('SELECT 1')).rejects.toThrow('Inside a transaction, use its client')
      await expect(transaction(db, async () => {})).rejects.toThrow('Inside a transaction, use its client')
    })
    expect((await db.pool.query('SELECT 1')).rowCount).toBe(1)
  })

  it('survives a connection that is cut in the middle, and leaves the pool usable', async () => {
    const attempt = transaction(db, async (client) => {
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())')
    })
    await expect(attempt).rejects.toThrow('terminat')
    expect((await db.pool.query('SELECT 1')).rowCount).toBe(1)
    expect(db.pool.totalCount).toBeLessThanOrEqual(2)
  })
})
