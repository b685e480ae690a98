import { type HookRow, Problem, type ProblemDefinition } from '@xrm/sdk'
import { defineProblems } from '@xrm/sdk'
import { namesOf, presentName, withFormerNames } from '../documents/former-names.ts'
import type { EntityModel } from '../documents/model.ts'
import { findChanges } from './prepare-rows.ts'
import { refuse, type RegisteredHooks, type WriteContext, type WriteRow } from './write-types.ts'

const problems = defineProblems({
  'plugin.hook-failed': { status: 500, title: 'A plugin failed; nothing was changed' },
})

const timeLimit = 2000

/** Lets plugins look at the batch, change it and refuse rows. A hook that throws or hangs fails the write and is named. */
export async function runBeforeSave(
  context: WriteContext,
  entity: EntityModel,
  rows: readonly WriteRow[],
): Promise<void> {
  const registered = hooksOf(context, entity)
  const batch = rows.filter(
    (row) => row.failure === null && (row.action === 'create' || row.action === 'update'),
  )
  if (batch.length === 0) return
  for (const { plugin, hooks, declared } of registered) {
    if (!hooks.beforeSave) continue
    const { userId, name } = context.actor
    const info = {
      actor: userId === null ? null : { id: userId, name },
      cause: context.cause,
      now: context.now,
      settings: context.model.plugins.get(plugin)?.settings ?? {},
    }
    try {
      await withLimit(async () =>
        hooks.beforeSave!(
          batch.map((row) => hookRow(entity, row, declared)),
          info,
        ),
      )
    } catch (error) {
      const detail = `The plugin "${plugin}" failed while ${entity.plural} were saved: ${(error as Error).message}`
      throw new Problem(problems['plugin.hook-failed'], { detail: detail.slice(0, 500), extra: { plugin } })
    }
    for (const row of batch) findChanges(entity, row)
  }
}

/** What plugins that are on have registered for the entity, under its name or an earlier one. */
export function hooksOf(
  { hooks, model }: Pick<WriteContext, 'hooks' | 'model'>,
  entity: EntityModel,
): readonly RegisteredHooks[] {
  return namesOf(entity).flatMap((name) =>
    (hooks.get(name) ?? []).filter(({ plugin }) => model.plugins.get(plugin)?.enabled !== false),
  )
}

/** A row as plugins see it; they may know its fields by earlier names. */
function hookRow(entity: EntityModel, row: WriteRow, declared: ReadonlySet<string>): HookRow {
  return {
    action: row.action as 'create' | 'update',
    id: row.id,
    before: row.before === null ? null : withFormerNames(entity, row.before),
    get next() {
      return withFormerNames(entity, row.next)
    },
    set(given, value) {
      const name = presentName(entity, given) ?? given
      const field = entity.fields.get(name)
      // The code may be ahead of what is published, or an administrator has taken the field away.
      if (!field && declared.has(given)) return
      if (!field || field.columns.length === 0)
        throw new Error(`"${entity.name}" has no stored field "${name}"`)
      const parsed = value === null ? { value: null } : field.type.parse(value, field.context)
      if ('error' in parsed) refuse(row, name, parsed.error, parsed.detail, parsed.params)
      else row.next[name] = parsed.value
    },
    fail(problem: ProblemDefinition, pointer = '', detail = problem.title) {
      row.errors.push({ pointer, code: problem.code, detail })
    },
  }
}

async function withLimit<T>(work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${timeLimit} ms`)), timeLimit)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
