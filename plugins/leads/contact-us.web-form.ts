import { defineWebForm } from '@xrm/sdk'

/** Who asks becomes a lead, and touches neither accounts nor contacts. Closed until the firm has put in its own words. */
export const contactUs = defineWebForm({
  title: 'Contact us',
  labels: { de: 'Schreiben Sie uns' },
  description: 'Tell us what you are looking for. We will get back to you.',
  descriptions: { de: 'Sagen Sie uns, was Sie suchen. Wir melden uns bei Ihnen.' },
  open: false,
  entity: 'lead',
  fields: {
    first_name: {},
    last_name: { required: true },
    company: {},
    email: { required: true },
    phone: {},
    description: { title: 'Your message', labels: { de: 'Ihre Nachricht' }, required: true },
  },
  values: { lead_source: { value: 'web_form' } },
  consent: {
    message: 'You may keep what I have entered in order to answer me.',
    messages: { de: 'Sie dürfen meine Angaben speichern, um mir zu antworten.' },
  },
})

/** The same page where a firm works without leads: who asks is a contact at once, and one who is known stays one. */
export const contactUsWithoutLeads = {
  entity: 'contact',
  fields: { company: null },
  duplicates: 'use',
}
