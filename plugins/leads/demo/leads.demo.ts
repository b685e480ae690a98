import type { DemoContext } from '@xrm/sdk'
import { activityDemo } from './activities.demo.ts'
import { companies, people } from './names.ts'

const sources = [
  'fair',
  'web_form',
  'event',
  'referral',
  'inbound_call',
  'cold_call',
  'bought_list',
  'social_media',
  'partner',
]

/** How many leads stand in which status; those to be converted are worked on until the conversion takes them. */
const distribution = [
  ['new', 32],
  ['assigned', 20],
  ['in_process', 30],
  ['recycled', 8],
  ['dead', 18],
  ['convert', 12],
] as const

/**
 * A hundred and twenty leads over all statuses, their campaign memberships, what was done and is planned with everybody,
 * and a dozen conversions by the real engine. The web form is open.
 */
export async function leadDemo(demo: DemoContext): Promise<void> {
  const statuses = distribution.flatMap(([status, count]) => Array.from({ length: count }, () => status))
  const rows = statuses.map((status, index) => leadRow(demo, status, index))
  const leads = await demo.create('lead', rows)
  await memberDemo(demo, leads)
  await activityDemo(demo, leads)
  await fileDemo(demo, leads)
  for (const [index, status] of statuses.entries()) {
    if (status === 'convert') await demo.convert('lead-to-customer', leads[index]!)
  }
  await demo.publish('The web form is open', { 'web-form': { 'contact-us': { open: true } } })
}

function leadRow(demo: DemoContext, status: string, index: number): Record<string, unknown> {
  const owners = demo.users('sales')
  const campaigns = demo.ids('campaign')
  const [salutation, first_name, last_name] = people[index % people.length]!
  const [company, industry, city, country] = companies[(index * 7) % companies.length]!
  const isOpen = status !== 'dead'
  const isFar = status === 'convert' || status === 'in_process'
  const hasPerson = status === 'convert' || index % 9 !== 5
  const hasCompany = index % 8 !== 3 || !hasPerson
  const age = Math.floor(2 + demo.random() * 160)
  const host = company
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z]+/g)!
    .slice(0, 2)
    .join('-')
  const interest =
    status === 'dead'
      ? 'none'
      : isFar
        ? demo.pick(['general', 'purchase', 'purchase'])
        : demo.pick(['unknown', 'general', 'later'])
  return {
    salutation: hasPerson ? salutation : null,
    first_name: hasPerson ? first_name : null,
    last_name: hasPerson ? last_name : null,
    company: hasCompany ? company : null,
    industry: hasCompany ? industry : null,
    website: hasCompany && index % 3 !== 1 ? `https://${host}.example` : null,
    job_title: hasPerson
      ? demo.pick(['Managing director', 'Head of purchasing', 'Engineer', 'Plant manager', null])
      : null,
    email: index % 6 === 4 ? null : `${hasPerson ? `lead${index + 1}` : 'office'}@${host}.example`,
    phone: index % 5 === 2 ? null : `+49 69 ${5_551_000 + index * 29}`,
    address: { city, country },
    status: status === 'convert' ? 'in_process' : status,
    phase: isFar ? demo.pick(['sal', 'sql']) : isOpen ? demo.pick(['mal', 'mql']) : 'mal',
    interest,
    rating: interest === 'purchase' ? demo.pick(['hot', 'warm']) : demo.pick(['warm', 'cold', 'cold']),
    score: Math.floor((isFar ? 45 : 5) + demo.random() * 50),
    budget:
      interest === 'purchase'
        ? { amount: String(Math.round(5 + demo.random() * 120) * 1000), currency: 'EUR' }
        : null,
    lead_source: sources[index % sources.length],
    campaign: index % 3 === 0 ? campaigns[index % campaigns.length] : null,
    follow_up: isOpen && index % 2 === 0 ? demo.day(Math.floor(demo.random() * 45) - 10) : null,
    close_reason:
      status === 'dead' ? demo.pick(['no_interest', 'no_budget', 'not_reached', 'no_fit', 'expired']) : null,
    created_at: `${demo.day(-age)}T${String(7 + (index % 11)).padStart(2, '0')}:${String((index * 7) % 60).padStart(2, '0')}:00.000Z`,
    owner: status === 'new' ? null : owners[index % owners.length],
    team: demo.team('sales'),
  }
}

/** Who was invited, came, or declined. */
async function memberDemo(demo: DemoContext, leads: readonly string[]): Promise<void> {
  const campaigns = demo.ids('campaign')
  const contacts = demo.ids('contact')
  const rows = campaigns.flatMap((campaign, place) => {
    const some = (entity: string, ids: readonly string[], step: number) =>
      ids.filter((_, index) => index % step === place % step).map((id) => `${entity}/${id}`)
    return [...some('lead', leads, 8), ...some('contact', contacts, 10)].map((member) => {
      const status =
        place === 4
          ? demo.pick(['invited', 'registered'])
          : demo.pick(['invited', 'responded', 'attended', 'declined'])
      return {
        campaign,
        member,
        status,
        responded_on: status === 'invited' ? null : demo.day(-Math.floor(demo.random() * 60)),
      }
    })
  })
  await demo.create('campaign_member', rows)
}

/** What people hang on leads: an inquiry, a price list for two who asked together, notes of a visit. Some go along into conversions. */
async function fileDemo(demo: DemoContext, leads: readonly string[]): Promise<void> {
  const reference = (index: number): string => `lead/${leads.at(index)!}`
  const files: [name: string, text: string, regarding: string[]][] = [
    [
      'Anfrage Förderband.txt',
      'Guten Tag,\n\nwir suchen ein Förderband, 12 m, bis 40 kg je Stück. Bitte um ein Angebot bis Monatsende.\n',
      [reference(-1)],
    ],
    [
      'Preisliste Pumpen.csv',
      'Artikel;Preis;Währung\nPumpe P20;1290.00;EUR\nPumpe P40;2190.00;EUR\n',
      [reference(-2), reference(60)],
    ],
    ['Besuchsnotiz.md', '# Besuch\n\n- Halle 3 besichtigt\n- Entscheidung im Herbst\n', [reference(-3)]],
    ['Visitor list.csv', 'name,company\nJane Doe,Mill & Sons\n', [reference(55)]],
  ]
  for (const [name, text, regarding] of files) await demo.attach(name, text, regarding)
}
