export interface CellPlace {
  row: number
  column: number
}

/** Where a key leads in a grid of loaded rows; null when it does not move. */
export function moveCell(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  from: CellPlace,
  rows: number,
  columns: number,
  page: number,
): CellPlace | null {
  const command = event.ctrlKey || event.metaKey
  if (event.altKey || rows === 0) return null
  const row = (value: number) => ({ ...from, row: Math.max(0, Math.min(rows - 1, value)) })
  const column = (value: number) => ({ ...from, column: Math.max(0, Math.min(columns - 1, value)) })
  switch (event.key) {
    case 'ArrowDown':
      return row(command ? rows : from.row + 1)
    case 'ArrowUp':
      return row(command ? 0 : from.row - 1)
    case 'j':
      return command ? null : row(from.row + 1)
    case 'k':
      return command ? null : row(from.row - 1)
    case 'ArrowRight':
      return column(from.column + 1)
    case 'ArrowLeft':
      return column(from.column - 1)
    case 'PageDown':
      return row(from.row + page)
    case 'PageUp':
      return row(from.row - page)
    case 'Home':
      return command ? { row: 0, column: 0 } : column(0)
    case 'End':
      return command ? { row: rows - 1, column: columns - 1 } : column(columns - 1)
    default:
      return null
  }
}
