import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase } from '../../test/support/database.ts'
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
  async function xrm(args: string[]): Promise<Ended> {
    vi.stubEnv('DATABASE_URL', url)
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
})
