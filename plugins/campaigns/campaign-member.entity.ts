import { defineEntity } from '@xrm/sdk'

/** That a lead, contact or account takes part in a campaign, and how it went. A conversion moves it along. */
export const campaignMember = defineEntity({
  title: 'Campaign member',
  description:
    'That a lead, a contact or an account takes part in a campaign, and how far: invited, responded, attended. Somebody who is not known yet is noted by name and can be converted into a lead. When a lead is converted, its memberships move to the contact.',
  type: 'object',
  required: ['campaign'],
  'x-entity': {
    name: 'campaign_member',
    plural: 'campaign_members',
    labels: {
      en: { one: 'Campaign member', other: 'Campaign members' },
      de: { one: 'Kampagnenteilnehmer', other: 'Kampagnenteilnehmer' },
    },
    descriptions: {
      de: 'Dass ein Lead, ein Kontakt oder eine Firma an einer Kampagne teilnimmt, und wie weit: eingeladen, reagiert, dabei gewesen. Wer noch nicht bekannt ist, steht mit Namen da und kann in einen Lead umgewandelt werden. Wird ein Lead umgewandelt, ziehen seine Teilnahmen zum Kontakt um.',
    },
    display: 'campaign.name',
    icon: 'user-check',
    navigation: false,
  },
  properties: {
    campaign: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'campaign',
        onDelete: 'restrict',
        inverse: { title: 'Members', labels: { de: 'Teilnehmer' } },
      },
      title: 'Campaign',
      'x-labels': { de: 'Kampagne' },
    },
    member: {
      'x-type': 'relation-any',
      'x-entities': { lead: true, contact: true, account: true },
      title: 'Member',
      'x-labels': { de: 'Teilnehmer' },
    },
    first_name: {
      'x-personal': true,
      type: 'string',
      maxLength: 120,
      title: 'First name',
      'x-labels': { de: 'Vorname' },
    },
    last_name: {
      'x-personal': true,
      type: 'string',
      maxLength: 120,
      title: 'Last name',
      description: 'Of somebody who is not known yet, for instance from a list of registrations.',
      'x-labels': { de: 'Nachname' },
      'x-descriptions': { de: 'Von jemandem, der noch nicht bekannt ist, etwa aus einer Anmeldeliste.' },
    },
    company: { type: 'string', maxLength: 200, title: 'Company', 'x-labels': { de: 'Firmenname' } },
    email: { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' } },
    phone: { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' } },
    status: {
      'x-type': 'select',
      'x-options': {
        planned: { title: 'Planned', labels: { de: 'Vorgesehen' }, color: 'gray' },
        invited: { title: 'Invited', labels: { de: 'Eingeladen' }, color: 'blue' },
        responded: { title: 'Responded', labels: { de: 'Reagiert' }, color: 'teal' },
        registered: { title: 'Registered', labels: { de: 'Angemeldet' }, color: 'violet' },
        attended: { title: 'Took part', labels: { de: 'Teilgenommen' }, color: 'green' },
        declined: { title: 'Declined', labels: { de: 'Abgesagt' }, color: 'red' },
      },
      default: 'planned',
      title: 'Status',
      'x-labels': { de: 'Status' },
    },
    responded_on: {
      type: 'string',
      format: 'date',
      title: 'Responded on',
      'x-labels': { de: 'Reagiert am' },
    },
    note: { 'x-personal': true, type: 'string', title: 'Note', 'x-labels': { de: 'Notiz' } },
  },
  'x-rules': {
    somebody: {
      check: 'member != null || last_name != null || company != null',
      message: 'A member is a record, or has a last name or a company',
      messages: { de: 'Ein Teilnehmer ist ein Datensatz oder hat einen Nachnamen oder Firmennamen' },
      pointer: '/member',
    },
  },
  'x-unique': { once: ['campaign', 'member'] },
})
