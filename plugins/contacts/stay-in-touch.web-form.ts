import { defineWebForm } from '@xrm/sdk'

/** People leave their address or bring it up to date. Closed until the firm has put in its own words. */
export const stayInTouch = defineWebForm({
  title: 'Stay in touch',
  labels: { de: 'In Verbindung bleiben' },
  description: 'Tell us how to reach you.',
  descriptions: { de: 'Sagen Sie uns, wie wir Sie erreichen.' },
  open: false,
  entity: 'contact',
  fields: {
    salutation: {},
    first_name: {},
    last_name: {},
    email: { required: true },
    phone: {},
    job_title: {},
  },
  values: { lead_source: { value: 'web_form' } },
  duplicates: 'use',
  consent: {
    message: 'You may keep what I have entered in order to stay in touch with me.',
    messages: { de: 'Sie dürfen meine Angaben speichern, um mit mir in Verbindung zu bleiben.' },
  },
})
