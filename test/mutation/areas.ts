import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'

/** What mutation testing changes in one run, and the tests that have to notice: the quick ones about it. */
interface Area {
  mutate: string[]
  tests: string[]
}

const areas: Record<string, Area> = {
  /** Who may read and change what, and the SQL of it. */
  access: {
    mutate: [
      'core/access/{covers,grants,narrow,rights,scope-sql,scopes}.ts',
      'core/records/{select-builder,search-condition}.ts',
    ],
    tests: [
      'core/{access,records}/**/*.test.ts',
      'test/access.test.ts',
      'test/laws/access.test.ts',
      'test/renamed.test.ts',
      'test/security/{access,api-keys,field-access,scopes,sharing,view-as}.test.ts',
    ],
  },
  /** Filters and every other expression: checked, and made into JavaScript and SQL. */
  expressions: {
    mutate: ['sdk/expression/{check,compile,fold,references,sql}.ts'],
    tests: ['sdk/expression/*.test.ts'],
  },
  /** What a conversion reads, takes over, finds, decides and writes, and how it is taken back. */
  conversions: {
    mutate: [
      'core/conversions/{children,convert-value,decide,each,map-values,match,on-link,owners,plan,plan-hash}.ts',
      'core/conversions/{reversal,reverse,run,source,undo}.ts',
    ],
    tests: [
      'test/conversions.test.ts',
      'test/conversions/{bulk-decisions,decisions,demands,guarantees,keywords,linked-records,matches,reverse,runs,scenarios,stale-plans}.test.ts',
    ],
  },
}

/** The area that `XRM_MUTATE` names. */
export function chosenArea(): Area {
  const name = process.env['XRM_MUTATE'] ?? 'access'
  const area = areas[name]
  if (!area) throw new Error(`XRM_MUTATE must be of ${Object.keys(areas).join(', ')}, not "${name}".`)
  return area
}

const chunk = 12

/**
 * What is changed: all of the area, which takes hours, or the part of it that `XRM_MUTATE_SAMPLE` says, such as `0.25`, or other
 * lines, such as `0.25-0.5`. Which lines these are depends on their place alone, so that the same sample comes again.
 */
export function chosenCode(): string[] {
  const [first = 1, last] = (process.env['XRM_MUTATE_SAMPLE'] ?? '1').split('-').map(Number)
  const [from, to] = last === undefined ? [0, first] : [first, last]
  const { mutate } = chosenArea()
  if (from === 0 && to === 1) return mutate
  return globSync(mutate).flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n').length
    return Array.from({ length: Math.ceil(lines / chunk) }, (_, index) => index * chunk + 1)
      .filter((line) => from <= place(`${file}:${line}`) && place(`${file}:${line}`) < to)
      .map((line) => `${file}:${line}-${line + chunk - 1}`)
  })
}

/** From 0 to 1, evenly. */
function place(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32
}
