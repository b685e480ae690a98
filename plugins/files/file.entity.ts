import { defineEntity } from '@xrm/sdk'

const told = { 'x-readonly': true, 'x-required': true } as const

/** A file that hangs on records: an offer, a drawing, a photo. What is in it comes in by `POST /api/files` alone. */
export const file = defineEntity({
  title: 'File',
  description:
    'A file that hangs on records: an offer, a contract, a drawing, a photo. Whoever may read one of these records may read it, if their role lets them read files at all.',
  type: 'object',
  'x-entity': {
    name: 'file',
    plural: 'files',
    labels: { en: { one: 'File', other: 'Files' }, de: { one: 'Datei', other: 'Dateien' } },
    descriptions: {
      de: 'Eine Datei, die an Datensätzen hängt: ein Angebot, ein Vertrag, eine Zeichnung, ein Foto. Wer einen dieser Datensätze lesen darf, darf sie lesen, wenn seine Rolle ihn Dateien überhaupt lesen lässt.',
    },
    display: 'name',
    icon: 'paperclip',
    order: 55,
    search: ['name'],
    owner: true,
    timeline: { regarding: 'regarding', at: 'created_at', done: 'true' },
    content: { name: 'name', type: 'media_type', size: 'size', digest: 'digest', key: 'content' },
  },
  properties: {
    name: {
      'x-personal': true,
      'x-required': true,
      type: 'string',
      minLength: 1,
      maxLength: 200,
      title: 'Name',
      'x-labels': { de: 'Name' },
    },
    regarding: {
      'x-type': 'relation-any',
      'x-multiple': true,
      title: 'Hangs on',
      description: 'The records on which the file shows.',
      'x-labels': { de: 'Hängt an' },
      'x-descriptions': { de: 'Die Datensätze, bei denen die Datei steht.' },
    },
    media_type: {
      ...told,
      type: 'string',
      maxLength: 200,
      title: 'Kind',
      description: 'Found in the bytes, where they tell.',
      'x-labels': { de: 'Art' },
      'x-descriptions': { de: 'Aus dem Inhalt gelesen, wo er es verrät.' },
    },
    size: {
      ...told,
      type: 'integer',
      minimum: 0,
      title: 'Size in bytes',
      'x-labels': { de: 'Größe in Byte' },
    },
    digest: {
      ...told,
      'x-personal': true,
      type: 'string',
      maxLength: 64,
      title: 'SHA-256',
      description: 'Two files with the same one hold the same.',
      'x-labels': { de: 'SHA-256' },
      'x-descriptions': { de: 'Zwei Dateien mit demselben Wert haben denselben Inhalt.' },
    },
    content: {
      ...told,
      'x-personal': true,
      type: 'string',
      maxLength: 36,
      title: 'Content',
      description: 'By which what is in it is found. Who may read this field may download the file.',
      'x-labels': { de: 'Inhalt' },
      'x-descriptions': {
        de: 'Woran der Inhalt gefunden wird. Wer dieses Feld lesen darf, darf die Datei herunterladen.',
      },
    },
    description: {
      'x-personal': true,
      'x-type': 'long-text',
      title: 'Description',
      'x-labels': { de: 'Beschreibung' },
    },
  },
})
