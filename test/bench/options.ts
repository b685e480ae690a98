import { parseArgs } from 'node:util'

/** The cases by name, in the order in which they are reported. Those that write come last: they change the data. */
export const caseNames = [
  'get',
  'list',
  'list-expanded',
  'list-count',
  'search',
  'page-deep',
  'aggregate',
  'create',
  'update',
  'convert',
] as const

export type CaseName = (typeof caseNames)[number]

export interface Options {
  /** Sizes of the table of leads, each on a database of its own. */
  rows: number[]
  /** How long each side is under load in each round. */
  seconds: number
  /** How often the two sides take turns in each case; the report gives medians. */
  rounds: number
  concurrency: number
  cases: readonly CaseName[]
  /** Which leads the user may read: the role's scope. */
  scope: 'own' | 'team' | 'all'
  /** Markdown file whose marked section gets the tables. */
  write: string | undefined
  /** Change the model under load instead of the cases. */
  schema: boolean
  /** Measure conversions one by one and in bulk instead of the cases. */
  conversions: boolean
  /** Measure what access rules cost a list instead of the cases. */
  access: boolean
  /** Keep the servers after the measurement and print their addresses, for profiler and EXPLAIN. */
  hold: boolean
}

/** Reads `npm run bench -- --rows 100000,1000000 --seconds 3 --rounds 3 --cases get,list --scope team --write docs/benchmarks.md`. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '100000,1000000' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      concurrency: { type: 'string', default: '8' },
      cases: { type: 'string', default: caseNames.join() },
      scope: { type: 'string', default: 'team' },
      write: { type: 'string' },
      schema: { type: 'boolean', default: false },
      conversions: { type: 'boolean', default: false },
      access: { type: 'boolean', default: false },
      hold: { type: 'boolean', default: false },
    },
  })
  return {
    rows: values.rows.split(',').map((text) => number('--rows', text, 1000, 10_000_000)),
    seconds: number('--seconds', values.seconds, 0.2, 60),
    rounds: number('--rounds', values.rounds, 1, 20),
    concurrency: number('--concurrency', values.concurrency, 1, 200),
    cases: values.cases.split(',').map((text) => oneOf('--cases', text, caseNames)),
    scope: oneOf('--scope', values.scope, ['own', 'team', 'all'] as const),
    write: values.write,
    schema: values.schema,
    conversions: values.conversions,
    access: values.access,
    hold: values.hold,
  }
}

function number(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text.replaceAll('_', ''))
  if (value >= minimum && value <= maximum) return value
  throw new Error(`${name} must be a number from ${minimum} to ${maximum}, not "${text}".`)
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text)
  if (found) return found
  throw new Error(`${name} must be of ${known.join(', ')}, not "${text}".`)
}
