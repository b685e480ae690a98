import { defineOptionSet } from '@xrm/sdk'

/** How a person is addressed. */
export const salutation = defineOptionSet({
  title: 'Salutation',
  labels: { de: 'Anrede' },
  options: {
    ms: { title: 'Ms', labels: { de: 'Frau' } },
    mr: { title: 'Mr', labels: { de: 'Herr' } },
    mx: { title: 'Mx', labels: { de: 'Divers' } },
  },
})

/** Topics for which somebody at an account can be responsible. */
export const responsibility = defineOptionSet({
  title: 'Responsibility',
  labels: { de: 'Zuständigkeit' },
  options: {
    management: { title: 'Management', labels: { de: 'Geschäftsführung' } },
    purchasing: { title: 'Purchasing', labels: { de: 'Einkauf' } },
    finance: { title: 'Finance', labels: { de: 'Finanzen' } },
    sales: { title: 'Sales', labels: { de: 'Vertrieb' } },
    marketing: { title: 'Marketing', labels: { de: 'Marketing' } },
    technology: { title: 'Technology', labels: { de: 'Technik' } },
    it: { title: 'IT', labels: { de: 'IT' } },
    production: { title: 'Production', labels: { de: 'Produktion' } },
    quality: { title: 'Quality', labels: { de: 'Qualität' } },
    logistics: { title: 'Logistics', labels: { de: 'Logistik' } },
    service: { title: 'Service', labels: { de: 'Service' } },
    legal: { title: 'Legal', labels: { de: 'Recht' } },
  },
})

/** How somebody came to the firm; shared by leads, contacts and opportunities, so that it survives a conversion. */
export const leadSource = defineOptionSet({
  title: 'Source',
  labels: { de: 'Herkunft' },
  options: {
    web_form: { title: 'Web form', labels: { de: 'Webformular' } },
    advertisement: { title: 'Advertisement', labels: { de: 'Anzeige' } },
    fair: { title: 'Trade fair', labels: { de: 'Messe' } },
    event: { title: 'Event or webinar', labels: { de: 'Veranstaltung oder Webinar' } },
    referral: { title: 'Referral', labels: { de: 'Empfehlung' } },
    partner: { title: 'Partner', labels: { de: 'Partner' } },
    inbound_call: { title: 'They called', labels: { de: 'Anruf bei uns' } },
    cold_call: { title: 'We called', labels: { de: 'Kaltakquise' } },
    social_media: { title: 'Social media', labels: { de: 'Soziale Medien' } },
    mailing: { title: 'Mailing', labels: { de: 'Mailing' } },
    bought_list: { title: 'Bought list', labels: { de: 'Gekaufte Adressen' } },
    phone_book: { title: 'Phone book or register', labels: { de: 'Telefonbuch oder Register' } },
    other: { title: 'Other', labels: { de: 'Sonstige' } },
  },
})
