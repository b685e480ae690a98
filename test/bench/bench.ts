import { existsSync } from 'node:fs'
import { connect } from '../../core/storage/database.ts'
import { onStop } from '../../core/stop-signals.ts'
import { accessTable, benchAccess } from './access.ts'
import { memoryOf } from './cpu.ts'
import { benchConversions, conversionTable } from './conversions.ts'
import { install } from './installation.ts'
import { measureCase, type CaseResult } from './measure.ts'
import type { Options } from './options.ts'
import { startLoadGenerator, startSide } from './processes.ts'
import { replaceSection, type SizeResult, writeReport } from './report.ts'
import { benchSchemaChanges, schemaChangeTable } from './schema-changes.ts'
import { takeSample } from './sample.ts'
import { signInSeller } from './site-user.ts'

/** What has to be undone at the end, however it comes. */
type Undo = (() => Promise<void>)[]

/** Measures every size and prints the tables. All traffic stays on this machine; what it makes is removed again. */
export async function bench(options: Options): Promise<void> {
  if (!existsSync('/proc/self/stat')) throw new Error('CPU time is read from /proc, which only Linux has.')
  const undo: Undo = []
  let stopping = Promise.resolve()
  // One after the other: a signal and the error that follows from it both come here.
  const stopAll = (): Promise<void> => (stopping = stopAfter(stopping, undo))
  onStop(stopAll)
  const sizes: SizeResult[] = []
  const tables: string[] = []
  try {
    if (options.schema) {
      for (const rows of options.rows) {
        tables.push(...schemaChangeTable(rows, await benchSchemaChanges(options, rows, undo)), '')
        await stopAll()
      }
      console.log(tables.join('\n'))
      if (options.write !== undefined) replaceSection(options.write, tables.join('\n').trimEnd(), 'schema')
      return
    }
    if (options.conversions) {
      for (const rows of options.rows) {
        tables.push(...conversionTable(await benchConversions(options, rows, undo)), '')
        await stopAll()
      }
      console.log(tables.join('\n'))
      if (options.write !== undefined)
        replaceSection(options.write, tables.join('\n').trimEnd(), 'conversions')
      return
    }
    if (options.access) {
      for (const rows of options.rows) {
        tables.push(...accessTable(rows, await benchAccess(options, rows, undo)), '')
        await stopAll()
      }
      console.log(tables.join('\n'))
      if (options.write !== undefined) replaceSection(options.write, tables.join('\n').trimEnd(), 'access')
      return
    }
    for (const rows of options.rows) {
      sizes.push(await measureSize(options, rows, undo))
      await stopAll()
    }
  } finally {
    await stopAll()
  }
  const report = writeReport(options, sizes)
  console.log(report)
  if (options.write !== undefined) replaceSection(options.write, report)
}

async function stopAfter(before: Promise<void>, undo: Undo): Promise<void> {
  await before
  for (const stop of undo.splice(0).toReversed()) await stop()
}

async function measureSize(options: Options, rows: number, undo: Undo): Promise<SizeResult> {
  console.log(`Filling a database with ${rows.toLocaleString('en')} leads …`)
  const installation = await install(options, rows, undo)
  const product = await startSide('product', 'core/main.ts', '/healthz', installation.env)
  undo.push(product.stop)
  const handWritten = await startSide('hand-written', 'test/bench/hand-written/main.ts', '/healthz', {
    DATABASE_URL: installation.url,
    BENCH_SCOPE: options.scope,
  })
  undo.push(handWritten.stop)
  const load = startLoadGenerator()
  undo.push(load.stop)
  const user = await signInSeller(product)
  const db = await connect({ url: installation.url, max: 1 })
  undo.push(db.close)
  const { rows: version } = await db.pool.query<{ server_version: string }>('SHOW server_version')
  const sample = await takeSample(db.pool, product, user)
  const results: CaseResult[] = []
  for (const name of options.cases) {
    const result = await measureCase(
      { options, product, handWritten, postmaster: installation.postmaster, user, sample, load },
      name,
    )
    console.log(lineOf(result))
    results.push(result)
  }
  if (options.hold) await hold(product.port, handWritten.port, installation.url, user.cookie)
  return {
    rows,
    postgres: version[0]!.server_version,
    start: { product: product.startCpu / 1000, handWritten: handWritten.startCpu / 1000 },
    memory: { product: memoryOf(product.pid), handWritten: memoryOf(handWritten.pid) },
    cases: results,
  }
}

/** Both servers stand ready for a profiler, until Ctrl-C. */
function hold(product: number, handWritten: number, url: string, cookie: string): Promise<never> {
  console.log(JSON.stringify({ product, handWritten, url, cookie }))
  return new Promise(() => {})
}

function lineOf({ name, product, handWritten }: CaseResult): string {
  const side = ({ perSecond, serverCpu, databaseCpu }: CaseResult['product']): string =>
    `${perSecond.toFixed(0)}/s, ${serverCpu.toFixed(2)} + ${databaseCpu.toFixed(2)} ms`
  const ratio = (product.serverCpu + product.databaseCpu) / (handWritten.serverCpu + handWritten.databaseCpu)
  return `${name}: ${side(product)}; by hand ${side(handWritten)}; ratio ${ratio.toFixed(2)}`
}
