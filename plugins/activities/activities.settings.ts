import type { Field } from '@xrm/sdk'

/** What an administrator decides about activities. */
export const activitySettings = {
  task_days: {
    type: 'integer',
    minimum: 0,
    maximum: 365,
    title: 'Days for a task',
    description: 'A new task without a date is planned for so many days from now. Empty: it gets no date.',
    'x-labels': { de: 'Tage für eine Aufgabe' },
    'x-descriptions': {
      de: 'Eine neue Aufgabe ohne Datum wird für so viele Tage ab jetzt geplant. Leer: Sie erhält kein Datum.',
    },
  },
} satisfies Record<string, Field>
