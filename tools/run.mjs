// Behind `npm start`, `npm test`, `npm run xrm|bench|format`. Plain JavaScript, because it runs on whatever Node the
// machine has, before anything is installed.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bootstrap, buildUi, node24, root } from './bootstrap.mjs'
import { test } from './test.mjs'

const commands = {
  start: (args) => server('core/main.ts', args),
  // Only a server shows the interface; other commands need not wait for it to be built.
  xrm: (args) => (args[0] === 'start' ? server : run)('core/cli/main.ts', args),
  bench: (args) => run('test/bench/main.ts', args),
  format: (args) => run('node_modules/oxfmt/bin/oxfmt', args.length > 0 ? args : ['.']),
  test,
}

const [name, ...rest] = process.argv.slice(2)
const command = commands[name]
if (!command) {
  console.error(`Use one of: ${Object.keys(commands).join(', ')}`)
  process.exit(2)
}
bootstrap()
process.exitCode = await command(rest)

function server(script, args) {
  buildUi()
  return run(script, args)
}

/**
 * Runs Node 24 as our child, with a cache: what one start has compiled (and freed from its types) the next one takes, which
 * halves it. It and ends as it ends: same exit code, and the signals that reach us reach it. A signal to
 * the whole process group (Ctrl-C) therefore arrives there twice. If we die without a word, the child sees its IPC
 * channel close.
 */
function run(script, args) {
  return new Promise((resolve) => {
    const child = spawn(node24, [script, ...args], {
      cwd: root,
      env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'), ...process.env },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.on('error', (error) => {
      console.error(error.message)
      resolve(1)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
