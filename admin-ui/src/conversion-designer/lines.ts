/** A line from a source field to a target field, in pixels of the board. */
export interface Line {
  /** The source path, for lighting it up. */
  path: string
  target: string
  field: string
  /** Read by an expression rather than taken as it is. */
  indirect: boolean
  /** One end is scrolled out of its column: the line ends at the column's edge. */
  hidden: boolean
  x1: number
  y1: number
  x2: number
  y2: number
}

interface Box {
  top: number
  bottom: number
}

/** The middle of a row, kept within the column that shows it. */
export function within(row: Box, column: Box): { y: number; hidden: boolean } {
  const middle = (row.top + row.bottom) / 2
  const y = Math.min(Math.max(middle, column.top), column.bottom)
  return { y, hidden: y !== middle }
}

/** A curve that leaves and arrives level. */
export function curve({ x1, y1, x2, y2 }: Pick<Line, 'x1' | 'y1' | 'x2' | 'y2'>): string {
  const bend = Math.max(16, Math.abs(x2 - x1) / 2)
  const [a, b, c, d] = [x1, y1, x2, y2].map((one) => Math.round(one * 10) / 10)
  return `M${a} ${b}C${a! + bend} ${b} ${c! - bend} ${d} ${c} ${d}`
}
