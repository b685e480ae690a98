import type { Server as HttpServer } from 'node:http'
import { createApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { type DemoUser, runDemo } from './demo/run-demo.ts'
import { catchStray } from './last-resort.ts'
import { listen } from './listen.ts'
import { createLog } from './log.ts'
import { startServer } from './server.ts'
import { StartError } from './start-error.ts'
import { onStop } from './stop-signals.ts'
import { watchLoop } from './watch-loop.ts'

/** Starts the server and says where it is and how to sign in. */
async function main(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2))
  const log = createLog(config.logLevel)
  const server = await startServer({ config, log })
  const app = await createApp(server)
  const demoUsers = config.demo ? await runDemo(server) : null
  const http = await listen(app, config).catch(async (error: NodeJS.ErrnoException) => {
    await server.stop()
    if (error.code !== 'EADDRINUSE') throw error
    throw new StartError(
      `Port ${config.port} is in use.`,
      'Set PORT to another one, or stop the other server.',
    )
  })
  const stop = async (): Promise<void> => {
    stopWatching()
    server.feed.close()
    await closeWell(http)
    await server.stop()
  }
  const stopWatching = watchLoop(log)
  catchStray(log, stop)
  onStop(stop)
  announce(config, server.accounts.setupToken, demoUsers)
}

/**
 * Takes no new connections and waits for the answers that are on their way. A connection whose answer comes now would stay open
 * for the next request and keep us from ending, so those with nothing to do are closed until none is left.
 */
async function closeWell(http: HttpServer): Promise<void> {
  const idle = setInterval(() => http.closeIdleConnections(), 50)
  try {
    await new Promise<void>((resolve) => void http.close(() => resolve()))
  } finally {
    clearInterval(idle)
  }
}

function announce(config: Config, setupToken: string | undefined, demoUsers: DemoUser[] | null): void {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  const url = config.publicUrl ?? `http://${host}:${config.port}`
  const lines = [`XRM is ready at ${url}`]
  if (demoUsers) {
    lines.push('', 'Demo users; their passwords are shown this once:')
    for (const { email, password, role } of demoUsers)
      lines.push(`  ${email.padEnd(36)} ${password}   ${role}`)
  }
  if (setupToken === undefined) lines.push('', 'Sign in with your e-mail and password.')
  else {
    lines.push(
      '',
      'There is no administrator yet. Open this page to become it; it works once, for 24 hours:',
      `${url}/setup#token=${setupToken}`,
    )
  }
  console.log(`\n${lines.join('\n')}\n`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(`\n${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n`)
  process.exit(1)
}
