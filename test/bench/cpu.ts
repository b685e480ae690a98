import { readdirSync, readFileSync } from 'node:fs'

/** CPU milliseconds that a process has used, in user and kernel mode, all its threads together. */
export function cpuOf(pid: number): number {
  const { own } = readStat(pid)
  return own * tick
}

/**
 * CPU milliseconds of a whole PostgreSQL: the postmaster, its living children (backends, WAL writer, checkpointer …) and
 * what those used that have ended.
 */
export function cpuOfPostgres(postmaster: number): number {
  const { own, ended } = readStat(postmaster)
  let ticks = own + ended
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readStat(Number(name))
      if (stat.parent === postmaster) ticks += stat.own + stat.ended
    } catch {
      // It ended while we looked; the postmaster has its time now.
    }
  }
  return ticks * tick
}

/** Resident memory in megabytes. */
export function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

/** Linux counts in hundredths of a second, whatever its own clock. */
const tick = 10

function readStat(pid: number): { parent: number; own: number; ended: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold blanks; what follows it does not.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  return { parent: fields[1]!, own: fields[11]! + fields[12]!, ended: fields[13]! + fields[14]! }
}
