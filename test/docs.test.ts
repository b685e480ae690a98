import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { Plugin } from '@xrm/sdk'
import { findPlugins, orderPlugins } from '../core/plugins/load-plugins.ts'
import { testServer } from './support/server.ts'

const root = join(import.meta.dirname, '..')
const run = promisify(execFile)
const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root })]
const read = (page: string): string => readFileSync(join(root, page), 'utf8')

// Inside the project, so that the code finds its packages.
const folder = await mkdtemp(join(import.meta.dirname, 'docs-'))
afterAll(() => rm(folder, { recursive: true }))

describe('the docs', () => {
  it.each(pages)('%s leads to files that exist', (page) => {
    for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(target!)) continue
      expect(existsSync(join(root, dirname(page), target!)), `${page} → ${target}`).toBe(true)
    }
  })

  it('name only commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    for (const page of pages) {
      for (const [, script] of read(page).matchAll(/\bnpm run ([a-z]+)/g))
        expect(scripts, `${page}: npm run ${script}`).toHaveProperty(script!)
    }
  })

  it('name a test for every attack that they say is tested', () => {
    const rows = [...read('docs/security.md').matchAll(/^\| ([A-Z]+-\d+) .*\| (test|[^|]*?)[^|]*\|$/gm)]
    expect(rows.length).toBeGreaterThan(40)
    const names = globSync('{test,sdk,core,plugins,admin-ui/src}/**/*.test.ts', {
      cwd: root,
      exclude: (path) => path.includes('node_modules'),
    }).flatMap((file) => read(file).match(/\b(it|test)(\.each\([\s\S]*?\))?\(\s*(['"`]).*?\[.*?\]\3/g) ?? [])
    for (const [, id] of rows.filter(([, , how]) => how === 'test'))
      expect(
        names.some((name) => name.includes(id!)),
        `${id} stands in no test's name`,
      ).toBe(true)
  })

  it('give a reason for every attack that they say has no whole test', () => {
    const text = read('docs/security.md')
    const reasons = [...text.matchAll(/^- \*\*.*$/gm)].map(([line]) => line)
    const rows = [...text.matchAll(/^\| ([A-Z]+-\d+) .*\| [^|]*see below[^|]*\|$/gm)]
    expect(rows.length).toBeGreaterThan(10)
    for (const [, id] of rows)
      expect(
        reasons.some((reason) => reason.includes(id!)),
        `${id} has no reason`,
      ).toBe(true)
  })

  it('and types that are generated are up to date', async () => {
    await expect(run(process.execPath, ['tools/gen.ts', '--check'], { cwd: root })).resolves.toBeDefined()
  })

  it('show documents that can be published, and work', async () => {
    const { app, user } = await testServer()
    const { call } = await user(['admin'])
    const { body: draft } = await call<{ id: string }>('POST', '/api/changesets', { title: 'Docs' })
    const documents = [
      ...read('docs/admin.md').matchAll(/<!-- document: ([a-z-]+)\/([\w-]+) -->\n+```json\n([\s\S]*?)```/g),
    ]
    expect(documents).toHaveLength(5)
    for (const [, kind, name, text] of documents) {
      const answer = await call('PUT', `/api/documents/${kind}/${name}?changeset=${draft.id}`, text)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    }
    const published = await call('POST', `/api/changesets/${draft.id}/publish`)
    expect(published.status, JSON.stringify(published.body)).toBe(200)
    const { body: account } = await call<{ id: string }>('POST', '/api/records/account', {
      name: 'Docs GmbH',
    })
    const converted = await call<{ targets: { record: { display: string } }[] }>(
      'POST',
      '/api/conversions/account-to-reseller/run',
      { source: account.id },
    )
    expect(converted.status, JSON.stringify(converted.body)).toBe(201)
    expect(converted.body.targets[0]!.record.display).toBe('Docs GmbH')
    const dealer = await call('POST', '/api/records/dealer', { name: 'Müller & Söhne GmbH' })
    expect(dealer.status, JSON.stringify(dealer.body)).toBe(201)
    const { body: alike } = await call<{ candidates: { reasons: { rule: string }[] }[] }>(
      'POST',
      '/api/duplicates/dealer/check',
      { values: { name: 'MUELLER UND SOEHNE' } },
    )
    expect(alike.candidates[0]!.reasons.map(({ rule }) => rule)).toEqual(['similar-name'])
    expect((await app.request('/forms/newsletter')).status).toBe(200)
  })

  it('show calls that edit a draft as they say', async () => {
    const { user } = await testServer()
    const { call } = await user(['admin'])
    const { body: draft } = await call<{ id: string }>('POST', '/api/changesets', { title: 'Docs' })
    const calls = [
      ...read('docs/admin.md').matchAll(/<!-- call: ([A-Z]+) (\S+) -->\n+```json\n([\s\S]*?)```/g),
    ]
    expect(calls).toHaveLength(3)
    for (const [, method, path, text] of calls) {
      const answer = await call(method!, path!.replace('{draft}', draft.id), text)
      expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status)
    }
    const published = await call('POST', `/api/changesets/${draft.id}/publish`)
    expect(published.status, JSON.stringify(published.body)).toBe(200)
    const venue = await call('POST', '/api/records/venue', { name: 'Hall', homepage: 'https://hall.example' })
    expect(venue.status, JSON.stringify(venue.body)).toBe(201)
  })

  it('show a plugin that compiles, loads and does what it says', async () => {
    const [, code] = /<!-- code: plugin -->\n+```ts\n([\s\S]*?)```/.exec(read('docs/plugin-developer.md'))!
    const file = join(folder, 'index.ts')
    await writeFile(file, code!)
    const config = { extends: '../../tsconfig.base.json', files: ['index.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const { stdout } = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], {
      cwd: root,
    }).catch((error: { stdout: string }) => error)
    expect(stdout).toBe('')
    const { default: machines } = (await import(pathToFileURL(file).href)) as { default: Plugin }
    const { plugins } = await findPlugins(join(root, 'plugins'))
    const loaded = orderPlugins([...plugins, machines])
    expect(loaded.failures).toEqual([])
    const { user } = await testServer({ plugins: loaded.plugins })
    const { call } = await user(['sales'])
    const early = await call('POST', '/api/records/machine', {
      serial: 'M1',
      bought: '2026-05-01',
      next_service: '2026-04-01',
    })
    expect(early).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/next_service', code: 'machines.service-too-early' }] },
    })
    const late = await call('POST', '/api/records/machine', {
      serial: 'M1',
      bought: '2020-05-01',
      next_service: '2021-05-01',
    })
    expect(late).toMatchObject({ status: 201, body: { display: 'M1', overdue: true } })
  })
})
