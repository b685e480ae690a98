import type { Transporter } from 'nodemailer'

/** Where mail goes out, as the operator said. */
export interface MailConfig {
  /** `smtp://` or `smtps://`, with name and password if the server wants them. */
  url: string
  from: string
}

export interface Mail {
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
}

/** Sends one mail; rejects when the server does not take it. */
export type SendMail = (mail: Mail) => Promise<void>

const patience = 10_000

/** Connects for every mail anew: few are sent, and a server that was away is asked again. */
export function smtp({ url, from }: MailConfig): SendMail {
  let transport: Promise<Transporter> | undefined
  return async (mail) => {
    transport ??= load(url)
    await (await transport).sendMail({ from, ...mail })
  }
}

async function load(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    // Nothing in a mail may make the server read files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
