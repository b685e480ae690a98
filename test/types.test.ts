import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../core/cli/program.ts'
import { typeDefinitions } from '../core/types/type-definitions.ts'
import { type Caller, testServer } from './support/server.ts'

const { server, url, user } = await testServer()
let admin: Caller
const folder = mkdtempSync(join(tmpdir(), 'xrm-types-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = undefined
})

async function xrm(args: string[]): Promise<{ code: number; out: string }> {
  vi.stubEnv('DATABASE_URL', url)
  let out = ''
  vi.spyOn(console, 'log').mockImplementation((line: string) => void (out += `${line}\n`))
  process.exitCode = 0
  await runCommand(args)
  return { code: Number(process.exitCode), out }
}

/** What the TypeScript compiler says about a file. */
function complaints(file: string): string {
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(import.meta.dirname, '../node_modules/typescript/bin/tsc'),
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--allowImportingTsExtensions',
      file,
    ],
    { encoding: 'utf8' },
  )
  return stdout
}

const nasty = 'x */ globalThis.hacked = 1; /* ${process.exit()} </script> \u2028 */ // `'

beforeAll(async () => {
  admin = (await user(['admin'])).call
  const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Types' })
  await admin('PUT', `/api/documents/entity/odd_thing?changeset=${draft.id}`, {
    title: nasty,
    description: nasty,
    type: 'object',
    'x-entity': { plural: 'odd_things', display: 'name' },
    properties: {
      name: { type: 'string', title: nasty, description: nasty, 'x-required': true },
      level: { 'x-type': 'select', 'x-options': { gold: { title: nasty }, tin: { title: 'Tin' } } },
      tstype: { type: 'string', default: nasty },
    },
  })
  await admin('POST', `/api/changesets/${draft.id}/publish`)
})

describe('the types of the live model', () => {
  it('compile, and hold what administrators made', async () => {
    const file = join(folder, 'xrm.gen.ts')
    expect((await xrm(['types', '--out', file])).code).toBe(0)
    const use = join(folder, 'use.ts')
    writeFileSync(
      use,
      `import type { EntityTypes, NewEntityTypes, OddThing } from './xrm.gen.ts'
const thing: OddThing = { id: 'x', version: 1, level: 'gold' }
const made: NewEntityTypes['odd_thing'] = { name: 'x', level: null }
// @ts-expect-error there is no such level
const wrong: OddThing = { id: 'x', version: 1, level: 'silver' }
// @ts-expect-error the name is required
const empty: NewEntityTypes['odd_thing'] = {}
export const lead: Pick<EntityTypes['lead'], 'id' | 'last_name'> = { id: 'x', last_name: 'Y' }
export { empty, made, thing, wrong }
`,
    )
    expect(complaints(use)).toBe('')
  })

  it('are types alone, whatever titles and descriptions say [META-05, META-06]', async () => {
    const text = await typeDefinitions(server.live.current)
    const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '')
    expect(code).not.toContain('hacked')
    expect(code).not.toContain('\u2028')
    const outside = code.replaceAll(/export (interface|type) \w+ (=[^{}]*|\{(?:[^{}]|\{[^{}]*\})*\})/g, '')
    expect(outside.replaceAll(/[\s;]/g, '')).toBe('')
  })

  it('are known to be stale after a change', async () => {
    const file = join(folder, 'xrm.gen.ts')
    expect((await xrm(['types', '--out', file, '--check'])).code).toBe(0)
    writeFileSync(file, readFileSync(file, 'utf8').replace('OddThing', 'EvenThing'))
    const checked = await xrm(['types', '--out', file, '--check'])
    expect(checked).toMatchObject({ code: 1, out: expect.stringContaining('is stale') as string })
  })
})
