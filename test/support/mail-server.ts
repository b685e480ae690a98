import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterwards } from './afterwards.ts'

export interface MailServer {
  url: string
  /** What has arrived, as it was sent. */
  mails: { to: string[]; raw: string }[]
  /** False: it takes nothing. */
  works: boolean
}

/** A real SMTP server of a test file's own. */
export async function testMailServer(): Promise<MailServer> {
  const mails: MailServer['mails'] = []
  const result: MailServer = { url: '', mails, works: true }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => done(result.works ? null : new Error('The disk is full')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({ to, raw: Buffer.concat(chunks).toString('utf8') })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterwards(() => new Promise<void>((resolve) => server.close(() => resolve())))
  result.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  return result
}

/** The text of a mail with its transfer encoding undone, part by part. */
export function readable(raw: string): string {
  return raw
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'))
}
