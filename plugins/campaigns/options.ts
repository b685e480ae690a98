import { defineOptionSet } from '@xrm/sdk'

/** Kinds of marketing actions. */
export const campaignType = defineOptionSet({
  title: 'Type of campaign',
  labels: { de: 'Art der Kampagne' },
  options: {
    fair: { title: 'Trade fair', labels: { de: 'Messe' }, color: 'violet' },
    event: { title: 'Event of our own', labels: { de: 'Hausveranstaltung' }, color: 'teal' },
    webinar: { title: 'Webinar', labels: { de: 'Webinar' }, color: 'teal' },
    phone: { title: 'Phone', labels: { de: 'Telefonaktion' }, color: 'amber' },
    mailing: { title: 'Mailing', labels: { de: 'Mailing' }, color: 'blue' },
    newsletter: { title: 'Newsletter', labels: { de: 'Newsletter' }, color: 'blue' },
    web: { title: 'Web', labels: { de: 'Web' }, color: 'green' },
    social_media: { title: 'Social media', labels: { de: 'Soziale Medien' }, color: 'green' },
    advertisement: { title: 'Advertisement', labels: { de: 'Anzeige' }, color: 'gray' },
    referral: { title: 'Referral programme', labels: { de: 'Empfehlungsprogramm' }, color: 'gray' },
    other: { title: 'Other', labels: { de: 'Sonstige' }, color: 'gray' },
  },
})
