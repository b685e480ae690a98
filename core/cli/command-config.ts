import type { Command } from 'commander'
import { type Config, readConfig } from '../config.ts'

/** The configuration that a command works with: the environment, and `--data` before the command's name. */
export function commandConfig(command: Command): Config {
  const { data } = command.optsWithGlobals<{ data?: string }>()
  return readConfig(process.env, data === undefined ? [] : ['--data', data])
}
