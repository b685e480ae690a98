import { Command } from 'commander'
import type { ChangeEntry } from '@xrm/sdk/configuration'
import type { Comparison, DocumentChange } from '../config-files/compare.ts'
import { Configuration } from '../config-files/configuration.ts'
import { type Base, readFolder, writeFolder } from '../config-files/folder.ts'
import { Changesets } from '../documents/changesets.ts'
import { Documents } from '../documents/documents.ts'
import { LiveModel } from '../documents/live-model.ts'
import { Publisher } from '../documents/publisher.ts'
import { purge } from '../documents/retired.ts'
import { Jobs } from '../jobs/jobs.ts'
import { createLog } from '../log.ts'
import { StartError } from '../start-error.ts'
import { commandConfig } from './command-config.ts'
import { openNode } from './open-node.ts'

interface PushOptions {
  dryRun?: true
  title: string
  force?: true
  overwrite?: true
}

/** `xrm config`: the configuration as files, to be read, reviewed and carried to another installation. */
export function configCommand(): Command {
  return new Command('config')
    .description('the configuration as files')
    .addCommand(
      new Command('pull')
        .description('write every document into a folder')
        .argument('<folder>')
        .action((folder: string, _, command: Command) =>
          withConfiguration(command, async ({ configuration }) => {
            const pulled = await configuration.pull()
            await writeFolder(folder, pulled)
            console.log(`${count(pulled)} documents of version ${pulled.version} are in ${folder}.`)
          }),
        ),
    )
    .addCommand(
      new Command('diff')
        .description('what pushing a folder would change; exit code 1 when there is something')
        .argument('<folder>')
        .option('--overwrite', 'as if the server had changed nothing since the files were pulled')
        .action((folder: string, options: { overwrite?: true }, command: Command) =>
          withConfiguration(command, async ({ configuration }) => {
            const { base, files } = await readFolder(folder)
            const compared = await configuration.diff({
              base: base?.documents ?? null,
              documents: files,
              ...overwriting(options),
            })
            console.log(describe(compared).join('\n'))
            if (compared.changes.length + compared.clashes.length > 0) process.exitCode = 1
          }),
        ),
    )
    .addCommand(
      new Command('push')
        .description('publish what a folder says, as one changeset')
        .argument('<folder>')
        .option('--dry-run', 'show the plan and change nothing')
        .option('--title <title>', 'title of the changeset', 'Configuration from files')
        .option('--force', 'also when conversions or web forms break')
        .option(
          '--overwrite',
          'the files are what is to be, whatever the server has changed since they were pulled',
        )
        .action((folder: string, options: PushOptions, command: Command) =>
          withConfiguration(command, (parts) => push(parts, folder, options)),
        ),
    )
}

interface Parts {
  configuration: Configuration
  jobs: Jobs
  live: LiveModel
}

async function push({ configuration, jobs }: Parts, folder: string, options: PushOptions): Promise<void> {
  const { base, files } = await readFolder(folder)
  await jobs.start()
  const { changes, plan, changeset } = await configuration.push({
    base: base?.documents ?? null,
    documents: files,
    ...overwriting(options),
    title: options.title,
    actor: null,
    dryRun: options.dryRun === true,
    force: options.force === true,
  })
  console.log(describe({ changes, clashes: [] }).join('\n'))
  for (const step of plan?.steps ?? []) console.log(`  ${step.description} (lock: ${step.lock})`)
  for (const { entity, field, filled } of plan?.retired ?? [])
    console.log(
      `  ${entity}${field === null ? '' : `.${field}`} goes; ${filled} values stay until they are purged`,
    )
  if (!changeset) return
  if (changeset.job !== null && changeset.status === 'publishing') await waitFor(jobs, changeset.job)
  const pulled = await configuration.pull()
  await writeFolder(folder, pulled)
  console.log(`Published as version ${pulled.version}.`)
}

/** The work is done by a running server, or here. */
async function waitFor(jobs: Jobs, id: string): Promise<void> {
  for (let said = ''; ;) {
    const { status, step, done, total, error } = await jobs.get(id)
    const line = total > 0 ? `${step} ${Math.floor((done / total) * 100)} %` : step
    if (line !== said && line !== '') console.log(`  ${(said = line)}`)
    if (status === 'done') return
    if (status === 'failed' || status === 'cancelled')
      throw new StartError(
        `It was not published: ${error?.title ?? status}. ${error?.detail ?? ''}`.trim(),
        'The changeset is a draft again; the console shows what to decide.',
      )
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function withConfiguration(command: Command, work: (parts: Parts) => Promise<void>): Promise<void> {
  const config = commandConfig(command)
  const node = await openNode(config)
  const log = createLog('silent')
  const live = new LiveModel(node.db, node.context, log, { listen: false })
  const jobs = new Jobs(node.db, node.url, log)
  try {
    await live.refresh()
    const changesets = new Changesets(node.db)
    const publisher = new Publisher(node.db, live, changesets, jobs)
    // This process may be handed any job while it waits for its own.
    jobs.handle('purge', purge(node.db, live))
    await work({
      configuration: new Configuration(node.db, changesets, new Documents(node.db, live), publisher),
      jobs,
      live,
    })
  } finally {
    await jobs.stop()
    await node.stop()
  }
}

function overwriting({ overwrite }: { overwrite?: true }): { overwrite?: true } {
  return overwrite ? { overwrite } : {}
}

function describe({ changes, clashes }: Comparison): string[] {
  if (changes.length + clashes.length === 0) return ['No difference.']
  return [
    ...changes.flatMap(describeChange),
    ...clashes.map(
      ({ kind, name, pointer, mine, theirs }) =>
        `! ${kind}/${name} ${pointer}: ${short(mine)} in the files, ${short(theirs)} on the server`,
    ),
  ]
}

const signs = { add: '+', change: '~', remove: '-' } as const

function describeChange({ kind, name, action, changes }: DocumentChange): string[] {
  const head = `${signs[action]} ${kind}/${name}`
  if (action !== 'change') return [head]
  return [head, ...changes.map((change) => `    ${change.pointer}: ${describeEntry(change)}`)]
}

function describeEntry({ before, after }: ChangeEntry): string {
  return `${short(before)} → ${short(after)}`
}

function short(value: unknown): string {
  if (value === undefined) return '(nothing)'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function count({ documents }: Base): number {
  return Object.values(documents).reduce((sum, bodies) => sum + Object.keys(bodies).length, 0)
}
