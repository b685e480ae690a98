import { defineRole } from '@xrm/sdk'

// Files go with the records that they hang on: only who may change such a record hangs one on it, and only who may read it sees it.
const work = {
  read: 'all',
  create: 'all',
  update: 'all',
  delete: 'own',
  export: 'team',
  fields: { '*': 'write' },
} as const

/** What the roles that ship may do with files. */
export const fileRoles = {
  sales: defineRole({ title: 'Sales', labels: { de: 'Vertrieb' }, entities: { file: work } }),
  purchasing: defineRole({ title: 'Purchasing', labels: { de: 'Einkauf' }, entities: { file: work } }),
  personnel: defineRole({ title: 'Personnel', labels: { de: 'Personal' }, entities: { file: work } }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { file: { read: 'all', fields: { '*': 'read' } } },
  }),
}
