import type { RecordData } from '@xrm/sdk/api'

export type Team = RecordData & { name: string; kind: string | null; parent: string | null }

/** A team at its place in the tree. */
export interface TeamLine {
  team: Team
  /** 0: at the top. */
  depth: number
  /** Ids of the teams below it, itself included. */
  branch: ReadonlySet<string>
}

/**
 * The tree as lines, each team after the one it is part of, brothers by name. What is part of a team that is not in sight
 * stands at the top, and so does what would be part of itself.
 */
export function inOrder(teams: readonly Team[], language: string): TeamLine[] {
  const known = new Set(teams.map((team) => team.id))
  const below = Map.groupBy(teams, (team) => (team.parent && known.has(team.parent) ? team.parent : ''))
  const lines: TeamLine[] = []
  const seen = new Set<string>()
  const walk = (team: Team, depth: number): string[] => {
    if (seen.has(team.id)) return []
    seen.add(team.id)
    const branch = new Set([team.id])
    lines.push({ team, depth, branch })
    for (const one of sorted(below.get(team.id))) for (const id of walk(one, depth + 1)) branch.add(id)
    return [...branch]
  }
  const sorted = (list: readonly Team[] = []) =>
    list.toSorted((a, b) => a.name.localeCompare(b.name, language))
  for (const team of sorted(below.get(''))) walk(team, 0)
  for (const team of sorted(teams)) walk(team, 0)
  return lines
}
