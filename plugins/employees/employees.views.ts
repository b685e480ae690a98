import { defineForm, defineView } from '@xrm/sdk'

const columns = {
  last_name: {},
  first_name: {},
  status: {},
  job_title: {},
  department: {},
  manager: {},
  begins_on: {},
}
const sort = { last_name: { direction: 'asc' } } as const

/** Lists of employees. */
export const employeeViews = {
  employees: defineView({
    entity: 'employee',
    title: 'All employees',
    labels: { de: 'Alle Mitarbeiter' },
    order: 10,
    filter: "active && status != 'left'",
    columns,
    sort,
  }),
  'employees-to-come': defineView({
    entity: 'employee',
    title: 'Applicants and hired',
    labels: { de: 'Bewerbungen und Zusagen' },
    order: 20,
    filter: "active && status in ['applicant', 'hired']",
    columns,
    sort: { begins_on: { direction: 'asc' } },
  }),
}

/** The page of an employee. */
export const employeeForm = defineForm({
  entity: 'employee',
  title: 'Employee',
  labels: { de: 'Mitarbeiter' },
  highlights: { job_title: {}, department: {}, manager: {}, begins_on: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        salutation: {},
        status: { create: true },
        first_name: { create: true },
        last_name: { create: true },
        job_title: { create: true },
        department: {},
        manager: {},
        employment: { create: true },
        begins_on: { create: true },
        ends_on: {},
      },
    },
    reach: {
      title: 'How to reach them',
      labels: { de: 'Erreichbarkeit' },
      columns: 2,
      fields: { email: { create: true }, phone: {}, mobile: { create: true }, address: { span: 2 } },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: {
        description: { span: 2 },
        birthday: {},
        staff_number: {},
        user: {},
        known_as: {},
        active: {},
      },
    },
  },
})
