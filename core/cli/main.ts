import { runCommand } from './program.ts'

const [, , command, ...rest] = process.argv
if (command === 'start') {
  // The server reads its own flags, and only it needs what it imports.
  process.argv.splice(2, 1)
  await import('../main.ts')
} else {
  await runCommand(command === undefined ? ['--help'] : [command, ...rest])
}
