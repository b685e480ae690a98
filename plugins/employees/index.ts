import { definePlugin } from '@xrm/sdk'
import { contactToEmployee } from './contact-to-employee.conversion.ts'
import { employee } from './employee.entity.ts'
import { employeeDemo } from './employees.demo.ts'
import { employeeRoles } from './employees.roles.ts'
import { employeeForm, employeeViews } from './employees.views.ts'
import { employment } from './options.ts'

/** The people who work for the firm. */
export default definePlugin({
  name: 'employees',
  title: 'Employees',
  labels: { de: 'Mitarbeiter' },
  description: 'The people who work for the firm, from the application to the last day.',
  compatible: '^1.0.0',
  requires: { activities: '^1.0.0', contacts: '^1.0.0', files: '^1.0.0' },
  entities: [employee],
  optionSets: { employment },
  conversions: { 'contact-to-employee': contactToEmployee },
  views: employeeViews,
  forms: { employee: employeeForm },
  roles: employeeRoles,
  demo: employeeDemo,
})
