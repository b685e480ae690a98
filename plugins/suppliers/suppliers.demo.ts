import type { DemoContext } from '@xrm/sdk'

const firms = [
  ['Ruhr Stahlhandel GmbH', 'approved', 'a', 'raw_material', 'Duisburg', 'DE', 'Heinz Kubiak', 'net_30', 12],
  [
    'Schwarzwald Getriebe',
    'approved',
    'a',
    'components',
    'Villingen',
    'DE',
    'Carola Faller',
    'discount_14',
    28,
  ],
  ['Elbe Kartonagen', 'approved', 'b', 'packaging', 'Magdeburg', 'DE', 'Jens Thieme', 'net_30', 6],
  ['Bodan Verpackung AG', 'approved', 'b', 'packaging', 'Kreuzlingen', 'CH', 'Reto Ammann', 'net_60', 9],
  ['Hansen & Söhne Logistik', 'approved', 'a', 'logistics', 'Bremen', 'DE', 'Telse Hansen', 'net_14', 2],
  ['Officina Zanetti', 'approved', 'c', 'tools', 'Brescia', 'IT', 'Marco Zanetti', 'net_30', 21],
  [
    'Kupferwerk Olomouc',
    'in_qualification',
    'b',
    'raw_material',
    'Olomouc',
    'CZ',
    'Jana Malá',
    'prepaid',
    30,
  ],
  [
    'Polskie Odlewy',
    'in_qualification',
    null,
    'components',
    'Gliwice',
    'PL',
    'Adam Zieliński',
    'prepaid',
    35,
  ],
  ['Nordwind Strom', 'in_qualification', null, 'energy', 'Kiel', 'DE', 'Frauke Petersen', 'net_14', 0],
  ['Datenhaus Rhein-Main', 'candidate', null, 'it', 'Darmstadt', 'DE', 'Sven Kollmann', null, null],
  ['Papeterie Moreau', 'candidate', null, 'office', 'Metz', 'FR', 'Luc Moreau', null, null],
  ['Werkzeug Allgäu', 'candidate', null, 'tools', 'Memmingen', 'DE', 'Rosi Kiechle', null, null],
  ['Iberia Plásticos', 'blocked', 'c', 'components', 'Bilbao', 'ES', 'Iker Etxea', 'prepaid', 45],
  ['Altmann Maschinen', 'former', 'c', 'machinery', 'Görlitz', 'DE', 'Otto Altmann', 'net_30', 90],
  ['Prüflabor Süd', 'approved', 'b', 'services', 'Regensburg', 'DE', 'Dr. Ute Brandl', 'net_14', 5],
] as const

const actions = [
  ['visit_report', 'Audit on site', true],
  ['call', 'Negotiated the yearly prices', true],
  ['email', 'Asked for certificates', true],
  ['task', 'Compare offers', false],
  ['meeting', 'Yearly review', false],
] as const

const candidates = [
  ['Feinguss Thüringen', 'components', 'Gerd Apel', 'Hanover fair', 'asked'],
  ['Lackfabrik Oder', 'raw_material', 'Monika Busch', 'Recommendation', 'found'],
  ['ELBE KARTONAGEN KG', 'packaging', 'J. Thieme', 'Trade directory', 'found'],
  ['Sensorik Graz', 'components', 'Franz Pichler', 'Hanover fair', 'asked'],
  ['Großhandel Meridian', 'merchandise', 'Nadia Saleh', 'Cold call', 'rejected'],
] as const

/** Fifteen suppliers at all stages of their qualification, and what purchasing does with them. */
export async function supplierDemo(demo: DemoContext): Promise<void> {
  const people = demo.users('purchasing')
  const mine = { owner: people[0], team: demo.team('purchasing') }
  const rows = firms.map(
    (
      [name, status, rating, category, city, country, contact_name, payment_terms, lead_time_days],
      index,
    ) => ({
      name,
      status,
      rating,
      categories: [category],
      address: { city, country },
      contact_name,
      payment_terms,
      lead_time_days,
      phone: `+49 40 ${5_552_000 + index * 41}`,
      customer_number: status === 'approved' ? `K-${20_400 + index * 13}` : null,
      certificates: rating === 'a' ? ['ISO 9001', 'ISO 14001'] : status === 'approved' ? ['ISO 9001'] : null,
      reviewed_on: status === 'approved' ? demo.day(-200 + index * 9) : null,
      next_review: status === 'approved' ? demo.day(165 - index * 14) : null,
      description: status === 'blocked' ? 'Blocked after two late deliveries.' : null,
      ...mine,
    }),
  )
  const ids = await demo.create('supplier', rows)
  const activities = ids.flatMap((id, index) =>
    [0, 1].map((place) => {
      const [type, subject, isDone] = actions[(index + place * 3) % actions.length]!
      const at = `${demo.day(isDone ? -5 - index * 3 : 3 + index)}T09:30:00.000Z`
      return {
        type,
        subject,
        regarding: [`supplier/${id}`],
        status: isDone ? 'done' : 'planned',
        due_at: at,
        done_at: isDone ? at : null,
        assignee: people[0],
        ...mine,
      }
    }),
  )
  await demo.create('activity', activities)
  await demo.create(
    'supplier_candidate',
    candidates.map(([company, goods, contact_name, found_at, status]) => ({
      company,
      goods: [goods],
      contact_name,
      found_at,
      status,
      rejected_because: status === 'rejected' ? 'Minimum order far above what we need' : null,
      ...mine,
    })),
  )
}
