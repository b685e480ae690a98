/** What spreadsheets take for the beginning of a formula, full-width forms included. */
const formula = /^'*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/
const number = /^-?\d+(\.\d+)?$/

/**
 * Keeps a spreadsheet from taking a cell for a formula: an apostrophe comes before it, and before one that begins with
 * apostrophes and then like a formula, so that {@link fromCell} gives back what was there. Numbers stay numbers.
 */
export function toCell(text: string): string {
  return formula.test(text) && !number.test(text) ? `'${text}` : text
}

/** Takes the apostrophe away again that {@link toCell} or a spreadsheet has put before what would be a formula. */
export function fromCell(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text
}

/** A value of the API as the text of a cell, in the form in which an import reads it without being told a format. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return String(value as number | boolean)
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value.join('; ')
  if ('amount' in value && 'currency' in value) return `${String(value.amount)} ${String(value.currency)}`
  return JSON.stringify(value)
}
