import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase } from '../../test/support/database.ts'
import { connect } from '../storage/database.ts'
import { runCommand } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'xrm-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  code: number | null
  out: string
  err: string
}

describe('xrm', { timeout: 120_000 }, async () => {
  const url = await createTestDatabase()
  const home = process.cwd()
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    process.chdir(home)
    process.exitCode = undefined
  })

  /** Runs a command in this process: what it prints and how it would end. */
  async function xrm(args: string[], at = url): Promise<Ended> {
    vi.stubEnv('DATABASE_URL', at)
    vi.stubEnv('XRM_TIME_ZONE', 'Europe/Berlin')
    const ended: Ended = { code: 0, out: '', err: '' }
    vi.spyOn(console, 'log').mockImplementation((line: string) => void (ended.out += `${line}\n`))
    vi.spyOn(console, 'error').mockImplementation((line: string) => void (ended.err += `${line}\n`))
    process.exitCode = 0
    await runCommand(args)
    ended.code = Number(process.exitCode)
    process.exitCode = undefined
    return ended
  }

  async function query<T extends object>(sql: string, values: unknown[] = [], at = url): Promise<T[]> {
    const db = await connect({ url: at, max: 1 })
    try {
      return (await db.pool.query<T>(sql, values)).rows
    } finally {
      await db.close()
    }
  }

  /** What the security log says of these kinds, or of all, oldest first. */
  const logged = (kinds: string[], at = url) =>
    query<{ kind: string; actor: string | null; details: Record<string, unknown> }>(
      `SELECT kind, actor, details FROM xrm.audit WHERE cardinality($1::text[]) = 0 OR kind = ANY($1) ORDER BY id`,
      [kinds],
      at,
    )

  /** As people run it, with a password on standard input. */
  function xrmProcess(args: string[], input: string): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
        env: { PATH: process.env['PATH'], DATABASE_URL: url },
      })
      const ended: Ended = { code: null, out: '', err: '' }
      child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk.toString()))
      child.on('close', (code) => resolve({ ...ended, code }))
      child.stdin.end(input)
    })
  }

  it('says what a database lacks, prepares it, and then has nothing left to say but the administrator', async () => {
    const before = await xrm(['doctor'])
    expect(before).toMatchObject({ code: 1, out: expect.stringContaining('→ Run `xrm migrate`') as string })
    expect((await xrm(['migrate'])).out).toContain('version 1')
    const after = await xrm(['doctor'])
    expect(after.out.split('\n').filter((line) => line.startsWith('✗'))).toEqual([
      '✗ 0 active users, 0 of them administrators',
    ])
  })

  it('adds users, changes them, and says what it cannot do without a stack', async () => {
    const added = await xrm(['user', 'add', 'Ada@Example.com', '--name', 'Ada', '--role', 'admin'])
    expect(added.out).toMatch(/can sign in\. Password, shown this once: \S{20}/)
    const given = [
      'user',
      'add',
      'bo@example.com',
      '--name',
      'Bo',
      '--role',
      'sales',
      'reader',
      '--password-stdin',
    ]
    const refusedPassword = await xrmProcess(given, 'too short\n')
    expect(refusedPassword).toMatchObject({
      code: 1,
      err: expect.stringContaining('at least 12 characters') as string,
    })
    expect((await xrmProcess(given, 'long enough to keep\n')).out).toBe('bo@example.com can sign in.\n')
    expect((await xrm(['user', 'deactivate', 'bo@example.com'])).code).toBe(0)
    const refused = await xrm(['user', 'set-roles', 'ada@example.com', 'reader'])
    expect(refused).toMatchObject({ code: 1, err: 'This is the last active administrator\n' })
    expect((await xrm(['user', 'set-roles', 'ada@example.com', 'king'])).err).toContain(
      'There is no role king.',
    )
    expect((await xrm(['user', 'list'])).out).toBe(
      'ada@example.com\tAda\tadmin\tactive\nbo@example.com\tBo\treader sales\tnot active\n',
    )
    expect((await xrm(['doctor'])).code).toBe(0)
  })

  it('says in the security log what was done to accounts, by which command [AUD-01, AUD-03]', async () => {
    expect(await logged(['user-made', 'user-changed'])).toEqual([
      {
        kind: 'user-made',
        actor: null,
        details: expect.objectContaining({
          command: 'xrm user add',
          email: 'ada@example.com',
          roles: ['admin'],
        }) as object,
      },
      {
        kind: 'user-made',
        actor: null,
        details: expect.objectContaining({ email: 'bo@example.com', roles: ['reader', 'sales'] }) as object,
      },
      {
        kind: 'user-changed',
        actor: null,
        details: { command: 'xrm user deactivate', active: { before: true, after: false } },
      },
    ])
    await xrm(['user', 'set-password', 'bo@example.com'])
    await xrm(['user', 'activate', 'bo@example.com'])
    await xrm(['user', 'set-roles', 'bo@example.com', 'sales'])
    expect((await logged(['user-changed'])).slice(1).map(({ details }) => details)).toEqual([
      { command: 'xrm user set-password', password: true },
      { command: 'xrm user activate', active: { before: false, after: true } },
      { command: 'xrm user set-roles', roles: { before: ['reader', 'sales'], after: ['sales'] } },
    ])
  })

  it('imports a file, reports what it did, and fails only if nothing could be done', async () => {
    process.chdir(folder)
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return name
    }
    const mapping = write(
      'mapping.json',
      JSON.stringify({
        records: {
          account: {
            key: ['external_id'],
            fields: { external_id: { column: 'id' }, name: { column: 'name' }, email: { column: 'mail' } },
          },
        },
      }),
    )
    const file = write('firms.csv', 'id,name,mail\n1,One,one@example.com\n2,Two,nothing\n')
    const run = await xrm(['import', file, '--mapping', mapping])
    expect(run).toMatchObject({ code: 0 })
    expect(run.out).toContain('account: 1 created, 0 updated, 0 unchanged')
    expect(run.out).toContain('line 3: mail must be an e-mail address')
    expect(readFileSync(join(folder, 'firms.rejects.csv'), 'utf8')).toContain('field.email')
    const bad = write('bad.csv', 'id,name,mail\n2,Two,nothing\n')
    expect((await xrm(['import', bad, '--mapping', mapping])).code).toBe(1)
    const wrong = await xrm([
      'import',
      file,
      '--mapping',
      write('wrong.json', '{"records":{"account":{"field":{}}}}'),
    ])
    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringContaining('/records/account: unknown key "field"') as string,
    })
    expect((await xrm(['import', file, '--mapping', mapping, '--as', 'nobody@example.com'])).err).toContain(
      'no active user',
    )
  })

  it('says of each imported record in whose name it came, and of the whole what came of it [AUD-01, AUD-03]', async () => {
    process.chdir(folder)
    const more = ['--mapping', 'mapping.json', '--as', 'ada@example.com']
    writeFileSync('more.csv', 'id,name,mail\n3,Three,three@example.com\n')
    expect(await xrm(['import', 'more.csv', ...more])).toMatchObject({ code: 0 })
    const ada = (await query<{ id: string }>(`SELECT id FROM xrm."user" WHERE name = 'Ada'`))[0]!.id
    expect(
      await query(
        `SELECT a.name, c.action, c.actor, c.cause, c.after->>'name' AS after FROM xrm.change c JOIN record.account a ON a.id = c.record ORDER BY c.id`,
      ),
    ).toEqual([
      { name: 'One', action: 'create', actor: null, cause: 'import', after: 'One' },
      { name: 'Three', action: 'create', actor: ada, cause: 'import', after: 'Three' },
    ])
    expect(await logged(['imported'])).toMatchObject([
      { actor: null, details: { file: 'firms.csv', rows: 2, rejected: 1 } },
      { actor: null, details: { file: 'bad.csv', rows: 1, rejected: 1 } },
      { actor: ada, details: { file: 'more.csv', rows: 1, rejected: 0 } },
    ])
  })

  it('converts what it has imported, and says so as of every mass conversion [AUD-01, AUD-03]', async () => {
    process.chdir(folder)
    const fields = { last_name: { column: 'name' }, company: { column: 'firm' } }
    writeFileSync('leads.json', JSON.stringify({ records: { lead: { fields } } }))
    writeFileSync('leads.csv', 'name,firm\nVier,Vier GmbH\n')
    const more = ['--mapping', 'leads.json', '--as', 'ada@example.com', '--convert', 'lead-to-customer']
    const run = await xrm(['import', 'leads.csv', ...more])
    expect(run.out, run.err).toContain('1 converted, 0 to decide')
    expect(await logged(['bulk'])).toMatchObject([
      { details: { action: 'convert', conversion: 'lead-to-customer', entity: 'lead', count: 1 } },
    ])
    const [made] = await query(
      `SELECT u.name, c.cause FROM xrm.change c JOIN record.account a ON a.id = c.record JOIN xrm."user" u ON u.id = c.actor WHERE a.name = 'Vier GmbH'`,
    )
    expect(made).toEqual({ name: 'Ada', cause: 'conversion' })
  })

  it('says of documents that came from files what was published [AUD-01]', async () => {
    const files = join(folder, 'configuration')
    expect((await xrm(['config', 'pull', files])).code).toBe(0)
    const place = join(files, 'entity/campaign.json')
    const body = JSON.parse(readFileSync(place, 'utf8')) as { title: string }
    writeFileSync(place, JSON.stringify({ ...body, title: 'Drive' }))
    const pushed = await xrm(['config', 'push', files, '--title', 'From files'])
    expect(pushed, pushed.err).toMatchObject({ code: 0 })
    expect((await logged(['published'])).at(-1)).toMatchObject({
      actor: null,
      details: { title: 'From files', documents: ['entity/campaign'] },
    })
  })

  it('says in a restored database that all of it is from a backup, with the log of before [AUD-01]', async () => {
    const file = join(folder, 'all.zip')
    expect((await xrm(['backup', file])).code).toBe(0)
    const before = await logged([])
    const into = await createTestDatabase({ from: 'template0' })
    const restored = await xrm(['restore', file], into)
    expect(restored, restored.err).toMatchObject({ code: 0 })
    const after = await logged([], into)
    expect(after.slice(0, -1)).toEqual(before)
    expect(after.at(-1)).toMatchObject({
      kind: 'restored',
      actor: null,
      details: { file: 'all.zip', at: expect.any(String) as string },
    })
  })
})
