import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const files = globSync('{sdk,core,plugins,admin-ui,test}/**/*.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules') || path.includes('dist'),
})

interface Import {
  file: string
  from: string
  to: string
  typeOnly: boolean
}

/** The part of the house that a path belongs to: `sdk`, `core`, `plugins/leads`, … */
function partOf(path: string): string {
  const [first, second] = path.split('/') as [string, string | undefined]
  return first === 'plugins' ? `plugins/${second}` : first
}

function isTest(file: string): boolean {
  return file.startsWith('test/') || file.endsWith('.test.ts') || file.includes('/testing/')
}

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8')
  return [
    ...text.matchAll(
      /^(?:import|export)\s+(type\s)?[^'"`]*?from\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm,
    ),
  ].flatMap((match) => {
    const source = match[2] ?? match[3] ?? match[4]!
    const to = source.startsWith('.')
      ? partOf(relative(root, join(root, dirname(file), source)))
      : source.startsWith('@xrm/')
        ? packageOf(source.split('/')[1]!)
        : null
    return to === null ? [] : [{ file, from: partOf(file), to, typeOnly: match[1] !== undefined }]
  })
})

function packageOf(name: string): string {
  return ['sdk', 'core', 'admin-ui'].includes(name) ? name : `plugins/${name}`
}

const foreign = imports.filter(({ from, to, file }) => from !== to && !isTest(file))

describe('the house', () => {
  it('is read at all', () => {
    expect(imports.length).toBeGreaterThan(500)
    expect(new Set(imports.map(({ from }) => from))).toContain('plugins/leads')
  })

  it('rests on the sdk, which needs nothing of ours', () => {
    expect(foreign.filter(({ from }) => from === 'sdk')).toEqual([])
  })

  it('lets core import the sdk alone', () => {
    expect(foreign.filter(({ from, to }) => from === 'core' && to !== 'sdk')).toEqual([])
  })

  it('lets the interface import the sdk alone', () => {
    expect(foreign.filter(({ from, to }) => from === 'admin-ui' && to !== 'sdk')).toEqual([])
  })

  it('lets plugins import the sdk, and of other plugins types alone', () => {
    const wrong = foreign.filter(
      ({ from, to, typeOnly }) =>
        from.startsWith('plugins/') && to !== 'sdk' && !(to.startsWith('plugins/') && typeOnly),
    )
    expect(wrong).toEqual([])
  })

  it('makes SQL text in few places, none of which a plugin or the interface is [INJ-06]', () => {
    const writers = files.filter(
      (file) => /\b(sql\.raw|sql\.lit)\b/.test(readFileSync(join(root, file), 'utf8')) && !isTest(file),
    )
    expect(writers).toEqual([])
  })

  it('puts nothing between quotes of SQL, and writes SQL in core and the expression language alone [INJ-06]', () => {
    const keywords =
      /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|(ALTER|CREATE|DROP) (TABLE|INDEX|SEQUENCE|SCHEMA|ROLE))\b/
    const lines = files
      .filter((file) => !isTest(file))
      .flatMap((file) =>
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .filter((line) => keywords.test(line) && line.includes('${'))
          .map((line) => ({ file, line })),
      )
    expect(lines.length).toBeGreaterThan(20)
    expect(
      lines.filter(({ file }) => !file.startsWith('core/') && !file.startsWith('sdk/expression/')),
    ).toEqual([])
    // Whatever stands between quotes goes through quoteName, quoteText or a parameter. The one exception is a constant.
    const quoted = lines.filter(({ line }) => /(['"])\$\{(?!adminRole\})[^}]*\}\1/.test(line))
    expect(quoted).toEqual([])
  })

  it('quotes names for SQL in one place [INJ-06]', () => {
    const quoters = files.filter(
      (file) =>
        !isTest(file) &&
        /replaceAll\((['"`])["']\1, *(['"`])(""|'')\2\)/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(quoters).toEqual(['core/storage/names.ts'])
  })

  it('gives each element a name of its own', () => {
    // The second to be loaded would break its page, and only for those who have seen the first.
    const names = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/@customElement\('([^']+)'\)/g)].map(
        ([, name]) => name!,
      ),
    )
    expect(names.length).toBeGreaterThan(100)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('never turns text into code or markup [WEB-03]', () => {
    const forbidden =
      /\b(unsafe(HTML|SVG|MathML|Static|CSS)|innerHTML|outerHTML|srcdoc|insertAdjacentHTML|parseFromString|createContextualFragment|setHTMLUnsafe|document\.write|createPolicy)\b|\beval\(|new Function\(/
    // What the build takes out of the code of others it has to name.
    const found = files.filter(
      (file) =>
        !isTest(file) &&
        !file.startsWith('admin-ui/build/') &&
        forbidden.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(found).toEqual([])
  })
})
