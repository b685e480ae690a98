import type { DemoContext } from '@xrm/sdk'

const people = [
  ['Renate', 'Osterkamp', 'Managing director', 'Management', 'permanent', 'active', -4200],
  ['Jörg', 'Wieland', 'Head of sales', 'Sales', 'permanent', 'active', -2600],
  ['Aylin', 'Demir', 'Account manager', 'Sales', 'permanent', 'active', -900],
  ['Tom', 'Hagedorn', 'Buyer', 'Purchasing', 'permanent', 'active', -1500],
  ['Mira', 'Stojanović', 'Designer', 'Marketing', 'freelance', 'active', -300],
  ['Lukas', 'Brenner', 'Apprentice', 'Sales', 'apprentice', 'hired', 40],
  ['Helga', 'Tamm', 'Bookkeeper', 'Finance', 'permanent', 'left', -6000],
] as const

/** A small firm's staff. */
export async function employeeDemo(demo: DemoContext): Promise<void> {
  const rows = people.map(
    ([first_name, last_name, job_title, department, employment, status, begins], index) => ({
      first_name,
      last_name,
      job_title,
      department,
      employment,
      status,
      begins_on: demo.day(begins),
      ends_on: status === 'left' ? demo.day(-60) : null,
      staff_number: String(1001 + index),
      email: `${last_name
        .toLowerCase()
        .normalize('NFD')
        .replace(/[^a-z]/g, '')}@our-firm.example`,
    }),
  )
  await demo.create('employee', rows)
}
