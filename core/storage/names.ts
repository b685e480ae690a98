/** Quotes a name for SQL. The one place where names become SQL text. */
export function quoteName(name: string): string {
  if (name.includes('\0')) throw new Error('A name with NUL')
  return `"${name.replaceAll('"', '""')}"`
}

/** Quotes a text for DDL, where parameters do not exist. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new Error('A text with NUL')
  const escaped = text.replaceAll("'", "''")
  return escaped.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`
}
