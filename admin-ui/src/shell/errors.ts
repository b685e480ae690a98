import type { ProblemItem } from '@xrm/sdk'
import { ApiError } from '../data/client.ts'
import { session } from '../data/session.ts'
import { t, translateCode } from '../i18n/index.ts'

/** One sentence for people about anything that went wrong. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) {
    const first = error.problem.errors?.[0]
    if (first && error.problem.errors?.length === 1) return describeItem(first)
    return translateCode(error.code, error.problem.detail ?? error.problem.title)
  }
  return t('error.unexpected')
}

/** The message of one field error: what an administrator wrote for it, or our own text. */
export function describeItem({ code, detail, params }: ProblemItem): string {
  const written = params?.['messages'] as Record<string, string> | undefined
  return written ? (written[session.language] ?? detail) : translateCode(code, detail, params)
}
