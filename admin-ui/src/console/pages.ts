import type { DocumentKind } from '@xrm/sdk'
import { html, type TemplateResult } from 'lit'
import { t } from './i18n/index.ts'

/** Names in the address of a page, e.g. `{ name: 'lead', tab: 'fields' }`. */
export type PageParams = Readonly<Record<string, string>>

export type SectionName = (typeof sections)[number]['name']

/** One page of the console. */
export interface ConsolePage {
  /** Pattern of its address; `:name` is a part that it takes. */
  path: string
  section: SectionName
  /** Its own place in the breadcrumb; absent for the first page of a section. `label` gives the title of a document. */
  crumb?: (params: PageParams, label: (kind: DocumentKind, name: string) => string) => string
  /** Imports the element. */
  load: () => Promise<unknown>
  show: (params: PageParams) => TemplateResult
}

/** The side bar of the console. */
export const sections = [
  { name: 'overview', path: '/admin', icon: 'layout-dashboard' },
  { name: 'entities', path: '/admin/entities', icon: 'shapes' },
  { name: 'conversions', path: '/admin/conversions', icon: 'arrow-right-left' },
  { name: 'web-forms', path: '/admin/web-forms', icon: 'clipboard-pen' },
  { name: 'option-sets', path: '/admin/option-sets', icon: 'list-checks' },
  { name: 'users', path: '/admin/users', icon: 'user' },
  { name: 'teams', path: '/admin/teams', icon: 'users' },
  { name: 'roles', path: '/admin/roles', icon: 'shield-check' },
  { name: 'security-log', path: '/admin/security-log', icon: 'scroll-text' },
  { name: 'personal-data', path: '/admin/personal-data', icon: 'user-search' },
  { name: 'documents', path: '/admin/documents', icon: 'braces' },
  { name: 'changes', path: '/admin/changes', icon: 'git-compare' },
  { name: 'presets', path: '/admin/presets', icon: 'route' },
  { name: 'plugins', path: '/admin/plugins', icon: 'plug' },
  { name: 'jobs', path: '/admin/jobs', icon: 'activity' },
  { name: 'retired', path: '/admin/retired', icon: 'archive-restore' },
] as const

/** All pages. A new one is an entry here; the address decides, the first match wins. */
export const pages: readonly ConsolePage[] = [
  {
    path: '/admin',
    section: 'overview',
    load: () => import('./overview.element.ts'),
    show: () => html`<xrm-overview></xrm-overview>`,
  },
  {
    path: '/admin/entities',
    section: 'entities',
    load: () => import('../designer/entities-page.element.ts'),
    show: () => html`<xrm-entities></xrm-entities>`,
  },
  {
    path: '/admin/entities/:name{/:tab}?',
    section: 'entities',
    crumb: ({ name = '' }, label) => label('entity', name),
    load: () => import('../designer/entity-page.element.ts'),
    show: ({ name = '', tab = '' }) => html`<xrm-entity-page .name=${name} .tab=${tab}></xrm-entity-page>`,
  },
  {
    path: '/admin/conversions',
    section: 'conversions',
    load: () => import('../conversion-designer/conversions-page.element.ts'),
    show: () => html`<xrm-conversions-page></xrm-conversions-page>`,
  },
  {
    path: '/admin/conversions/:name{/:tab}?',
    section: 'conversions',
    crumb: ({ name = '' }, label) => label('conversion', name),
    load: () => import('../conversion-designer/conversion-page.element.ts'),
    show: ({ name = '', tab = '' }) =>
      html`<xrm-conversion-page .name=${name} .tab=${tab}></xrm-conversion-page>`,
  },
  {
    path: '/admin/web-forms',
    section: 'web-forms',
    load: () => import('../web-forms/web-forms-page.element.ts'),
    show: () => html`<xrm-web-forms></xrm-web-forms>`,
  },
  {
    path: '/admin/web-forms/:name{/:tab}?',
    section: 'web-forms',
    crumb: ({ name = '' }, label) => label('web-form', name),
    load: () => import('../web-forms/web-form-page.element.ts'),
    show: ({ name = '', tab = '' }) => html`<xrm-web-form .name=${name} .tab=${tab}></xrm-web-form>`,
  },
  {
    path: '/admin/option-sets',
    section: 'option-sets',
    load: () => import('../designer/option-sets.element.ts'),
    show: () => html`<xrm-option-sets></xrm-option-sets>`,
  },
  {
    path: '/admin/option-sets/:name',
    section: 'option-sets',
    crumb: ({ name = '' }, label) => label('option-set', name),
    load: () => import('../designer/option-set.element.ts'),
    show: ({ name = '' }) => html`<xrm-option-set .name=${name}></xrm-option-set>`,
  },
  {
    path: '/admin/users',
    section: 'users',
    load: () => import('../people/users-page.element.ts'),
    show: () => html`<xrm-users-page></xrm-users-page>`,
  },
  {
    path: '/admin/users/:id{/:tab}?',
    section: 'users',
    crumb: () => t('console.user'),
    load: () => import('../people/user-page.element.ts'),
    show: ({ id = '', tab = '' }) => html`<xrm-user-page .userId=${id} .tab=${tab}></xrm-user-page>`,
  },
  {
    path: '/admin/teams',
    section: 'teams',
    load: () => import('../people/teams-page.element.ts'),
    show: () => html`<xrm-teams-page></xrm-teams-page>`,
  },
  {
    path: '/admin/roles',
    section: 'roles',
    load: () => import('../people/roles-page.element.ts'),
    show: () => html`<xrm-roles-page></xrm-roles-page>`,
  },
  {
    path: '/admin/roles/:name{/:tab}?',
    section: 'roles',
    crumb: ({ name = '' }, label) => label('role', name),
    load: () => import('../people/role-page.element.ts'),
    show: ({ name = '', tab = '' }) => html`<xrm-role-page .name=${name} .tab=${tab}></xrm-role-page>`,
  },
  {
    path: '/admin/security-log',
    section: 'security-log',
    load: () => import('../security/log-page.element.ts'),
    show: () => html`<xrm-security-log></xrm-security-log>`,
  },
  {
    path: '/admin/personal-data',
    section: 'personal-data',
    load: () => import('../security/personal-data-page.element.ts'),
    show: () => html`<xrm-personal-data></xrm-personal-data>`,
  },
  {
    path: '/admin/documents',
    section: 'documents',
    load: () => import('./documents.element.ts'),
    show: () => html`<xrm-documents></xrm-documents>`,
  },
  {
    path: '/admin/documents/:kind/:name',
    section: 'documents',
    crumb: ({ kind = '', name = '' }, label) => label(kind as DocumentKind, name),
    load: () => import('./document.element.ts'),
    show: ({ kind = '', name = '' }) =>
      html`<xrm-document .kind=${kind as DocumentKind} .name=${name}></xrm-document>`,
  },
  {
    path: '/admin/changes',
    section: 'changes',
    load: () => import('./changes.element.ts'),
    show: () => html`<xrm-changes></xrm-changes>`,
  },
  {
    path: '/admin/changes/:id',
    section: 'changes',
    crumb: () => t('changeset.title'),
    load: () => import('./changeset.element.ts'),
    show: ({ id = '' }) => html`<xrm-changeset .changesetId=${id}></xrm-changeset>`,
  },
  {
    path: '/admin/jobs',
    section: 'jobs',
    load: () => import('./jobs.element.ts'),
    show: () => html`<xrm-jobs></xrm-jobs>`,
  },
  {
    path: '/admin/retired',
    section: 'retired',
    load: () => import('./retired.element.ts'),
    show: () => html`<xrm-retired></xrm-retired>`,
  },
  {
    path: '/admin/presets',
    section: 'presets',
    load: () => import('./presets.element.ts'),
    show: () => html`<xrm-presets></xrm-presets>`,
  },
  {
    path: '/admin/plugins',
    section: 'plugins',
    load: () => import('./plugins.element.ts'),
    show: () => html`<xrm-plugins></xrm-plugins>`,
  },
]

const patterns = pages.map((page) => ({ page, pattern: new URLPattern({ pathname: page.path }) }))

/** The page of an address, with the names in it. */
export function matchPage(pathname: string): { page: ConsolePage; params: PageParams } | null {
  for (const { page, pattern } of patterns) {
    const match = pattern.exec({ pathname })
    if (!match) continue
    const groups = Object.entries(match.pathname.groups)
    return { page, params: Object.fromEntries(groups.map(([key, value]) => [key, decode(value ?? '')])) }
  }
  return null
}

/** The address of a document in its designer, or in the JSON editor when it has none. */
export function documentPath(kind: DocumentKind, name: string): string {
  const path = encodeURIComponent(name)
  if (kind === 'entity') return `/admin/entities/${path}`
  if (kind === 'conversion') return `/admin/conversions/${path}`
  if (kind === 'web-form') return `/admin/web-forms/${path}`
  if (kind === 'option-set') return `/admin/option-sets/${path}`
  if (kind === 'role') return `/admin/roles/${path}`
  return `/admin/documents/${kind}/${path}`
}

/** The title of a section. */
export function sectionTitle(name: SectionName): string {
  return t(`section.${name}`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
