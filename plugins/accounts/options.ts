import { defineOptionSet } from '@xrm/sdk'

/** What an organisation can be to the firm; an account has any number of these. */
export const accountRole = defineOptionSet({
  title: 'Role of an account',
  labels: { de: 'Rolle einer Firma' },
  options: {
    prospect: { title: 'Prospect', labels: { de: 'Interessent' }, color: 'blue' },
    customer: { title: 'Customer', labels: { de: 'Kunde' }, color: 'green' },
    former_customer: { title: 'Former customer', labels: { de: 'Ehemaliger Kunde' }, color: 'gray' },
    former_prospect: { title: 'Former prospect', labels: { de: 'Ehemaliger Interessent' }, color: 'gray' },
    supplier: { title: 'Supplier', labels: { de: 'Lieferant' }, color: 'violet' },
    partner: { title: 'Partner', labels: { de: 'Partner' }, color: 'teal' },
    competitor: { title: 'Competitor', labels: { de: 'Wettbewerber' }, color: 'red' },
    other: { title: 'Other', labels: { de: 'Sonstige' }, color: 'gray' },
  },
})

/** How important someone is to the firm. */
export const abcClass = defineOptionSet({
  title: 'ABC class',
  labels: { de: 'ABC-Klasse' },
  options: {
    a: { title: 'A', labels: { de: 'A' }, color: 'green' },
    b: { title: 'B', labels: { de: 'B' }, color: 'amber' },
    c: { title: 'C', labels: { de: 'C' }, color: 'gray' },
  },
})

/** The trade that an organisation is in. */
export const industry = defineOptionSet({
  title: 'Industry',
  labels: { de: 'Branche' },
  options: {
    agriculture: { title: 'Agriculture', labels: { de: 'Landwirtschaft' } },
    automotive: { title: 'Automotive', labels: { de: 'Automobil' } },
    chemicals: { title: 'Chemicals', labels: { de: 'Chemie' } },
    construction: { title: 'Construction', labels: { de: 'Bau' } },
    consulting: { title: 'Consulting', labels: { de: 'Beratung' } },
    education: { title: 'Education', labels: { de: 'Bildung' } },
    electronics: { title: 'Electronics', labels: { de: 'Elektronik' } },
    employment: { title: 'Staffing', labels: { de: 'Personaldienste' } },
    energy: { title: 'Energy', labels: { de: 'Energie' } },
    entertainment: { title: 'Media and entertainment', labels: { de: 'Medien und Unterhaltung' } },
    finance: { title: 'Banking and insurance', labels: { de: 'Banken und Versicherungen' } },
    food: { title: 'Food and drink', labels: { de: 'Lebensmittel und Getränke' } },
    hospitality: { title: 'Hotels and restaurants', labels: { de: 'Hotel und Gastronomie' } },
    logistics: { title: 'Transport and logistics', labels: { de: 'Transport und Logistik' } },
    machinery: { title: 'Machinery', labels: { de: 'Maschinenbau' } },
    marketing: { title: 'Marketing and advertising', labels: { de: 'Marketing und Werbung' } },
    medical: { title: 'Health and medical', labels: { de: 'Gesundheit und Medizin' } },
    public: { title: 'Public sector', labels: { de: 'Öffentlicher Dienst' } },
    real_estate: { title: 'Real estate', labels: { de: 'Immobilien' } },
    retail: { title: 'Retail', labels: { de: 'Einzelhandel' } },
    services: { title: 'Services', labels: { de: 'Dienstleistungen' } },
    software: { title: 'Software and IT', labels: { de: 'Software und IT' } },
    technology: { title: 'Technology', labels: { de: 'Technologie' } },
    telecommunications: { title: 'Telecommunications', labels: { de: 'Telekommunikation' } },
    wholesale: { title: 'Wholesale', labels: { de: 'Großhandel' } },
    other: { title: 'Other', labels: { de: 'Sonstige' } },
  },
})
