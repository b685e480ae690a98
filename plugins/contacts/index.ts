import { definePlugin } from '@xrm/sdk'
import { contact } from './contact.entity.ts'
import { contactRoles } from './contacts.roles.ts'
import { contactForm, contactViews } from './contacts.views.ts'
import { leadSource, responsibility, salutation } from './options.ts'
import { contactDemo } from './contacts.demo.ts'
import { stayInTouch } from './stay-in-touch.web-form.ts'

/** People whom the firm knows, usually at an account. */
export default definePlugin({
  name: 'contacts',
  title: 'Contacts',
  labels: { de: 'Kontakte' },
  description: 'People with a relationship to the firm, their accounts and what they are responsible for.',
  compatible: '^1.0.0',
  requires: { accounts: '^1.0.0' },
  entities: [contact],
  optionSets: { salutation, responsibility, 'lead-source': leadSource },
  views: contactViews,
  forms: { contact: contactForm },
  roles: contactRoles,
  webForms: { 'stay-in-touch': stayInTouch },
  demo: contactDemo,
})
