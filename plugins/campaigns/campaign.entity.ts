import { defineEntity } from '@xrm/sdk'

/** A marketing action. Its cost, members and the verdict afterwards say whether it is worth repeating. */
export const campaign = defineEntity({
  title: 'Campaign',
  description:
    'A marketing action: fair, event of our own, calls, mailing, web. Leads, contacts and opportunities that come from it name it, so that its success can be measured, and afterwards it is judged: worth repeating?',
  type: 'object',
  required: ['name'],
  'x-entity': {
    name: 'campaign',
    plural: 'campaigns',
    labels: { en: { one: 'Campaign', other: 'Campaigns' }, de: { one: 'Kampagne', other: 'Kampagnen' } },
    descriptions: {
      de: 'Eine Marketingaktion: Messe, eigene Veranstaltung, Telefonaktion, Mailing, Web. Leads, Kontakte und Verkaufschancen daraus nennen sie, damit ihr Erfolg messbar ist, und danach wird geurteilt: wiederholen?',
    },
    display: 'name',
    icon: 'megaphone',
    order: 60,
    search: ['name', 'location'],
    owner: true,
    activities: true,
    files: true,
  },
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      title: 'Name',
      'x-labels': { de: 'Name' },
      'x-index': true,
    },
    type: { 'x-type': 'select', 'x-options': 'campaign-type', title: 'Type', 'x-labels': { de: 'Art' } },
    status: {
      'x-type': 'stage',
      'x-stages': {
        planned: { title: 'Planned', labels: { de: 'Geplant' }, category: 'open', color: 'blue' },
        running: { title: 'Running', labels: { de: 'Läuft' }, category: 'open', color: 'amber' },
        finished: { title: 'Finished', labels: { de: 'Beendet' }, category: 'won', color: 'green' },
        cancelled: { title: 'Cancelled', labels: { de: 'Abgesagt' }, category: 'lost', color: 'gray' },
      },
      title: 'Status',
      'x-labels': { de: 'Status' },
    },
    start_date: {
      type: 'string',
      format: 'date',
      title: 'Start',
      'x-labels': { de: 'Beginn' },
      'x-index': true,
    },
    end_date: { type: 'string', format: 'date', title: 'End', 'x-labels': { de: 'Ende' } },
    location: { type: 'string', maxLength: 200, title: 'Location', 'x-labels': { de: 'Ort' } },
    budget: { 'x-type': 'money', minimum: 0, title: 'Budget', 'x-labels': { de: 'Budget' } },
    cost: { 'x-type': 'money', minimum: 0, title: 'Actual cost', 'x-labels': { de: 'Tatsächliche Kosten' } },
    budget_left: {
      'x-type': 'formula',
      'x-formula': 'budget - coalesce(cost, budget * 0)',
      title: 'Left of the budget',
      'x-labels': { de: 'Übrig vom Budget' },
    },
    goal: { 'x-type': 'long-text', title: 'Goal', 'x-labels': { de: 'Ziel' } },
    repeat: {
      'x-type': 'select',
      'x-options': {
        yes: { title: 'Yes', labels: { de: 'Ja' }, color: 'green' },
        changed: { title: 'Yes, with changes', labels: { de: 'Ja, mit Änderungen' }, color: 'amber' },
        no: { title: 'No', labels: { de: 'Nein' }, color: 'red' },
      },
      title: 'Repeat?',
      description: 'The verdict afterwards: is it worth doing again?',
      'x-labels': { de: 'Wiederholen?' },
      'x-descriptions': { de: 'Das Urteil danach: Lohnt es sich, das noch einmal zu tun?' },
    },
    lessons: { 'x-type': 'long-text', title: 'Lessons learned', 'x-labels': { de: 'Was wir gelernt haben' } },
    external_id: {
      type: 'string',
      maxLength: 100,
      title: 'External id',
      description:
        'The number in the system that the record comes from. An import finds the record again by it.',
      'x-labels': { de: 'Externe Nummer' },
      'x-descriptions': {
        de: 'Die Nummer in dem System, aus dem der Datensatz stammt. Ein Import findet ihn daran wieder.',
      },
    },
  },
  'x-rules': {
    'ends-after-start': {
      check: 'start_date == null || end_date == null || end_date >= start_date',
      message: 'A campaign ends after it starts',
      messages: { de: 'Eine Kampagne endet nach ihrem Beginn' },
      pointer: '/end_date',
    },
  },
  'x-unique': { 'external-id': ['external_id'] },
})
