import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildUi, node24, root } from './bootstrap.mjs'

const has = (path) => existsSync(join(root, path))

const steps = {
  types: () => node(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']),
  'types of admin-ui': () =>
    has('admin-ui/tsconfig.json')
      ? node(['node_modules/typescript/bin/tsc', '-p', 'admin-ui/tsconfig.json'])
      : 0,
  lint: () => node(['node_modules/oxlint/bin/oxlint', '--deny-warnings']),
  format: () => node(['node_modules/oxfmt/bin/oxfmt', '--check', '.']),
  unused: () => node(['node_modules/knip/bin/knip.js', '--no-progress']),
  build: () => buildUi() ?? 0,
  tests: (files) => node(['node_modules/vitest/vitest.mjs', 'run', ...files], true),
}

/**
 * Everything that must hold before a commit, in the order in which a mistake is cheapest to find. Each step is named
 * and timed; the first failure prints its output and ends the run. Arguments go to vitest: `npm test -- core/accounts`.
 */
export async function test(args) {
  for (const [name, step] of Object.entries(steps)) {
    const began = performance.now()
    const code = await step(args)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`)
    if (code !== 0) return code
  }
  return 0
}

/** Runs one tool on Node 24. Its output is shown as it comes (`live`) or only if the tool fails. */
function node(args, live = false) {
  return new Promise((resolve) => {
    const child = spawn(node24, args, { cwd: root, stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.on('close', (code) => {
      if (code !== 0) process.stdout.write(Buffer.concat(output))
      resolve(code ?? 1)
    })
  })
}
