import { Command } from 'commander'
import { commandConfig } from './command-config.ts'
import { openNode } from './open-node.ts'

/** `xrm migrate`: what a start of the server does to the database, without the server. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the tables and the documents of plugins and site up to date')
    .action(async (_, command: Command) => {
      const node = await openNode(commandConfig(command), { migrate: true })
      console.log(`The database is up to date; the configuration has version ${node.model.version}.`)
      for (const reason of node.waiting?.reasons ?? [])
        console.log(`An upgrade waits for an administrator: ${reason}`)
      await node.stop()
    })
}
