import { defineForm, defineView } from '@xrm/sdk'

const columns = { name: {}, regarding: {}, media_type: {}, size: {}, owner: {}, created_at: {} }
const latest = { created_at: { direction: 'desc' } } as const

/** Lists of files; what came last stands first. */
export const fileViews = {
  'my-files': defineView({
    entity: 'file',
    title: 'My files',
    labels: { de: 'Meine Dateien' },
    order: 10,
    filter: 'owner == me',
    columns,
    sort: latest,
  }),
  files: defineView({
    entity: 'file',
    title: 'All files',
    labels: { de: 'Alle Dateien' },
    order: 90,
    columns,
    sort: latest,
  }),
}

/** The page of a file. */
export const fileForm = defineForm({
  entity: 'file',
  title: 'File',
  labels: { de: 'Datei' },
  highlights: { media_type: {}, size: {}, owner: {}, created_at: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: { name: { span: 2 }, regarding: { span: 2 }, description: { span: 2 } },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: { media_type: {}, size: {}, digest: { span: 2 }, owner: {}, team: {} },
    },
  },
})
