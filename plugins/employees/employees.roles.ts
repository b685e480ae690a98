import { defineRole } from '@xrm/sdk'

/** Who may see and write employees. Sales and purchasing see nothing of them. */
export const employeeRoles = {
  personnel: defineRole({
    title: 'Personnel',
    labels: { de: 'Personal' },
    description: 'Works on employees; sees contacts and activities.',
    entities: {
      employee: {
        read: 'all',
        create: 'all',
        update: 'all',
        delete: 'own',
        import: 'all',
        export: 'all',
        share: 'all',
        fields: { '*': 'write' },
      },
      contact: { read: 'all', convert: 'all', fields: { '*': 'read' } },
      activity: { read: 'all', create: 'all', update: 'own', fields: { '*': 'write' } },
    },
  }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { employee: { read: 'all', fields: { '*': 'read' } } },
  }),
}
