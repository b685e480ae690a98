import { defineOptionSet } from '@xrm/sdk'

/** What is bought. Every firm replaces these by its own. */
export const supplierCategory = defineOptionSet({
  title: 'Category of goods',
  labels: { de: 'Warengruppe' },
  options: {
    raw_material: { title: 'Raw material', labels: { de: 'Rohstoffe' } },
    components: { title: 'Components', labels: { de: 'Bauteile' } },
    merchandise: { title: 'Merchandise', labels: { de: 'Handelsware' } },
    packaging: { title: 'Packaging', labels: { de: 'Verpackung' } },
    machinery: { title: 'Machinery', labels: { de: 'Maschinen' } },
    tools: { title: 'Tools', labels: { de: 'Werkzeuge' } },
    it: { title: 'IT', labels: { de: 'IT' } },
    logistics: { title: 'Transport', labels: { de: 'Transport' } },
    energy: { title: 'Energy', labels: { de: 'Energie' } },
    office: { title: 'Office', labels: { de: 'Büro' } },
    services: { title: 'Services', labels: { de: 'Dienstleistungen' } },
  },
})

/** When an invoice of the supplier is due. */
export const paymentTerms = defineOptionSet({
  title: 'Payment terms',
  labels: { de: 'Zahlungsbedingungen' },
  options: {
    prepaid: { title: 'In advance', labels: { de: 'Vorkasse' } },
    at_once: { title: 'At once', labels: { de: 'Sofort' } },
    net_14: { title: '14 days net', labels: { de: '14 Tage netto' } },
    net_30: { title: '30 days net', labels: { de: '30 Tage netto' } },
    net_60: { title: '60 days net', labels: { de: '60 Tage netto' } },
    discount_14: { title: '14 days 2 %, 30 days net', labels: { de: '14 Tage 2 %, 30 Tage netto' } },
  },
})
