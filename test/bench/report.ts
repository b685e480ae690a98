import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { cases } from './cases.ts'
import type { CaseResult, SideResult } from './measure.ts'
import type { Options } from './options.ts'

/** What was measured on one size. */
export interface SizeResult {
  rows: number
  postgres: string
  /** CPU seconds until the first answer. */
  start: { product: number; handWritten: number }
  /** Megabytes resident after all cases. */
  memory: { product: number; handWritten: number }
  cases: CaseResult[]
}

/** The tables of all sizes, as Markdown. */
export function writeReport(options: Options, sizes: readonly SizeResult[]): string {
  const [processor] = cpus()
  const lines = [
    `Measured on ${cpus().length} cores (${processor?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ` +
      `Node ${process.versions.node}, PostgreSQL ${sizes[0]!.postgres}; ${options.concurrency} connections, ` +
      `${options.rounds} rounds of ${options.seconds} s a side; the role reads with the scope \`${options.scope}\`.`,
  ]
  for (const size of sizes) lines.push('', ...sizeTable(size))
  return lines.join('\n')
}

function sizeTable({ rows, start, memory, cases: results }: SizeResult): string[] {
  return [
    `### ${rows.toLocaleString('en')} leads`,
    '',
    '| case | requests/s | p50 ms | p99 ms | server CPU ms | database CPU ms | by hand: requests/s | server | database | CPU ratio |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...results.map(({ name, product, handWritten }) => {
      const own = [
        product.perSecond.toFixed(0),
        fine(product.p50),
        fine(product.p99),
        fine(product.serverCpu),
        fine(product.databaseCpu),
      ]
      const hand = [
        handWritten.perSecond.toFixed(0),
        fine(handWritten.serverCpu),
        fine(handWritten.databaseCpu),
      ]
      return `| ${cases[name].title} | ${[...own, ...hand, `**${(total(product) / total(handWritten)).toFixed(2)}**`].join(' | ')} |`
    }),
    '',
    `Started after ${start.product.toFixed(2)} s of CPU (by hand ${start.handWritten.toFixed(2)} s); ` +
      `${memory.product.toFixed(0)} MB resident after the load (by hand ${memory.handWritten.toFixed(0)} MB).`,
  ]
}

function total({ serverCpu, databaseCpu }: SideResult): number {
  return serverCpu + databaseCpu
}

function fine(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}

/** Puts the report between the two marks of a Markdown file, in the form in which the repository keeps its files. */
export function replaceSection(path: string, report: string, section = 'bench'): void {
  const begin = `<!-- ${section}: written by npm run bench -->`
  const end = `<!-- /${section} -->`
  const text = readFileSync(path, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${path} has no section between "${begin}" and "${end}".`)
  writeFileSync(path, `${text.slice(0, from + begin.length)}\n\n${report}\n\n${text.slice(to)}`)
  execFileSync(process.execPath, [join(import.meta.dirname, '../../node_modules/oxfmt/bin/oxfmt'), path])
}
