import { ApiError } from '../data/client.ts'
import { describeError } from '../shell/errors.ts'
import { t } from './i18n/index.ts'

/** What went wrong with a code, a password or a link, in the words of these pages. */
export function describeSignInError(error: unknown): string {
  if (!(error instanceof ApiError)) return describeError(error)
  const [item] = error.problem.errors ?? []
  if (item?.code === 'wrong') return t(item.pointer === '#/code' ? 'code-wrong' : 'password-wrong')
  if (item?.code === 'too-short' || item?.code === 'too-long') return t(item.code)
  if (error.code === 'accounts.link') return t('link-over')
  if (error.code === 'accounts.sign-in-again') return t('sign-in.again')
  if (error.code === 'accounts.confirm-access') return t('confirm.first')
  if (error.code === 'accounts.passkey') return t('passkey-refused')
  return describeError(error)
}
