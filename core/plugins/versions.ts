/** True when a version lies in a range of the form `^1.2.3`, `1.2.3` or `*`: all that manifests need. */
export function satisfies(version: string, range: string): boolean {
  if (range === '*') return true
  const wanted = parse(range.replace(/^\^/, ''))
  const given = parse(version)
  if (!wanted || !given) return false
  if (!range.startsWith('^')) return wanted.join() === given.join()
  if (wanted[0] !== given[0]) return false
  return given[1]! > wanted[1]! || (given[1] === wanted[1] && given[2]! >= wanted[2]!)
}

function parse(version: string): number[] | null {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)
  return match ? match.slice(1).map(Number) : null
}
