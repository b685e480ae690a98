import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, parseAst, type Rolldown } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
let folder: string
let chunks: Rolldown.OutputChunk[]
let styles: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xrm-bundle-'))
  const built = await build({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput
  chunks = output.filter((file) => file.type === 'chunk')
  const sheets = output.filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'))
  styles = sheets.map((file) => String((file as Rolldown.OutputAsset).source)).join('\n')
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

/** The chunk of a module, and everything it imports at once. */
function closure(module: string, seen = new Set<Rolldown.OutputChunk>()): Set<Rolldown.OutputChunk> {
  const start = chunks.find((chunk) => chunk.moduleIds.some((id) => id.endsWith(module)))
  if (!start) throw new Error(`No chunk holds ${module}`)
  const visit = (chunk: Rolldown.OutputChunk) => {
    if (seen.has(chunk)) return
    seen.add(chunk)
    for (const name of chunk.imports) {
      const next = chunks.find((one) => one.fileName === name)
      if (next) visit(next)
    }
  }
  visit(start)
  return seen
}

const size = (set: Iterable<Rolldown.OutputChunk>) =>
  [...set].reduce((sum, chunk) => sum + gzipSync(chunk.code).byteLength, 0)

test('the first screen, a list in German, takes at most 60 kB of script', () => {
  const first = closure('/src/main.ts')
  closure('/src/i18n/de.ts', first)
  expect(size(first)).toBeLessThanOrEqual(60_000)
  expect([...first].some((chunk) => chunk.moduleIds.some((id) => id.includes('@vaadin')))).toBe(false)
})

test('the form controls take at most 90 kB more', () => {
  const first = closure('/src/main.ts')
  const form = closure('/src/fields/controls.ts')
  expect(size(form.difference(first))).toBeLessThanOrEqual(90_000)
})

test('the editors of code come when one is shown, and take at most 150 kB more', () => {
  const shown = closure('/src/console/console.element.ts', closure('/src/main.ts'))
  closure('/src/designer/entity-page.element.ts', shown)
  expect([...shown].some((chunk) => chunk.moduleIds.some((id) => id.includes('@codemirror')))).toBe(false)
  const editors = closure('/src/editor/expression-editor.ts', closure('/src/editor/json-editor.element.ts'))
  expect(size(editors.difference(shown))).toBeLessThanOrEqual(150_000)
})

interface Node {
  type: string
  name?: string
  callee?: Node
}

function* nodesOf(value: unknown): Generator<Node> {
  if (value === null || typeof value !== 'object') return
  if ('type' in value && typeof value.type === 'string') yield value as Node
  for (const child of Object.values(value)) yield* nodesOf(child)
}

test('no script needs eval, and no decorator is left for the browser', () => {
  for (const { code, fileName } of chunks) {
    const bad = [...nodesOf(parseAst(code))].filter(
      ({ type, callee }) =>
        type === 'Decorator' ||
        ((type === 'CallExpression' || type === 'NewExpression') &&
          callee?.type === 'Identifier' &&
          ['eval', 'Function'].includes(callee.name ?? '')),
    )
    expect([fileName, bad]).toEqual([fileName, []])
  }
})

test('no script adds style elements, which the Content-Security-Policy refuses', () => {
  const code = chunks.map((chunk) => chunk.code).join('\n')
  expect(code).not.toMatch(/<style[ >]|insertAdjacentHTML|setAttribute\((["'`])style\1/)
  // Three that never run: Lit's and CodeMirror's for browsers without constructable sheets (an editor lives in a shadow
  // root, where CodeMirror uses them), Vaadin's for Polymer elements.
  expect(code.match(/createElement\((["'`])style\1\)/g)).toHaveLength(3)
})

test('no script makes HTML of a text but Lit of its own templates, which trusted types would refuse [WEB-04]', () => {
  const sinks =
    /\.(?:innerHTML|outerHTML|srcdoc)\s*=(?!=)|\b(?:insertAdjacentHTML|parseFromString|createContextualFragment|createPolicy)\(/g
  const found = chunks.flatMap(({ code }) => [...code.matchAll(sinks)].map(([sink]) => sink))
  expect(found.toSorted()).toEqual(['.innerHTML=', 'createPolicy('])
})

test('nothing is loaded from another host and nothing is reported', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
  expect(html).not.toMatch(/<style|<script(?![^>]*src=)|style="/)
  expect(styles).not.toMatch(/url\(["']?(https?:)?\/\//)
  for (const { code } of chunks)
    expect(code).not.toMatch(/tools\.vaadin\.com|usage-statistics-collect|fetch\(["'`]https?:/)
})

test('light-dark() reaches the browser as it is written', () => {
  expect(styles).toContain('light-dark(#f6f7f9,#0f1115)')
  const aura = [...closure('/src/style/aura.ts')].map((chunk) => chunk.code).join('')
  expect(aura).toContain('light-dark(')
  expect(styles + aura).not.toContain('--lightningcss')
})
