// A server reduced to its database, for tests that kill it: `node embedded-server.ts FOLDER` prints the URL when it is
// up, or why it cannot start.
import { startEmbedded } from '../../core/storage/embedded.ts'
import { onStop } from '../../core/stop-signals.ts'

try {
  const database = await startEmbedded({
    folder: process.argv[2] ?? 'data',
    onRestart: () => console.log('restarted'),
  })
  onStop(() => database.stop())
  console.log(`up ${database.url}`)
} catch (error) {
  const { message, hint } = error as Error & { hint?: string }
  console.log(`refused ${message} ${hint ?? ''}`)
  process.exit(1)
}
