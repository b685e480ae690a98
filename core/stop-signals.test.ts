import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'xrm-stop-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A process whose `stop` is the given code, as a child with an IPC channel, as `npm start` makes one. */
async function start(
  stop: string,
  { grace = 5000, busy = true }: { grace?: number; busy?: boolean } = {},
): Promise<{ child: ChildProcess; output: () => string }> {
  const script = join(folder, `${Math.random()}.ts`)
  const module = JSON.stringify(join(import.meta.dirname, 'stop-signals.ts'))
  writeFileSync(
    script,
    `import { onStop } from ${module}
    onStop(async () => { console.log('stopping'); ${stop} }, ${grace})
    ${busy ? 'setInterval(() => {}, 1000)' : ''}
    console.log('up')`,
  )
  const child = fork(script, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { child, output: () => output }
}

describe('onStop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops once, however often %s comes, and exits with 0',
    async (signal) => {
      const { child, output } = await start('await new Promise((resolve) => setTimeout(resolve, 200))')
      child.kill(signal)
      child.kill(signal)
      expect(await once(child, 'close')).toEqual([0, null])
      expect(output()).toBe('up\nstopping\n')
    },
  )

  it('stops when the process that started it is gone', async () => {
    const { child, output } = await start('')
    child.disconnect()
    // Node emits no `close` for a child that was disconnected.
    expect(await once(child, 'exit')).toEqual([0, null])
    await vi.waitFor(() => expect(output()).toBe('up\nstopping\n'))
  })

  it('does not keep a process that has done its work', async () => {
    const { child } = await start('', { busy: false })
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('exits with 1 when stopping fails', async () => {
    const { child } = await start(`throw new Error('no')`)
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([1, null])
  })

  it('cuts off what does not end in time', async () => {
    const { child } = await start('await new Promise(() => {})', { grace: 100 })
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([1, null])
  })
})
