import type { en } from './en.ts'

export const de: Record<keyof typeof en, string> = {
  title: 'Hinweise',
  empty: 'Nichts Neues',
  'empty-text':
    'Hier lesen Sie, was mit Ihren Datensätzen von selbst geschah und wann lange Arbeiten fertig sind.',
  'read-all': 'Alle als gelesen markieren',
  unread: 'neu',
  more: 'Mehr zeigen',
  open: 'Öffnen',
  bulks: 'Sammel-Umwandlungen',
  'a-record': 'Ein Datensatz',
  'bulk.ended': '„{conversion}“ ist fertig: {done} umgewandelt, {held} zu entscheiden, {failed} gescheitert.',
  'conversion.converted': '{record} wurde von selbst umgewandelt („{conversion}“).',
  'conversion.declined': '{record} wurde von selbst ohne Umwandlung geschlossen („{conversion}“).',
  'conversion.trigger-failed': '{record} ließ sich nicht von selbst umwandeln („{conversion}“): {problem}',
  'conversion.loop':
    '„{conversion}“ hätte sich für {record} wieder selbst gestartet und wurde angehalten. Ein Administrator sollte sich die Auslöser ansehen.',
  'web-form.new': '{record} kam über das Web-Formular „{title}“.',
  'web-form.again': '{record} kam noch einmal über das Web-Formular „{title}“.',
  'web-form.differs': 'Darin steht anderes, das nicht übernommen wurde: {left}.',
  'web-form.incomplete':
    'Eine Einsendung des Web-Formulars „{title}“ bekam nicht alles, was sie sollte: {reason}',
}
