import type { DemoContext } from '@xrm/sdk'

const firms = [
  ['Alpen-Systemhaus', 'active', 'reseller', 'Tyrol', '12'],
  ['Vertretung Nordmann', 'active', 'agent', 'Northern Germany', '8'],
  ['Kontor Antwerpen', 'talks', 'reseller', 'Benelux', null],
  ['Cloudwerk Leipzig', 'active', 'technology', 'Saxony', '5'],
  ['Beratung Kestner', 'ended', 'referral', 'Hesse', '3'],
] as const

/** Five partners in all states. */
export async function partnerDemo(demo: DemoContext): Promise<void> {
  const [owner] = demo.users('sales')
  const rows = firms.map(([name, status, kind, region, commission], index) => ({
    name,
    status,
    kind,
    region,
    commission,
    agreed_on: status === 'talks' ? null : demo.day(-700 + index * 120),
    ends_on: status === 'ended' ? demo.day(-30) : null,
    owner,
    team: demo.team('sales'),
  }))
  await demo.create('partner', rows)
}
