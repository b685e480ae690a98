import { defineEntity } from '@xrm/sdk'

/** Something that happened or is planned; an entry on the timeline of every record that it regards. */
export const activity = defineEntity({
  title: 'Activity',
  description:
    'Whatever happens or is planned with a customer, prospect or supplier: task, call, meeting, e-mail, note, visit report. One entry can regard any number of records and shows on the timeline of each.',
  type: 'object',
  required: ['subject', 'type'],
  'x-entity': {
    name: 'activity',
    plural: 'activities',
    labels: { en: { one: 'Activity', other: 'Activities' }, de: { one: 'Aktivität', other: 'Aktivitäten' } },
    descriptions: {
      de: 'Was mit einem Kunden, Interessenten oder Lieferanten geschieht oder geplant ist: Aufgabe, Anruf, Termin, E-Mail, Notiz, Besuchsbericht. Ein Eintrag kann beliebig viele Datensätze betreffen und steht auf dem Zeitstrahl eines jeden.',
    },
    display: 'subject',
    icon: 'calendar-check',
    order: 50,
    search: ['subject'],
    owner: true,
    files: true,
    timeline: {
      regarding: 'regarding',
      kind: 'type',
      at: 'coalesce(done_at, due_at, created_at)',
      done: "status != 'planned'",
    },
  },
  properties: {
    type: {
      'x-type': 'select',
      'x-options': {
        task: { title: 'Task', labels: { de: 'Aufgabe' }, color: 'blue' },
        call: { title: 'Call', labels: { de: 'Anruf' }, color: 'green' },
        meeting: { title: 'Meeting', labels: { de: 'Termin' }, color: 'violet' },
        email: { title: 'E-mail', labels: { de: 'E-Mail' }, color: 'teal' },
        note: { title: 'Note', labels: { de: 'Notiz' }, color: 'gray' },
        visit_report: { title: 'Visit report', labels: { de: 'Besuchsbericht' }, color: 'amber' },
      },
      default: 'task',
      title: 'Type',
      'x-labels': { de: 'Art' },
    },
    subject: {
      'x-personal': true,
      type: 'string',
      minLength: 1,
      maxLength: 250,
      title: 'Subject',
      'x-labels': { de: 'Betreff' },
    },
    status: {
      'x-type': 'stage',
      'x-stages': {
        planned: { title: 'Planned', labels: { de: 'Geplant' }, category: 'open', color: 'blue' },
        done: { title: 'Done', labels: { de: 'Erledigt' }, category: 'won', color: 'green' },
        cancelled: { title: 'Cancelled', labels: { de: 'Entfallen' }, category: 'lost', color: 'gray' },
      },
      title: 'Status',
      'x-labels': { de: 'Status' },
    },
    regarding: {
      'x-type': 'relation-any',
      'x-multiple': true,
      title: 'Regarding',
      description: 'The records on whose timelines the entry shows.',
      'x-labels': { de: 'Betrifft' },
      'x-descriptions': { de: 'Die Datensätze, auf deren Zeitstrahl der Eintrag steht.' },
    },
    due_at: {
      type: 'string',
      format: 'date-time',
      title: 'Planned for',
      'x-labels': { de: 'Geplant für' },
      'x-index': true,
    },
    done_at: {
      type: 'string',
      format: 'date-time',
      title: 'Done at',
      description: 'Set when the status becomes "done", unless it is given.',
      'x-labels': { de: 'Erledigt am' },
      'x-descriptions': { de: 'Wird gesetzt, wenn der Status „Erledigt“ wird, sofern nicht angegeben.' },
    },
    assignee: {
      'x-type': 'user',
      title: 'Assigned to',
      'x-labels': { de: 'Zugewiesen an' },
      'x-index': true,
    },
    assigned_team: {
      'x-type': 'team',
      title: 'Assigned to team',
      description: 'A department instead of, or beside, a person.',
      'x-labels': { de: 'Zugewiesen an Team' },
      'x-descriptions': { de: 'Eine Abteilung statt oder neben einer Person.' },
    },
    priority: {
      'x-type': 'select',
      'x-options': {
        high: { title: 'High', labels: { de: 'Hoch' }, color: 'red' },
        normal: { title: 'Normal', labels: { de: 'Normal' }, color: 'gray' },
        low: { title: 'Low', labels: { de: 'Niedrig' }, color: 'gray' },
      },
      default: 'normal',
      title: 'Priority',
      'x-labels': { de: 'Priorität' },
    },
    direction: {
      'x-type': 'select',
      'x-options': {
        outbound: { title: 'From us', labels: { de: 'Ausgehend' } },
        inbound: { title: 'To us', labels: { de: 'Eingehend' } },
      },
      title: 'Direction',
      'x-labels': { de: 'Richtung' },
    },
    duration_minutes: { type: 'integer', minimum: 0, title: 'Minutes', 'x-labels': { de: 'Minuten' } },
    location: { type: 'string', maxLength: 200, title: 'Location', 'x-labels': { de: 'Ort' } },
    description: {
      'x-personal': true,
      'x-type': 'long-text',
      title: 'Content',
      'x-labels': { de: 'Inhalt' },
    },
    result: { 'x-personal': true, 'x-type': 'long-text', title: 'Result', 'x-labels': { de: 'Ergebnis' } },
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
  'x-unique': { 'external-id': ['external_id'] },
})
