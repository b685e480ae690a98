import { defineOptionSet } from '@xrm/sdk'

/** What can be sold. Every firm replaces these by its own. */
export const product = defineOptionSet({
  title: 'Product',
  labels: { de: 'Produkt' },
  options: {
    goods: { title: 'Goods', labels: { de: 'Ware' } },
    machine: { title: 'Machine', labels: { de: 'Maschine' } },
    software: { title: 'Software', labels: { de: 'Software' } },
    maintenance: { title: 'Maintenance', labels: { de: 'Wartung' } },
    consulting: { title: 'Consulting', labels: { de: 'Beratung' } },
    training: { title: 'Training', labels: { de: 'Schulung' } },
    project: { title: 'Project', labels: { de: 'Projekt' } },
  },
})

/** Parts of the firm that business belongs to. Every firm replaces these by its own. */
export const businessUnit = defineOptionSet({
  title: 'Business unit',
  labels: { de: 'Geschäftsbereich' },
  options: {
    direct: { title: 'Direct sales', labels: { de: 'Direktvertrieb' } },
    partner: { title: 'Partner sales', labels: { de: 'Partnervertrieb' } },
    export: { title: 'Export', labels: { de: 'Export' } },
    service: { title: 'Service', labels: { de: 'Service' } },
  },
})

/** Why a sale did not come about. */
export const lostReason = defineOptionSet({
  title: 'Reason for a loss',
  labels: { de: 'Verlustgrund' },
  options: {
    price: { title: 'Price', labels: { de: 'Preis' } },
    competitor: { title: 'Competitor', labels: { de: 'Wettbewerber' } },
    no_budget: { title: 'No budget', labels: { de: 'Kein Budget' } },
    no_need: { title: 'No need', labels: { de: 'Kein Bedarf' } },
    timing: { title: 'Wrong time', labels: { de: 'Falscher Zeitpunkt' } },
    product: { title: 'Product does not fit', labels: { de: 'Produkt passt nicht' } },
    no_answer: { title: 'No answer', labels: { de: 'Keine Antwort' } },
    other: { title: 'Other', labels: { de: 'Sonstiges' } },
  },
})
