import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'

/** What lands in the log, as lines. */
function logged(write: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = []
  write(createLog('trace', { write: (line) => void lines.push(line) }))
  return lines
}

describe('a line of the log', () => {
  it('stays one line whatever its values hold, and ends before it fills the disk [AUD-05]', () => {
    const lines = logged((log) => {
      log.info({ path: '/a\r\n{"level":60,"msg":"forged"}\u001b[31m\u2028' }, 'one')
      log.warn({ name: 'x'.repeat(1_000_000), list: Array.from({ length: 10_000 }, () => 'y') }, 'two')
      log.error({ err: new Error('z'.repeat(1_000_000)) }, 'three')
    })
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(line.indexOf('\n')).toBe(line.length - 1)
      // oxlint-disable-next-line no-control-regex
      expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f]/)
      expect(() => void JSON.parse(line)).not.toThrow()
      expect(line.length).toBeLessThan(20_000)
    }
  })

  it('shows no password, token or cookie, and of an error of the database no row [AUD-04]', () => {
    const canary = 'canary-7f3a'
    const failed = Object.assign(new Error('duplicate key value violates unique constraint'), {
      code: '23505',
      table: 'user',
      detail: `Failing row contains (${canary}).`,
      where: `unnamed portal parameter $1 = '${canary}'`,
    })
    const lines = logged((log) => {
      for (const name of ['password', 'token', 'cookie', 'secret', 'authorization'])
        log.info({ [name]: canary, inside: { [name]: canary } }, 'signing in')
      log.error({ err: failed }, 'unexpected error')
    })
    expect(lines.join('')).not.toContain(canary)
    expect(lines.at(-1)).toContain('23505')
  })
})
