import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createLog } from './log.ts'
import { watchLoop } from './watch-loop.ts'

function run(code: string): { status: number | null; out: string; err: string } {
  const script = `
    import { catchStray } from ${JSON.stringify(join(import.meta.dirname, 'last-resort.ts'))}
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))}
    catchStray(createLog('info'), async () => console.log('stopped'))
    ${code}`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  return { status, out: stdout, err: stderr }
}

it('a promise that fails with nobody waiting is logged, and everything else goes on [CRASH-11]', () => {
  const { status, out, err } = run(
    `Promise.reject(new Error('forgotten')); setTimeout(() => console.log('goes on'), 50)`,
  )
  expect({ status, out }).toEqual({ status: 0, out: 'goes on\n' })
  expect(err).toContain('forgotten')
})

it('an exception that nobody has caught is logged, and the process ends in order [CRASH-11]', () => {
  const { status, out, err } = run(
    `setTimeout(() => { throw new Error('astray') }, 10); setInterval(() => {}, 1000)`,
  )
  expect({ status, out }).toEqual({ status: 1, out: 'stopped\n' })
  expect(err).toContain('astray')
})

it('says so when the loop was blocked, and for how long [CRASH-10]', async () => {
  const lines: string[] = []
  const stop = watchLoop(createLog('warn', { write: (line) => void lines.push(line) }))
  await sleep(600)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500)
  await expect.poll(() => lines.length).toBeGreaterThan(0)
  stop()
  expect((JSON.parse(lines[0]!) as { ms: number }).ms).toBeGreaterThan(1000)
})
