import { readFile, writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { typeDefinitions } from '../types/type-definitions.ts'
import { commandConfig } from './command-config.ts'
import { openNode } from './open-node.ts'

interface Options {
  out: string
  check?: true
}

/** `xrm types`: TypeScript types of the published model. */
export function typesCommand(): Command {
  return new Command('types')
    .description('write TypeScript types of the published model')
    .option('--out <file>', 'where to', 'xrm.gen.ts')
    .option('--check', 'only compare; exit code 1 when the file is stale')
    .action(async ({ out, check }: Options, command: Command) => {
      const node = await openNode(commandConfig(command))
      try {
        const text = await typeDefinitions(node.model)
        const present = await readFile(out, 'utf8').catch(() => null)
        if (check) {
          const isFresh = present === text
          console.log(isFresh ? `${out} is up to date.` : `${out} is stale. Run: xrm types --out ${out}`)
          if (!isFresh) process.exitCode = 1
        } else {
          if (present !== text) await writeFile(out, text)
          console.log(`${out} holds the types of ${node.model.entities.size} entities.`)
        }
      } finally {
        await node.stop()
      }
    })
}
