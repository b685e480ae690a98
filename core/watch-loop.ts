import type { Logger } from 'pino'

/** So often, in milliseconds, the loop is asked to come round. */
const interval = 500

/**
 * Says when nothing else could happen for so many milliseconds, because something computed all the time: a plugin, most
 * likely. While it lasts nobody gets an answer, `/healthz` included, which is how others find out. Returns what ends it.
 */
export function watchLoop(log: Logger, limit = 1000): () => void {
  let expected = performance.now() + interval
  const timer = setInterval(() => {
    const now = performance.now()
    const blocked = Math.round(now - expected)
    expected = now + interval
    if (blocked > limit)
      log.warn({ ms: blocked }, 'the event loop was blocked: nobody got an answer meanwhile')
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}
