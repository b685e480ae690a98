import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Command } from 'commander'
import { loadActor } from '../access/load-actor.ts'
import { type Actor, systemActor } from '../access/rights.ts'
import { audit } from '../audit/audit.ts'
import { listUsers } from '../accounts/users.ts'
import { ImportError } from '../import/import-error.ts'
import { importFile, type ImportSummary } from '../import/import-file.ts'
import { StartError } from '../start-error.ts'
import { commandConfig } from './command-config.ts'
import { ImportBulk } from '../conversions/bulk/import-bulk.ts'
import type { BulkWork } from '../conversions/bulk/work.ts'
import { buildModel } from '../documents/build-model.ts'
import { readState } from '../documents/layers.ts'
import { createLog } from '../log.ts'
import { type Node, openNode } from './open-node.ts'

interface Options {
  mapping: string
  entity?: string
  rejects?: string
  dryRun?: true
  atomic?: true
  as?: string
  convert?: string
}

/** `xrm import`: a CSV file into records, by a mapping. See docs/import.md. */
export function importCommand(): Command {
  return new Command('import')
    .description('import a CSV file')
    .argument('<file>')
    .requiredOption('--mapping <file>', 'JSON that says which column becomes which field')
    .option('--entity <name>', "only the mapping's records of this entity")
    .option(
      '--rejects <file>',
      'where rows go that cannot come in; by default <name>.rejects.csv in this folder',
    )
    .option('--dry-run', 'do everything and undo it')
    .option('--atomic', 'all rows or none')
    .option('--as <email>', 'with the rights of this user and in their name; without it, the system imports')
    .option('--convert <name>', 'convert what came in; what needs a decision is held in a bulk conversion')
    .action(async (file: string, options: Options, command: Command) => {
      const mapping = await readMapping(options.mapping)
      if (options.convert !== undefined && (options.dryRun === true || options.atomic === true))
        throw new ImportError('--convert goes with neither --dry-run nor --atomic.')
      if (!existsSync(file)) throw new ImportError(`There is no file ${file}.`)
      const node = await openNode(commandConfig(command))
      try {
        const { db, model, hooks } = node
        const actor = options.as === undefined ? systemActor : await actorOf(node, options.as)
        const bulk =
          options.convert === undefined ? null : new ImportBulk(workOf(node), options.convert, actor)
        const summary = await importFile({
          file,
          mapping,
          rejects: resolve(options.rejects ?? `${basename(file).replace(/\.[^.]*$/, '')}.rejects.csv`),
          ...(options.entity === undefined ? {} : { entity: options.entity }),
          dryRun: options.dryRun === true,
          atomic: options.atomic === true,
          actor,
          model,
          db,
          hooks,
          ...(bulk
            ? {
                imported: async (entity, ids) => {
                  if (entity === bulk.source) await bulk.add(ids)
                },
              }
            : {}),
          progress: reporter(),
        })
        if (!summary.undone) await auditImport(db, actor, file, summary)
        console.log(report(summary, options).join('\n'))
        if (bulk) console.log(await convert(db, bulk, actor))
        if (isFailure(summary, options)) process.exitCode = 1
      } finally {
        await node.stop()
      }
    })
}

/** Rows come in by many transactions; the log says at the end what came of all. */
async function auditImport(
  db: Node['db'],
  actor: Actor,
  file: string,
  summary: ImportSummary,
): Promise<void> {
  const { rows, rejected, records } = summary
  await audit(db.pool, {
    kind: 'imported',
    actor,
    details: { file: basename(file).slice(0, 200), rows, rejected, records },
  })
}

function workOf({ db, context, model, hooks }: Node): BulkWork {
  let current = model
  return {
    db,
    hooks,
    log: createLog('warn'),
    model: () => current,
    refresh: async () => (current = buildModel(context, await readState(db.pool)).model),
  }
}

async function convert(db: Node['db'], bulk: ImportBulk, actor: Actor): Promise<string> {
  const tell = reporter('converted')
  const result = await bulk.run((done) => tell(done, 0))
  if (!result) return 'Nothing to convert.'
  const { done, held, failed, skipped } = result.counts
  await audit(db.pool, {
    kind: 'bulk',
    actor,
    subject: { kind: 'bulk', id: result.id },
    details: {
      action: 'convert',
      conversion: bulk.name,
      entity: bulk.source,
      count: done + held + failed + skipped,
    },
  })
  return `${done} converted, ${held} to decide, ${failed} failed, ${skipped} left out: /bulk/${result.id}`
}

async function readMapping(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (error) {
    throw new ImportError(`The mapping ${path} cannot be read: ${(error as Error).message}`)
  }
}

async function actorOf({ db, model }: Node, email: string): Promise<Actor> {
  const user = (await listUsers(db)).find((one) => one.email === email.trim().toLowerCase())
  const actor = user ? await loadActor(db.pool, model, user.id) : null
  if (!actor)
    throw new StartError(`There is no active user with the e-mail ${email}.`, 'See `xrm user list`.')
  return actor
}

/** How far it is, on standard error, every two seconds. */
function reporter(what = 'rows'): (rows: number, rejected: number) => void {
  const began = performance.now()
  let last = began
  return (rows, rejected) => {
    const now = performance.now()
    if (now - last < 2000) return
    last = now
    const rate = Math.round((rows * 1000) / (now - began))
    console.error(
      what === 'rows' ? `${rows} rows, ${rejected} rejected, ${rate} rows/s` : `${rows} ${what}, ${rate}/s`,
    )
  }
}

/** Nothing could be done, or nothing was kept of what should have been. */
function isFailure({ rows, rejected, undone }: ImportSummary, { atomic }: Options): boolean {
  return (rows > 0 && rejected === rows) || (undone && atomic === true)
}

function report(summary: ImportSummary, { dryRun }: Options): string[] {
  const { rows, filtered, rejected, incomplete, records, dropped, undone, seconds } = summary
  const lines = [
    `${rows} rows (${summary.encoding}${summary.encodingDetected ? ', detected' : ''}) in ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s`,
  ]
  for (const [name, { created, updated, unchanged }] of Object.entries(records)) {
    lines.push(`  ${name}: ${created} created, ${updated} updated, ${unchanged} unchanged`)
  }
  if (filtered > 0) lines.push(`  ${filtered} left out by the filter`)
  for (const [field, times] of Object.entries(dropped))
    lines.push(`  ${field}: ${times} values left empty or kept elsewhere`)
  if (rejected > 0) lines.push(`  ${rejected} rejected`)
  if (incomplete > 0) lines.push(`  ${incomplete} came in without a relation that leads nowhere`)
  for (const { line, reason } of summary.firstRejects) lines.push(`    line ${line}: ${reason}`)
  if (summary.rejects !== null) lines.push(`  all of them with their reasons: ${summary.rejects}`)
  if (undone)
    lines.push(
      dryRun
        ? 'Dry run: nothing was kept.'
        : 'Nothing was kept, because not every row could come in (--atomic).',
    )
  return lines
}
