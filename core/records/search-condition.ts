import { fold } from '@xrm/sdk/expression'
import type { EntityRights } from '../access/rights.ts'
import type { SelectBuilder } from './select-builder.ts'

const maxWords = 8

/**
 * Restricts to records in which every word stands somewhere in the search fields, whatever the case and accents. Fields
 * that are not readable on every visible row do not take part: a hit would tell what they hold.
 */
export function searchCondition(builder: SelectBuilder, rights: EntityRights, text: string): void {
  const fields = rights.entity.search.filter((field) => rights.readField(field.name)?.length === 0)
  const words = fold(text)
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, maxWords)
  // A parameter that no condition names would be an error of its own.
  if (fields.length === 0 && words.length > 0) builder.where.push('false')
  for (const word of fields.length === 0 ? [] : words) {
    const needle = builder.params.literal(`%${word.replace(/[\\%_]/g, '\\$&')}%`, 'text')
    const hits = fields.map((field) => `xrm.fold(t0.${field.columns[0]!.sql}) LIKE ${needle}`)
    builder.where.push(`(${hits.join(' OR ')})`)
  }
}
