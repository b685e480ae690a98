import type { ProblemItem } from '@xrm/sdk'

/** The languages in which pages have their own words; what administrators write may be in more. */
export const pageLanguages = ['en', 'de'] as const
export type PageLanguage = (typeof pageLanguages)[number]

const en = {
  required: 'required',
  choose: 'Please choose',
  send: 'Send',
  thanks: 'Thank you. We have received your entry.',
  thanksTitle: 'Thank you',
  correct: 'Please correct what is marked.',
  again: 'Please look at it once more and send it again.',
  busy: 'Too much is coming in at the moment. Please send it again in {seconds} seconds.',
  failed: 'Something went wrong on our side. Please try again later.',
  notTaken: 'It could not be taken like this.',
  missingTitle: 'There is no such form',
  missing: 'It may have been closed, or the address is not right.',
  trap: 'Leave this empty',
  more: 'More about it',
  newWindow: 'opens in a new window',
  'address.street': 'Street and number',
  'address.postal_code': 'Postal code',
  'address.city': 'City',
  'address.region': 'Region',
  'address.country': 'Country',
  'field.required': 'Please fill this in',
  'field.type': 'This has the wrong form',
  'field.too-long': 'At most {maxLength} characters',
  'field.too-short': 'At least {minLength} characters',
  'field.text': 'There are characters in it that cannot be kept',
  'field.pattern': 'This does not have the required form',
  'field.email': 'This is not an e-mail address',
  'field.phone': 'This is not a phone number',
  'field.url': 'This is not a web address (https://…)',
  'field.integer': 'This is not a whole number',
  'field.decimal': 'This is not a number',
  'field.scale': 'At most {scale} digits after the point',
  'field.minimum': 'At least {minimum}',
  'field.maximum': 'At most {maximum}',
  'field.date': 'This is not a date',
  'field.option': 'This is not one of the options',
  'field.option-inactive': 'This option is no longer offered',
  'field.country': 'The country is a code of two letters, such as DE',
  'web-form.consent': 'Please tick this, or we may not keep your entry',
}

export type TextKey = keyof typeof en

const de: Record<TextKey, string> = {
  required: 'Pflichtfeld',
  choose: 'Bitte wählen',
  send: 'Absenden',
  thanks: 'Vielen Dank. Ihre Angaben sind bei uns angekommen.',
  thanksTitle: 'Vielen Dank',
  correct: 'Bitte berichtigen Sie, was markiert ist.',
  again: 'Bitte sehen Sie es noch einmal an und senden Sie es erneut ab.',
  busy: 'Gerade kommt zu viel an. Bitte senden Sie es in {seconds} Sekunden noch einmal ab.',
  failed: 'Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.',
  notTaken: 'So konnten wir es nicht annehmen.',
  missingTitle: 'Dieses Formular gibt es nicht',
  missing: 'Vielleicht wurde es geschlossen, oder die Adresse stimmt nicht.',
  trap: 'Bitte leer lassen',
  more: 'Mehr dazu',
  newWindow: 'öffnet ein neues Fenster',
  'address.street': 'Straße und Hausnummer',
  'address.postal_code': 'Postleitzahl',
  'address.city': 'Ort',
  'address.region': 'Region',
  'address.country': 'Land',
  'field.required': 'Bitte ausfüllen',
  'field.type': 'Das hat nicht die richtige Form',
  'field.too-long': 'Höchstens {maxLength} Zeichen',
  'field.too-short': 'Mindestens {minLength} Zeichen',
  'field.text': 'Darin sind Zeichen, die sich nicht speichern lassen',
  'field.pattern': 'Das hat nicht die verlangte Form',
  'field.email': 'Das ist keine E-Mail-Adresse',
  'field.phone': 'Das ist keine Telefonnummer',
  'field.url': 'Das ist keine Web-Adresse (https://…)',
  'field.integer': 'Das ist keine ganze Zahl',
  'field.decimal': 'Das ist keine Zahl',
  'field.scale': 'Höchstens {scale} Nachkommastellen',
  'field.minimum': 'Mindestens {minimum}',
  'field.maximum': 'Höchstens {maximum}',
  'field.date': 'Das ist kein Datum',
  'field.option': 'Das steht nicht zur Auswahl',
  'field.option-inactive': 'Das wird nicht mehr angeboten',
  'field.country': 'Das Land ist ein Kürzel aus zwei Buchstaben, etwa DE',
  'web-form.consent': 'Bitte ankreuzen, sonst dürfen wir Ihre Angaben nicht behalten',
}

const texts: Record<PageLanguage, Record<TextKey, string>> = { en, de }

/** A text of the page, with the values that it speaks of. */
export function say(
  language: PageLanguage,
  key: TextKey,
  params: Readonly<Record<string, unknown>> = {},
): string {
  return texts[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''))
}

/** What is said about an error of a field. Rules of the entity and plugins bring words of their own. */
export function sayError(language: PageLanguage, { code, detail, params }: ProblemItem): string {
  if (Object.hasOwn(en, code)) return say(language, code as TextKey, params)
  if (code.startsWith('field.')) return say(language, 'field.type')
  return (params?.['messages'] as Record<string, string> | undefined)?.[language] ?? detail
}

/** A text of a document in a language; English stands beside the others. */
export function fixedText(
  language: string,
  english: string,
  others: Readonly<Record<string, string>> | undefined,
): string {
  return others?.[language] ?? english
}

/** The language of a page: as asked for, else the first that the browser wants and we have. */
export function languageOf(asked: string | undefined, accepted: string | undefined): PageLanguage {
  const known = (tag: string): PageLanguage | undefined =>
    pageLanguages.find((one) => tag.trim().toLowerCase().split('-', 1)[0] === one)
  const wanted = (accepted ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...params] = part.split(';')
      const q = Number(
        params
          .find((one) => one.trim().startsWith('q='))
          ?.trim()
          .slice(2) ?? 1,
      )
      return { language: known(tag), q: Number.isFinite(q) ? q : 0 }
    })
    .filter(({ language, q }) => language !== undefined && q > 0)
    .toSorted((a, b) => b.q - a.q)
  return known(asked ?? '') ?? wanted[0]?.language ?? 'en'
}
