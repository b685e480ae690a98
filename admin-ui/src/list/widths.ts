/** Column widths as each user drags them, per entity and view, kept in this browser. */
const key = (entity: string, view: string) => `xrm.widths.${entity}.${view}`

export function readWidths(entity: string, view: string): Record<string, number> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(entity, view)) ?? '{}')
    if (stored === null || typeof stored !== 'object') return {}
    const widths = Object.entries(stored).filter(
      (pair): pair is [string, number] => typeof pair[1] === 'number',
    )
    return Object.fromEntries(widths)
  } catch {
    return {}
  }
}

export function writeWidths(entity: string, view: string, widths: Record<string, number>): void {
  localStorage.setItem(key(entity, view), JSON.stringify(widths))
}
