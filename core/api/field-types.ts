import { Hono } from 'hono'
import type { FieldTypeView } from '@xrm/sdk/configuration'
import { coreFieldTypes } from '../fields/index.ts'
import { type Env, requireAdministrator, type Server } from './environment.ts'
import { noParameters } from './read-request.ts'

/** What a field document needs besides its type, for the types that need something. */
const examples: Record<string, Record<string, unknown>> = {
  select: { 'x-options': { first: { title: 'First', order: 10 } } },
  'multi-select': { 'x-options': { first: { title: 'First', order: 10 } } },
  stage: {
    'x-stages': {
      open: { title: 'Open', category: 'open', order: 10 },
      won: { title: 'Done', category: 'won', order: 20 },
      lost: { title: 'Given up', category: 'lost', order: 30 },
    },
  },
  relation: { 'x-relation': { entity: 'user' } },
  formula: { 'x-formula': 'id == id' },
}

/** `/api/field-types`: the types that a field may have. For administrators. */
export function fieldTypeRoutes({ live, plugins }: Server): Hono<Env> {
  const app = new Hono<Env>()
  const core = new Set(coreFieldTypes.map(({ name }) => name))
  app.get('/', noParameters, (c) => {
    requireAdministrator(c)
    const items = [...live.context.fieldTypes.values()].map(({ name, keywords }): FieldTypeView => ({
      name,
      keywords: [...keywords],
      plugin: core.has(name)
        ? null
        : (plugins.plugins.find(({ fieldTypes }) => fieldTypes?.some((type) => type.name === name))?.name ??
          null),
      example: { 'x-type': name, ...examples[name] },
    }))
    return c.json({ items })
  })
  return app
}
