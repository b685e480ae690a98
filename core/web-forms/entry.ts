import { Problem, type ProblemItem } from '@xrm/sdk'
import { fixedText } from './texts.ts'
import type { WebFormModel } from '../documents/model.ts'
import { problems } from './problems.ts'

/** What somebody sent, before it is known whether it can be taken. */
export interface Entry {
  /** By field, in the form in which the API takes it; what is missing or empty is null. */
  values: Readonly<Record<string, unknown>>
  agreed: boolean
  language: string
}

/** Values that fit their fields, and the words that were agreed to. */
export interface SoundEntry {
  values: Readonly<Record<string, unknown>>
  consent: string | null
  language: string
}

/** Holds an entry against the form. Throws every error at once; the database is not asked for it. */
export function checkEntry(form: WebFormModel, { values, agreed, language }: Entry): SoundEntry {
  const errors: ProblemItem[] = []
  const sound: Record<string, unknown> = {}
  for (const { field, required } of form.fields) {
    const given = values[field.name] ?? null
    const parsed = given === null ? { value: null } : field.type.parse(given, field.context)
    const pointer = `#/values/${field.name}`
    if ('error' in parsed) {
      const { error: code, detail, params } = parsed
      errors.push({ pointer, code, detail, ...(params ? { params } : {}) })
    } else if (required && (parsed.value === null || parsed.value === false || isEmpty(parsed.value)))
      errors.push({ pointer, code: 'field.required', detail: 'is required' })
    else if (parsed.value !== null) sound[field.name] = parsed.value
  }
  const { consent } = form.body
  if (consent && !agreed)
    errors.push({ pointer: '#/consent', code: 'web-form.consent', detail: 'must be agreed to' })
  if (errors.length > 0) throw new Problem(problems['web-form.invalid'], { errors })
  const words = consent ? fixedText(language, consent.message, consent.messages) : null
  return { values: sound, consent: words, language }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
