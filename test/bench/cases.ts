import type { LoadRequest } from './load.ts'
import type { CaseName } from './options.ts'
import { columns, handWrittenList, list, type Sample } from './sample.ts'

/** One kind of work, as requests to either side; the n-th request of both sides asks for the same. */
export interface Case {
  title: string
  kind: 'read' | 'write'
  product(sample: Sample, n: number): LoadRequest
  handWritten(sample: Sample, n: number): LoadRequest
  /** How many different requests there are; they are repeated, or with `once` the run ends with them. */
  variety(sample: Sample): number
  once?: true
}

const leads = '/api/records/lead'
const get = (path: string): LoadRequest => ({ method: 'GET', path })
const send = (method: 'POST' | 'PATCH', path: string, body: unknown): LoadRequest => ({
  method,
  path,
  body: JSON.stringify(body),
})
const at = <T>(items: readonly T[], n: number): T => items[n % items.length]!

export const cases: Record<CaseName, Case> = {
  get: {
    title: 'get one, all fields',
    kind: 'read',
    product: ({ readable }, n) => get(`${leads}/${at(readable, n)}`),
    handWritten: ({ readable }, n) => get(`/leads/${at(readable, n)}`),
    variety: ({ readable }) => readable.length,
  },
  list: {
    title: 'list of 25, by status, newest first',
    kind: 'read',
    product: () => get(`${leads}?${list}`),
    handWritten: () => get(`/leads/list?${handWrittenList}`),
    variety: () => 1,
  },
  'list-expanded': {
    title: 'the same with the account expanded',
    kind: 'read',
    product: () => get(`${leads}?${list},account.name,account.website`),
    handWritten: () => get(`/leads/list?${handWrittenList}&expand=account`),
    variety: () => 1,
  },
  'list-count': {
    title: 'the same with an exact count',
    kind: 'read',
    product: () => get(`${leads}?${list}&count=exact`),
    handWritten: () => get(`/leads/list?${handWrittenList}&count=exact`),
    variety: () => 1,
  },
  search: {
    title: 'substring search over names',
    kind: 'read',
    product: ({ searches }, n) =>
      get(`${leads}?search=${encodeURIComponent(at(searches, n))}&fields=${columns}`),
    handWritten: ({ searches }, n) => get(`/leads/search?q=${encodeURIComponent(folded(at(searches, n)))}`),
    variety: ({ searches }) => searches.length,
  },
  'page-deep': {
    title: 'a page deep in the list, by cursor',
    kind: 'read',
    product: ({ cursors }, n) => get(`${leads}?${list}&after=${at(cursors, n).product}`),
    handWritten: ({ cursors }, n) =>
      get(`/leads/list?${handWrittenList}&after=${at(cursors, n).handWritten}`),
    variety: ({ cursors }) => cursors.length,
  },
  aggregate: {
    title: 'count by status',
    kind: 'read',
    product: () => send('POST', `${leads}/aggregate`, { groupBy: ['status'], measures: { count: 'count' } }),
    handWritten: () => get('/leads/aggregate'),
    variety: () => 1,
  },
  create: {
    title: 'create',
    kind: 'write',
    product: (_, n) => send('POST', leads, newLead(n)),
    handWritten: (_, n) => send('POST', '/leads/new', newLead(n)),
    variety: () => 5000,
  },
  update: {
    title: 'update one field',
    kind: 'write',
    product: ({ changeable }, n) => send('PATCH', `${leads}/${at(changeable, n)}`, newTitle()),
    handWritten: ({ changeable }, n) => send('PATCH', `/leads/${at(changeable, n)}`, newTitle()),
    variety: ({ changeable }) => changeable.length,
  },
  convert: {
    title: 'convert into account, contact and opportunity',
    kind: 'write',
    product: ({ convertible }, n) =>
      send('POST', '/api/conversions/lead-to-customer/run', { source: at(convertible, n) }),
    handWritten: ({ convertible }, n) => send('POST', `/leads/${at(convertible, n)}/convert`, {}),
    variety: ({ convertible }) => convertible.length,
    once: true,
  },
}

function newLead(n: number): Record<string, unknown> {
  return {
    first_name: 'Jörg',
    last_name: 'Grünwald',
    company: `Werkzeugbau Grünwald ${n} KG`,
    job_title: 'Einkauf',
    email: `jg${n}@example.com`,
    phone: '+4930123456789',
    rating: 'warm',
    lead_source: 'fair',
    follow_up: '2027-01-15',
  }
}

let titles = 0

/** Never what stands there already: that would be no change. */
function newTitle(): Record<string, unknown> {
  return { job_title: `Leitung ${(titles++).toString(36)}` }
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
}
