import type { DemoContext } from '@xrm/sdk'

const women = [
  'Anna',
  'Claire',
  'Dorothea',
  'Elena',
  'Franziska',
  'Giulia',
  'Hanna',
  'Ingrid',
  'Johanna',
  'Katarzyna',
  'Laura',
  'Marta',
  'Nadine',
  'Petra',
  'Sabine',
  'Sofia',
  'Tiina',
  'Ulrike',
  'Verena',
  'Yvonne',
]
const men = [
  'Andreas',
  'Bernd',
  'Carlos',
  'Dirk',
  'Emil',
  'Frédéric',
  'Georg',
  'Henrik',
  'Ivan',
  'Jan',
  'Klaus',
  'Luca',
  'Markus',
  'Niels',
  'Olivier',
  'Paul',
  'Rainer',
  'Stefan',
  'Thomas',
  'Wojciech',
]
const lastNames = [
  'Albrecht',
  'Baumann',
  'Conti',
  'Dubois',
  'Engel',
  'Fischer',
  'García',
  'Hofmann',
  'Iversen',
  'Jansen',
  'Kowalski',
  'Lehmann',
  'Moreau',
  'Neumann',
  'Olsen',
  'Peters',
  'Quandt',
  'Richter',
  'Schneider',
  'Svensson',
  'Taylor',
  'Ullrich',
  'Virtanen',
  'Wagner',
  'Xander',
  'Yilmaz',
  'Zimmermann',
  'Brunner',
  'Costa',
  'de Vries',
  'Ferrari',
  'Gruber',
  'Hansen',
  'Kraus',
  'Lindqvist',
  'Marchetti',
  'Novák',
  "O'Brien",
  'Pfeiffer',
  'Seidel',
]

const positions = [
  ['Managing director', 'Management', ['management']],
  ['Head of purchasing', 'Purchasing', ['purchasing']],
  ['Buyer', 'Purchasing', ['purchasing', 'logistics']],
  ['Head of production', 'Production', ['production', 'technology']],
  ['IT manager', 'IT', ['it', 'technology']],
  ['Chief financial officer', 'Finance', ['finance', 'legal']],
  ['Marketing manager', 'Marketing', ['marketing']],
  ['Quality manager', 'Quality', ['quality']],
] as const

/** Two people for each account, each responsible for something. */
export async function contactDemo(demo: DemoContext): Promise<void> {
  const owners = demo.users('sales')
  const rows = demo.ids('account').flatMap((account, index) =>
    [0, 1].map((place) => {
      const number = index * 2 + place
      const isWoman = (number + index) % 2 === 0
      const first_name = (isWoman ? women : men)[(number * 7) % 20]!
      const last_name = lastNames[(number * 11 + place) % lastNames.length]!
      const [job_title, department, responsibilities] = positions[(number + index) % positions.length]!
      const email = `${ascii(first_name)}.${ascii(last_name)}.${number + 1}@contacts.example`
      return {
        salutation: isWoman ? 'ms' : 'mr',
        first_name,
        last_name,
        account,
        job_title,
        department,
        responsibilities,
        email,
        more_emails: number % 9 === 0 ? [`${ascii(last_name)}@private.example`] : null,
        phone: `+49 30 ${5_550_000 + number * 37}`,
        mobile: number % 2 === 0 ? `+49 171 ${5_550_000 + number * 53}` : null,
        preferred_channel: demo.pick(['email', 'email', 'phone', 'visit']),
        birthday:
          number % 3 === 0
            ? `${1960 + (number % 38)}-${pad((number % 12) + 1)}-${pad((number % 27) + 1)}`
            : null,
        lead_source: demo.pick(['fair', 'referral', 'web_form', 'inbound_call', 'partner']),
        owner: owners[index % owners.length],
        team: demo.team('sales'),
      }
    }),
  )
  await demo.create('contact', rows)
}

function ascii(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}
