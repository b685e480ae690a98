import type { FieldView } from '@xrm/sdk/api'
import { isObject, type Json } from '@xrm/sdk/merge'
import { fieldAlone } from '../fields/field-alone.ts'
import { fieldTypeOf } from './field-type.ts'
import { choicesOf } from './values.ts'

/** A setting of a plugin as a field that our editors know. It is declared in the vocabulary of entities. */
export function settingField(name: string, body: Json, index: number): FieldView {
  const field = isObject(body) ? body : {}
  const texts = (key: string) => (isObject(field[key]) ? (field[key] as Record<string, string>) : {})
  const choices = choicesOf(field, undefined, 'en') ?? enumChoices(field['enum'])
  const type = text(field['x-type']) ?? (choices ? 'select' : fieldTypeOf(field)) ?? 'text'
  return fieldAlone({
    name,
    title: text(field['title']) ?? name.replaceAll('_', ' '),
    labels: texts('x-labels'),
    ...(typeof field['description'] === 'string' ? { description: field['description'] } : {}),
    descriptions: texts('x-descriptions'),
    type,
    required: field['x-required'] === true,
    order: typeof field['x-order'] === 'number' ? field['x-order'] : index,
    multiple: field['x-multiple'] === true,
    ...(choices ? { options: choices.map((one) => optionOf(field, one.key, one.label)) } : {}),
    ...(typeof field['maxLength'] === 'number' ? { maxLength: field['maxLength'] } : {}),
    ...(typeof field['x-scale'] === 'number' ? { scale: field['x-scale'] } : {}),
    ...(typeof field['x-currency'] === 'string' ? { currency: field['x-currency'] } : {}),
  })
}

function enumChoices(value: Json | undefined) {
  return Array.isArray(value) ? value.map((key) => ({ key: String(key), label: String(key) })) : null
}

function optionOf(field: { [key: string]: Json }, key: string, title: string) {
  const options = isObject(field['x-options']) ? field['x-options'] : {}
  const option = options[key]
  const labels =
    isObject(option) && isObject(option['labels']) ? (option['labels'] as Record<string, string>) : {}
  return { key, title, labels, color: null, active: true }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
