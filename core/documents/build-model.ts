import type { Entity, FieldType, Plugin } from '@xrm/sdk'
import { planStorage, type PlanOptions, type StoragePlan } from '../storage/plan-storage.ts'
import { lintUnknownPlugins } from '../plugins/compile-plugins.ts'
import { compileModel } from './compile.ts'
import { Issues } from './issues.ts'
import { type DocumentState, effectiveDocuments, type LayerRow } from './layers.ts'
import { lintTexts } from './lint-texts.ts'
import type { Model, Settings } from './model.ts'
import { checkShape } from './shape.ts'

/** What the compiler knows besides the documents: the same for the life of the process. */
export interface ModelContext {
  fieldTypes: ReadonlyMap<string, FieldType>
  settings: Settings
  plugins: readonly Plugin[]
}

export interface BuiltModel {
  model: Model
  issues: Issues
  /** What the database lacks for this model. Empty when the state is a published one. */
  plan: StoragePlan
}

/** Makes the model of a state, or of what its documents would become with `rows` in place of its own. */
export function buildModel(
  context: ModelContext,
  state: DocumentState,
  {
    rows = state.rows,
    version = state.version,
    storage = {},
  }: { rows?: readonly LayerRow[]; version?: number; storage?: PlanOptions } = {},
): BuiltModel {
  const issues = new Issues()
  const documents = effectiveDocuments(rows).filter(({ kind, name, body }) =>
    checkShape(kind, name, body, issues),
  )
  for (const document of documents) lintTexts(document, issues)
  lintUnknownPlugins(context.plugins, rows, documents, issues)
  const entities = new Map(
    documents.filter(({ kind }) => kind === 'entity').map(({ name, body }) => [name, body as Entity]),
  )
  const plan = planStorage(state.registry, entities, context.fieldTypes, storage)
  const model = compileModel({ ...context, version, documents, storage: plan.storage }, issues)
  return { model, issues, plan }
}
