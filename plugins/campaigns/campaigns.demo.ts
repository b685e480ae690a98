import type { DemoContext } from '@xrm/sdk'

/** Six marketing actions: judged, running, planned and one that was called off. */
export async function campaignDemo(demo: DemoContext): Promise<void> {
  const owners = demo.users('sales')
  const euros = (amount: number) => ({ amount: String(amount), currency: 'EUR' })
  const rows = [
    {
      name: 'Trade fair "Automation", hall 4',
      type: 'fair',
      status: 'finished',
      start_date: demo.day(-120),
      end_date: demo.day(-116),
      location: 'Hannover',
      budget: euros(38_000),
      cost: euros(41_250),
      goal: 'Sixty new leads and ten visits within a month.',
      repeat: 'changed',
      lessons: 'Good talks, stand too small. Next time at a corner and with fixed appointments.',
    },
    {
      name: 'Open house in spring',
      type: 'event',
      status: 'finished',
      start_date: demo.day(-75),
      end_date: demo.day(-75),
      location: 'Stuttgart',
      budget: euros(9_000),
      cost: euros(7_480),
      goal: 'Show the new line to existing customers.',
      repeat: 'yes',
      lessons: 'Half of the guests brought a colleague.',
    },
    {
      name: 'Calls to former customers',
      type: 'phone',
      status: 'finished',
      start_date: demo.day(-50),
      end_date: demo.day(-30),
      budget: euros(4_000),
      cost: euros(3_600),
      goal: 'Win back five customers.',
      repeat: null,
    },
    {
      name: 'Newsletter: energy in production',
      type: 'newsletter',
      status: 'running',
      start_date: demo.day(-14),
      end_date: demo.day(30),
      budget: euros(2_500),
      cost: euros(900),
      goal: 'Three hundred readers of the white paper.',
    },
    {
      name: 'Webinar: maintenance that plans ahead',
      type: 'webinar',
      status: 'planned',
      start_date: demo.day(24),
      end_date: demo.day(24),
      budget: euros(1_800),
      goal: 'Eighty registrations.',
    },
    {
      name: 'Mailing to bought addresses',
      type: 'mailing',
      status: 'cancelled',
      start_date: demo.day(-90),
      end_date: demo.day(-80),
      budget: euros(6_000),
      cost: euros(1_200),
      goal: 'Test a list of a new provider.',
      repeat: 'no',
      lessons: 'Two thirds of the addresses were out of date.',
    },
  ]
  await demo.create(
    'campaign',
    rows.map((row, index) => ({ ...row, owner: owners[index % owners.length], team: demo.team('sales') })),
  )
}
