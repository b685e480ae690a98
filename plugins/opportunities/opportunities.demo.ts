import type { DemoContext } from '@xrm/sdk'

const subjects = [
  ['Packaging line', 'machine', 184_000],
  ['Control software', 'software', 42_500],
  ['Maintenance contract', 'maintenance', 18_900],
  ['Retrofit of two presses', 'project', 96_000],
  ['Training for operators', 'training', 6_400],
  ['Spare parts, yearly', 'goods', 23_700],
  ['Process analysis', 'consulting', 14_800],
  ['Conveyor system', 'machine', 128_000],
  ['Licences, 40 seats', 'software', 27_200],
  ['Extension of the warehouse', 'project', 210_000],
] as const

const stages = [
  'prospecting',
  'prospecting',
  'qualification',
  'qualification',
  'qualification',
  'proposal',
  'proposal',
  'negotiation',
  'won',
  'won',
  'won',
  'lost',
] as const

/** Sixty opportunities over all stages; closed ones lie in the past, open ones mostly ahead. */
export async function opportunityDemo(demo: DemoContext): Promise<void> {
  const accounts = demo.ids('account')
  const contacts = demo.ids('contact')
  const campaigns = demo.ids('campaign')
  const owners = demo.users('sales')
  const rows = Array.from({ length: 60 }, (_, index) => {
    const place = (index * 7) % accounts.length
    const stage = stages[index % stages.length]!
    const [subject, product, price] = subjects[(index * 3 + Math.floor(index / 10)) % subjects.length]!
    const isClosed = stage === 'won' || stage === 'lost'
    const begun = -Math.floor(40 + demo.random() * 200)
    const closing = isClosed ? -Math.floor(demo.random() * 38) : Math.floor(demo.random() * 130) - 12
    return {
      name: `${subject} ${index + 1}`,
      account: accounts[place],
      // The demo contacts stand two to an account, in the order of the accounts.
      contact: index % 5 === 4 ? null : contacts[place * 2 + (index % 2)],
      stage,
      amount: {
        amount: String(Math.round((price * (0.7 + demo.random() * 0.6)) / 100) * 100),
        currency: 'EUR',
      },
      close_date: demo.day(closing),
      begun_on: demo.day(begun),
      created_at: `${demo.day(begun)}T08:${String(index % 60).padStart(2, '0')}:00.000Z`,
      product,
      business_unit: demo.pick(['direct', 'direct', 'partner', 'export', 'service']),
      lead_source: demo.pick(['fair', 'referral', 'web_form', 'inbound_call', 'partner', 'event']),
      campaign: index % 4 === 0 ? campaigns[index % campaigns.length] : null,
      next_step: isClosed
        ? null
        : demo.pick(['Send the offer', 'Call on Monday', 'Visit with the engineer', 'Clarify the budget']),
      lost_reason: stage === 'lost' ? demo.pick(['price', 'competitor', 'no_budget', 'timing']) : null,
      owner: owners[index % owners.length],
      team: demo.team('sales'),
    }
  })
  await demo.create('opportunity', rows)
}
