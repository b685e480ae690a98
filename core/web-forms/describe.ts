import type { WebFormDescription } from '@xrm/sdk/web-forms'
import type { WebFormModel } from '../documents/model.ts'
import { optionTitle, titleOf } from './page.ts'
import { fixedText, type PageLanguage, say } from './texts.ts'

/** A form as data, in one language. Says no more than the page shows. */
export function describeForm(
  { name, body, fields }: WebFormModel,
  language: PageLanguage,
): Omit<WebFormDescription, 'token'> {
  const text = (english: string | undefined, others: Record<string, string> | undefined): string | null =>
    english === undefined ? null : fixedText(language, english, others)
  return {
    name,
    language,
    title: fixedText(language, body.title, body.labels),
    description: text(body.description, body.descriptions),
    fields: fields.map(({ field, body: own, required }) => ({
      name: field.name,
      title: titleOf(field, own, language),
      description: text(own.description, own.descriptions),
      placeholder: text(own.placeholder, own.placeholders),
      type: field.type.name,
      required,
      maxLength: field.field.maxLength ?? null,
      minimum: field.field.minimum ?? null,
      maximum: field.field.maximum ?? null,
      options: field.options
        .filter(({ active }) => active)
        .map((option) => ({ key: option.key, title: optionTitle(option, language) })),
    })),
    consent: body.consent
      ? {
          message: fixedText(language, body.consent.message, body.consent.messages),
          url: body.consent.url ?? null,
        }
      : null,
    submit: body.submit ? fixedText(language, body.submit.title, body.submit.labels) : say(language, 'send'),
  }
}
