import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'

/** So often, in milliseconds, the loop is asked to come round. */
const interval = 500

/**
 * Says when nothing else could happen for so many milliseconds, because something computed all the time: a plugin, most
 * likely. Names the functions that were at it: a thread of its own looks at the stack while it lasts, for nobody else can.
 * Meanwhile nobody gets an answer, `/healthz` included, which is how others find out. Returns what ends it.
 */
export function watchLoop(log: Logger, limit = 1000): () => void {
  const turns = new Int32Array(new SharedArrayBuffer(4))
  const watcher = new Worker(new URL('./look-at-stack.ts', import.meta.url), {
    workerData: { turns, limit },
    // Flags of the process are for the program that it runs.
    execArgv: [],
  })
  watcher.unref()
  let at: string[] = []
  watcher.on('message', (stack: string[]) => (at = stack))
  watcher.on('error', (error) =>
    log.warn({ err: error }, 'whoever blocks the event loop is not named any more'),
  )
  let expected = performance.now() + interval
  let blocked = 0
  const timer = setInterval(() => {
    Atomics.add(turns, 0, 1)
    // One turn later: by then what the other thread has seen is here.
    if (blocked > limit)
      log.warn({ ms: blocked, at }, 'the event loop was blocked: nobody got an answer meanwhile')
    const now = performance.now()
    blocked = Math.round(now - expected)
    expected = now + interval
    if (blocked <= limit) at = []
  }, interval)
  timer.unref()
  return () => {
    clearInterval(timer)
    void watcher.terminate()
  }
}
