import type { Logger } from 'pino'

/**
 * What nobody has caught. A promise that fails with nobody waiting for it, such as one that a plugin has started and
 * forgotten, is logged and harms nobody else. An exception that ends a callback may have left anything half done, so the process
 * ends in order, and whoever watches it starts it anew.
 */
export function catchStray(log: Logger, stop: () => Promise<void>): void {
  process.on('unhandledRejection', (reason) => {
    log.error({ err: asError(reason) }, 'a promise failed and nobody waited for it')
  })
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an exception that nobody has caught: the server stops')
    setTimeout(() => process.exit(1), 10_000).unref()
    void endAfter(stop)
  })
}

async function endAfter(stop: () => Promise<void>): Promise<void> {
  try {
    await stop()
  } finally {
    process.exit(1)
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
