import type { FieldView, OptionView } from '@xrm/sdk/api'

/** The options that can be chosen now: active ones, and what the record already has. */
export function choices(field: FieldView, value: unknown): OptionView[] {
  const kept = Array.isArray(value) ? value : [value]
  return (field.options ?? []).filter((option) => option.active || kept.includes(option.key))
}

/** Where a record may go from the stage that it is in: there, or on to where that leads. */
export function nextStages(field: FieldView, value: unknown, saved: unknown): OptionView[] {
  const next = field.options?.find((one) => one.key === saved)?.next
  return choices(field, value).filter(({ key }) => !next || key === saved || next.includes(key))
}
