import type { EntityView, FieldView, RecordData } from '@xrm/sdk/api'
import { label } from '../model/labels.ts'

const firstNames = ['Ana', 'Jörg', 'Mei']
const days = ['2026-03-12', '2026-07-01', '2026-11-24']

/** Records as they might look, for a preview of what has none yet. */
export function sampleRecords(entity: EntityView, count = 3): RecordData[] {
  return Array.from({ length: count }, (_, index) => {
    const record: RecordData = { id: `sample-${index}`, version: 1 }
    for (const field of Object.values(entity.fields)) {
      const value = sampleValue(field, index)
      if (value === null) continue
      record[field.name] = value
      if (field.relation) record[`${field.name}.display`] = `${label(field)} ${index + 1}`
    }
    record['display'] = `${label(entity)} ${index + 1}`
    return record
  })
}

function sampleValue(field: FieldView, index: number): unknown {
  const options = (field.options ?? []).filter((option) => option.active)
  const option = options[index % Math.max(1, options.length)]?.key ?? null
  switch (field.type) {
    case 'text':
      return field.multiple ? [`${label(field)} ${index + 1}`] : `${label(field)} ${index + 1}`
    case 'email':
      return list(field, `${firstNames[index % 3]?.toLowerCase().replace('ö', 'oe')}@example.test`)
    case 'phone':
      return list(field, `+49 30 12345${index}0`)
    case 'url':
      return list(field, 'https://example.test')
    case 'integer':
      return (index + 1) * 7
    case 'decimal':
      return `${index + 1}.5`
    case 'percent':
      return `${(index + 1) * 25}`
    case 'money':
      return { amount: `${(index + 1) * 1250}.00`, currency: field.currency ?? 'EUR' }
    case 'boolean':
      return index % 2 === 0
    case 'date':
      return days[index % 3]
    case 'date-time':
      return `${days[index % 3]}T09:30:00.000Z`
    case 'select':
    case 'stage':
      return option
    case 'multi-select':
      return option === null ? null : [option]
    case 'tags':
      return ['A', 'B']
    case 'relation':
    case 'user':
    case 'team':
      return 'sample'
    case 'auto-number':
      return `${1001 + index}`
    case 'address':
      return { street: 'Hauptstraße 1', postal_code: '10115', city: 'Berlin', country: 'DE' }
    default:
      return null
  }
}

function list(field: FieldView, value: string): unknown {
  return field.multiple ? [value] : value
}
