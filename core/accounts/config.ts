import { StartError } from '../start-error.ts'
import type { MailConfig } from './mail.ts'
import type { ProviderConfig } from './single-sign-on.ts'

/** What operators say about signing in; part of the configuration. */
export interface SignInConfig {
  /** Undefined: links are shown to administrators. */
  mail: MailConfig | undefined
  /** Who must have a second factor before they see anything. */
  requireSecondFactor: 'administrators' | 'everyone' | undefined
  /** Single sign-on. */
  provider: ProviderConfig | undefined
}

/** The variables that {@link readSignInConfig} reads. */
export const signInVariables = [
  'XRM_SMTP_URL',
  'XRM_MAIL_FROM',
  'XRM_REQUIRE_SECOND_FACTOR',
  'XRM_OIDC_ISSUER',
  'XRM_OIDC_CLIENT_ID',
  'XRM_OIDC_CLIENT_SECRET',
  'XRM_OIDC_NAME',
  'XRM_OIDC_CREATE_ROLES',
]

/** Throws a {@link StartError} for what is missing or wrong. `publicUrl` is where links and the provider lead back to. */
export function readSignInConfig(
  value: (name: string) => string | undefined,
  publicUrl: string | undefined,
): SignInConfig {
  return {
    mail: mail(value, publicUrl),
    requireSecondFactor: secondFactor(value('XRM_REQUIRE_SECOND_FACTOR')),
    provider: provider(value, publicUrl),
  }
}

function mail(
  value: (name: string) => string | undefined,
  publicUrl: string | undefined,
): SignInConfig['mail'] {
  const url = value('XRM_SMTP_URL')
  const from = value('XRM_MAIL_FROM')
  if (url === undefined && from === undefined) return undefined
  if (url === undefined || from === undefined || publicUrl === undefined) {
    throw new StartError(
      'XRM_SMTP_URL, XRM_MAIL_FROM and XRM_PUBLIC_URL belong together.',
      'Mails carry links, and only you can say where they must lead.',
    )
  }
  if (!/^smtps?:\/\//.test(url) || !URL.canParse(url))
    throw new StartError('XRM_SMTP_URL must be an address such as smtps://name:password@mail.example.com.')
  if (!from.includes('@'))
    throw new StartError('XRM_MAIL_FROM must be an address such as XRM <crm@example.com>.')
  return { url, from }
}

function secondFactor(text: string | undefined): SignInConfig['requireSecondFactor'] {
  if (text === undefined || text === 'administrators' || text === 'everyone') return text
  throw new StartError(`XRM_REQUIRE_SECOND_FACTOR is "${text}", but must be administrators or everyone.`)
}

function provider(
  value: (name: string) => string | undefined,
  publicUrl: string | undefined,
): SignInConfig['provider'] {
  const [issuer, clientId, clientSecret, name, roles] = signInVariables.slice(3).map(value)
  if ([issuer, clientId, clientSecret, name, roles].every((one) => one === undefined)) return undefined
  if (
    issuer === undefined ||
    clientId === undefined ||
    clientSecret === undefined ||
    publicUrl === undefined
  ) {
    throw new StartError(
      'XRM_OIDC_ISSUER, XRM_OIDC_CLIENT_ID, XRM_OIDC_CLIENT_SECRET and XRM_PUBLIC_URL belong together.',
      `Register ${publicUrl ?? '<XRM_PUBLIC_URL>'}/api/auth/sso/callback at the provider.`,
    )
  }
  const local = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/
  if (!URL.canParse(issuer) || !(issuer.startsWith('https://') || local.test(issuer)))
    throw new StartError(`XRM_OIDC_ISSUER is "${issuer}", but must be an address that begins with https://.`)
  return {
    issuer,
    clientId,
    clientSecret,
    name: name ?? new URL(issuer).hostname,
    createRoles: (roles ?? '')
      .split(',')
      .map((role) => role.trim())
      .filter(Boolean),
  }
}
