import { defineConversion } from '@xrm/sdk'

/** A contact who comes to work for us. The contact stays, because their former firm is still a customer. */
export const contactToEmployee = defineConversion({
  title: 'Make an employee',
  labels: { de: 'Zum Mitarbeiter machen' },
  description: 'A contact who comes to work for us becomes an employee; the contact stays as it is.',
  icon: 'id-card',
  order: 30,
  source: 'contact',
  once: true,
  targets: {
    employee: {
      entity: 'employee',
      title: 'Employee',
      labels: { de: 'Mitarbeiter' },
      policy: 'matchOrCreate',
      userMay: ['create', 'link'],
      onMatch: { one: 'link', many: 'ask', none: 'create', inactive: 'offerReactivate' },
      map: {
        salutation: { from: 'salutation', onLink: 'fillEmpty' },
        first_name: { from: 'first_name', onLink: 'fillEmpty' },
        last_name: { from: 'last_name', onLink: 'keep' },
        status: { value: 'hired', onLink: 'keep' },
        employment: { input: true },
        job_title: { from: 'job_title', onLink: 'fillEmpty' },
        department: { from: 'department', onLink: 'fillEmpty' },
        known_as: { expression: 'source.id', edit: 'hidden', onLink: 'fillEmpty' },
        email: { from: 'email', onLink: 'fillEmpty' },
        phone: { from: 'phone', edit: 'hidden', onLink: 'fillEmpty' },
        mobile: { from: 'mobile', onLink: 'fillEmpty' },
        address: { from: 'address', onLink: 'fillEmpty' },
        birthday: { from: 'birthday', edit: 'hidden', onLink: 'fillEmpty' },
        begins_on: { input: true },
      },
    },
  },
  children: {
    activities: { relation: 'activity.regarding', action: 'alsoLink', to: ['employee'] },
    files: { relation: 'file.regarding', action: 'alsoLink', to: ['employee'] },
  },
  after: 'editable',
  reversible: { within: 'P30D', untouchedCreated: 'archive' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
