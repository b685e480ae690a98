import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** Computes for two seconds and a half, in a process of its own: this one may not be blocked. */
const program = `
  import { createLog } from ${JSON.stringify(join(import.meta.dirname, 'log.ts'))}
  import { watchLoop } from ${JSON.stringify(join(import.meta.dirname, 'watch-loop.ts'))}
  const stop = watchLoop(createLog('warn'), 500)
  function hog(until) {
    let n = 0
    while (performance.now() < until) n = (n * 31 + 7) % 1013
    return n
  }
  await new Promise((resolve) => setTimeout(resolve, 2000))
  hog(performance.now() + 4000)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  stop()`

it('whoever blocks the event loop is named [CRASH-10]', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  const lines = stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as object] : []))
  // A slow machine may be blocked by others too.
  expect(lines).toContainEqual(
    expect.objectContaining({
      ms: expect.any(Number),
      at: expect.arrayContaining([expect.stringContaining('hog (')]),
    }),
  )
}, 60_000)
