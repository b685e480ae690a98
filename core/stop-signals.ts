/**
 * Runs `stop` once when somebody wants the process to end, then ends it: by SIGINT, SIGTERM or SIGHUP, or because the
 * `npm start` that began us is gone (its IPC channel closes). A signal to the whole process group arrives twice, once
 * from the sender and once passed on, so repetitions mean nothing. What hangs longer than `grace` milliseconds is cut off.
 */
export function onStop(stop: () => Promise<void>, grace = 30_000): void {
  let stopping = false
  const end = () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), grace).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  process.on('disconnect', end)
  // Listening for its end would keep a process alive that has nothing left to do.
  process.channel?.unref()
}
