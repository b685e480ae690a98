import type { Mail } from './mail.ts'

export type MailLanguage = 'en' | 'de'

const texts = {
  en: {
    invitation: {
      subject: 'You are invited to XRM',
      lines: ['An account has been made for you. Choose a password and sign in with your address {email}:'],
      button: 'Choose a password',
    },
    reset: {
      subject: 'A new password for XRM',
      lines: [
        'Somebody, probably you, wants a new password for {email}:',
        'If it was not you, do nothing: your password stays as it is.',
      ],
      button: 'Choose a new password',
    },
    hello: 'Hello {name},',
    until: 'The link is good for one use, until {until}.',
  },
  de: {
    invitation: {
      subject: 'Einladung zu XRM',
      lines: [
        'Für Sie wurde ein Zugang angelegt. Wählen Sie ein Passwort und melden Sie sich mit Ihrer Adresse {email} an:',
      ],
      button: 'Passwort wählen',
    },
    reset: {
      subject: 'Ein neues Passwort für XRM',
      lines: [
        'Jemand, vermutlich Sie, möchte ein neues Passwort für {email}:',
        'Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
      ],
      button: 'Neues Passwort wählen',
    },
    hello: 'Guten Tag, {name},',
    until: 'Der Link gilt einmal, bis {until}.',
  },
} as const

export interface LinkMail {
  kind: 'invitation' | 'reset'
  person: { name: string; email: string; language: string | null; timeZone: string | null }
  link: string
  expiresAt: string
  /** For people who have chosen none. */
  fallback: { language: MailLanguage; timeZone: string }
}

/** The mail that carries a link, in the person's language; as text, and as HTML in which nothing of theirs is markup. */
export function linkMail({ kind, person, link, expiresAt, fallback }: LinkMail): Mail {
  const language = asMailLanguage(person.language) ?? fallback.language
  const all = texts[language]
  const until = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: person.timeZone ?? fallback.timeZone,
  }).format(new Date(expiresAt))
  const fill = (text: string): string =>
    text.replace(/\{(name|email|until)\}/g, (_, key: string) =>
      key === 'name' ? person.name : key === 'email' ? person.email : until,
    )
  const { subject, lines, button } = all[kind]
  const [first = '', ...rest] = lines.map(fill)
  const hello = fill(all.hello)
  const last = fill(all.until)
  const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`
  return {
    to: { name: person.name, address: person.email },
    subject,
    text: [hello, first, link, ...rest, last].join('\n\n'),
    html: [
      `<!doctype html><html lang="${language}"><body style="font-family:sans-serif;line-height:1.5">`,
      paragraph(hello),
      paragraph(first),
      `<p><a href="${escapeHtml(link)}">${escapeHtml(button)}</a></p>`,
      ...rest.map(paragraph),
      paragraph(last),
      '</body></html>',
    ].join('\n'),
  }
}

export function asMailLanguage(language: string | null | undefined): MailLanguage | undefined {
  const short = language?.slice(0, 2).toLowerCase()
  return short === 'en' || short === 'de' ? short : undefined
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
