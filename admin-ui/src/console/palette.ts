import type { DocumentSummary } from '@xrm/sdk/configuration'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import type { Entry } from '../shell/palette.element.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'
import { documentPath, sections, sectionTitle } from './pages.ts'

const entityTabs = ['fields', 'stages', 'forms', 'views', 'labels', 'settings'] as const

/** The console's places in the palette: its pages, the designers of each entity, every other document. */
export async function consoleEntries(): Promise<Entry[]> {
  const group = t('palette.group')
  const documents = await draft.documents()
  return [
    ...sections.map(({ name, path, icon }) => ({
      group,
      icon,
      text: sectionTitle(name),
      note: group,
      href: path,
    })),
    ...(draft.changeset
      ? [
          {
            group,
            icon: 'git-branch',
            text: draft.changeset.title,
            note: t('palette.draft'),
            href: `/admin/changes/${draft.changeset.id}`,
          },
        ]
      : []),
    ...documents.flatMap((document) => placesOf(document, group)),
  ]
}

function placesOf(document: DocumentSummary, group: string): Entry[] {
  const { kind, name } = document
  const href = documentPath(kind, name)
  const note = t(`kind.${kind}`)
  if (kind !== 'entity') return [{ group, icon: 'braces', text: label(document), note, href }]
  const icon = session.entity(name)?.icon ?? 'shapes'
  return entityTabs.map((tab) => ({
    group,
    icon,
    text: `${label(document)}: ${t(`tab.${tab}`)}`,
    note,
    href: `${href}/${tab}`,
  }))
}
