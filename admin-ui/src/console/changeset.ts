import type { DocumentKind, ProblemItem } from '@xrm/sdk'
import {
  breakableKinds,
  type ChangesetView,
  type ConflictView,
  type IssueView,
  type JobView,
  type PlanView,
} from '@xrm/sdk/configuration'

/** How many changes a person would count: places, or one for a document that comes or goes as a whole. */
export function changeCount(changeset: Pick<ChangesetView, 'edits'>): number {
  return changeset.edits.reduce(
    (sum, edit) => sum + (edit.action === 'change' ? Math.max(1, edit.changes?.length ?? 1) : 1),
    0,
  )
}

/** The icon of a changeset says where it comes from and what became of it. */
export function changesetIcon(one: ChangesetView): string {
  if (one.status === 'discarded') return 'trash-2'
  if (one.reverts) return 'undo-2'
  if (one.origin === 'upgrade') return 'package'
  if (one.origin === 'config') return 'file-json'
  return one.status === 'published' ? 'git-commit-horizontal' : 'git-branch'
}

export function isRunning(job: Pick<JobView, 'status'> | undefined): boolean {
  return job === undefined || job.status === 'waiting' || job.status === 'running'
}

/** What keeps a draft from being published; null: nothing. Broken conversions and web forms alone do not: they are switched off. */
export function blockedBy(
  changeset: Pick<ChangesetView, 'edits' | 'conflicts' | 'origin'>,
  plan: Pick<PlanView, 'data'>,
  issues: readonly Pick<IssueView, 'severity' | 'kind'>[],
): 'empty' | 'conflicts' | 'errors' | 'data' | null {
  if (changeset.edits.length === 0) return 'empty'
  // In an upgrade, what site and administrators say holds anyhow.
  if (changeset.conflicts.length > 0 && changeset.origin !== 'upgrade') return 'conflicts'
  if (issues.some((issue) => issue.severity === 'error' && !breakableKinds.has(issue.kind))) return 'errors'
  if (plan.data.some((check) => check.severity === 'error' && check.failing > 0)) return 'data'
  return null
}

export type Risk = 'retired' | 'lost' | 'warned' | 'broken' | 'broken-forms' | 'affected'

/** What one should know before publishing, the gravest first. */
export function risksOf(plan: PlanView): { risk: Risk; amount: number }[] {
  const lost = plan.data
    .filter(
      (check) => check.rule?.onFail === 'blank' && (check.check === 'type' || check.check === 'options'),
    )
    .reduce((sum, check) => sum + check.examples.reduce((rows, example) => rows + example.count, 0), 0)
  const warned = plan.data
    .filter((check) => check.severity === 'warning')
    .reduce((sum, check) => sum + check.failing, 0)
  const risks: { risk: Risk; amount: number }[] = [
    { risk: 'lost', amount: lost },
    { risk: 'retired', amount: plan.retired.reduce((sum, one) => sum + one.filled, 0) },
    { risk: 'broken', amount: plan.conversions.broken.length },
    { risk: 'broken-forms', amount: plan.webForms.broken.length },
    { risk: 'warned', amount: warned },
    { risk: 'affected', amount: plan.affected.length },
  ]
  return risks.filter((one) => one.amount > 0)
}

/** The places that a refused revert names: `#/entity/lead/properties/email`. */
export function conflictsOf(errors: readonly ProblemItem[]): ConflictView[] {
  return errors.flatMap(({ pointer, params }) => {
    const [, kind, name, ...rest] = pointer.replace(/^#/, '').split('/')
    if (kind === undefined || name === undefined) return []
    const place = rest.length > 0 ? `/${rest.join('/')}` : ''
    const { mine, theirs } = (params ?? {}) as { mine?: unknown; theirs?: unknown }
    return [{ kind: kind as DocumentKind, name, pointer: place, mine, theirs }]
  })
}
