import { defineOptionSet } from '@xrm/sdk'

/** Why a lead was closed without becoming a customer. */
export const leadCloseReason = defineOptionSet({
  title: 'Reason for closing a lead',
  labels: { de: 'Grund der Schließung eines Leads' },
  options: {
    no_interest: { title: 'No interest', labels: { de: 'Kein Interesse' } },
    no_budget: { title: 'No budget', labels: { de: 'Kein Budget' } },
    no_fit: { title: 'We do not fit', labels: { de: 'Wir passen nicht' } },
    not_reached: { title: 'Not reached', labels: { de: 'Nicht erreicht' } },
    expired: {
      title: 'Nothing happened in the planned time',
      labels: { de: 'Nichts in der geplanten Zeit' },
    },
    competitor: { title: 'Went to a competitor', labels: { de: 'Zum Wettbewerb gegangen' } },
    duplicate: { title: 'Was there already', labels: { de: 'War schon vorhanden' } },
    wrong_data: { title: 'Wrong data', labels: { de: 'Falsche Daten' } },
    opted_out: { title: 'Wants no contact', labels: { de: 'Wünscht keinen Kontakt' } },
    other: { title: 'Other', labels: { de: 'Sonstiges' } },
  },
})
