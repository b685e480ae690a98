import { definePlugin } from '@xrm/sdk'
import { file } from './file.entity.ts'
import { fileRoles } from './files.roles.ts'
import { fileForm, fileViews } from './files.views.ts'

/** Files on every record whose entity takes them. */
export default definePlugin({
  name: 'files',
  title: 'Files',
  labels: { de: 'Dateien' },
  description: 'Offers, contracts, drawings and photos that hang on any records.',
  compatible: '^1.0.0',
  entities: [file],
  views: fileViews,
  forms: { file: fileForm },
  roles: fileRoles,
})
