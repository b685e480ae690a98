import type { en } from './en.ts'

/** The texts of the editors, in German. */
export const de: typeof en = {
  completions: 'Vorschläge',
  diagnostics: 'Was hier nicht stimmt',
  'no-diagnostics': 'Hier stimmt alles',
  current: 'jetzt',
  previous: 'Vorige',
  next: 'Nächste',
  close: 'Schließen',
  fold: 'Einklappen',
  unfold: 'Ausklappen',
  folded: 'Eingeklappt',
  unfolded: 'Ausgeklappt',
  to: 'bis',
  required: 'Pflicht',
  'one-of': 'Eins von: {values}',
  syntax: 'Hier fehlt etwas, oder es gehört nicht hierher.',
  issues_one: '{count} Problem. Das erste, in Zeile {line}: {message}',
  issues_other: '{count} Probleme. Das erste, in Zeile {line}: {message}',
  checking: 'Die Prüfung ging nicht: {reason}',
  fine: 'Es ist nichts daran auszusetzen.',
  keys: 'Strg+Leertaste schlägt vor, Strg+S speichert in den Entwurf, Esc und dann Tab verlässt das Feld.',
}
