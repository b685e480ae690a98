import { Problem } from '@xrm/sdk'
import { problems as requestProblems } from '../api/problems.ts'
import type { FieldModel, WebFormModel } from '../documents/model.ts'
import { addressParts } from '../fields/address.ts'

/** Names of what the page sends besides the fields. No field is called like that: their names have no hyphen. */
export const tokenName = 'form-token'
export const consentName = 'form-consent'
/** Looks like a field to programs; people never see it. */
export const trapName = 'url-confirm'

/** What a page has sent, as text, by the names of its controls. */
export type Posted = ReadonlyMap<string, readonly string[]>

/** Reads an ordinary form. A name that the page does not have, or has once and that comes twice, is refused. */
export function readPosted(form: WebFormModel, text: string): Posted {
  const once = new Set([tokenName, consentName, trapName])
  const several = new Set<string>()
  for (const { field } of form.fields) {
    if (field.type.name === 'address') for (const part of addressParts) once.add(`${field.name}.${part}`)
    else (field.multiple ? several : once).add(field.name)
  }
  const posted = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (!once.has(name) && !several.has(name)) throw wrong(name, 'request.unknown', 'is not known')
    const values = posted.get(name) ?? []
    if (values.length > 0 && once.has(name)) throw wrong(name, 'request.repeated', 'is given more than once')
    if (values.length >= 100) throw wrong(name, 'request.repeated', 'is given too often')
    posted.set(name, [...values, value])
  }
  return posted
}

function wrong(name: string, code: string, detail: string): Problem {
  const errors = [{ pointer: `#/${name.slice(0, 60)}`, code, detail }]
  return new Problem(requestProblems['request.body'], { errors })
}

/** The values in the form in which the API takes them. What cannot be read stays text, for the field to refuse. */
export function valuesOf(form: WebFormModel, posted: Posted): Record<string, unknown> {
  return Object.fromEntries(form.fields.map(({ field }) => [field.name, valueOf(field, posted)]))
}

function valueOf({ name, type }: FieldModel, posted: Posted): unknown {
  const text = posted.get(name)?.[0]?.trim() ?? ''
  switch (type.name) {
    case 'boolean':
      return text !== ''
    case 'multi-select': {
      const chosen = (posted.get(name) ?? []).filter((one) => one !== '')
      return chosen.length === 0 ? null : chosen
    }
    case 'address': {
      const parts = addressParts.map(
        (part) => [part, posted.get(`${name}.${part}`)?.[0]?.trim() || null] as const,
      )
      return parts.every(([, value]) => value === null) ? null : Object.fromEntries(parts)
    }
    case 'integer':
      return text === '' ? null : /^[+-]?\d{1,16}$/.test(text) ? Number(text) : text
    case 'decimal':
    case 'percent':
      // Browsers send a point; who types into a plain field may write a comma.
      return text === '' ? null : text.replace(/^([^.,]*),([^.,]*)$/, '$1.$2')
    case 'long-text':
      return text === '' ? null : text.replaceAll('\r\n', '\n')
    default:
      return text === '' ? null : text
  }
}
