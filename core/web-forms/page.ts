import { html } from 'hono/html'
import type { ProblemItem } from '@xrm/sdk'
import type { FieldModel, OptionModel, WebFormField, WebFormModel } from '../documents/model.ts'
import { addressParts } from '../fields/address.ts'
import { countries } from './countries.ts'
import { consentName, type Posted, tokenName, trapName } from './read-posted.ts'
import { fixedText, pageLanguages, type PageLanguage, say, sayError } from './texts.ts'

type Html = ReturnType<typeof html>

/** What stands on the page besides the form itself. */
export interface PageState {
  language: PageLanguage
  token: string
  /** What was entered before; absent: an empty page. */
  posted?: Posted
  errors?: readonly ProblemItem[]
  /** A sentence above the fields. */
  note?: string
}

/** The page of a form: works without a script, and every text on it is text. */
export function formPage(form: WebFormModel, state: PageState): Html {
  const { language, token, errors = [], note } = state
  const { body, name } = form
  const title = fixedText(language, body.title, body.labels)
  const description = body.description && fixedText(language, body.description, body.descriptions)
  const submit = body.submit && fixedText(language, body.submit.title, body.submit.labels)
  const asked = form.fields.map(({ field }) => field.name)
  // What belongs to no field that is shown stands above them.
  const general = errors.filter(({ pointer }) => pointer === '#').map((one) => generalError(language, one))
  const first = errors.find(({ pointer }) => pointer !== '#')
  const faulty = first && (asked.find((one) => first.pointer === `#/values/${one}`) ?? consentName)
  const say1 = note ?? (errors.length > 0 ? say(language, 'correct') : undefined)
  return layout(
    language,
    errors.length > 0 ? `${say(language, 'correct')} – ${title}` : title,
    html`<main>
      <h1>${title}</h1>
      ${description ? html`<p class="lead">${description}</p>` : ''}
      ${
        say1 === undefined && general.length === 0
          ? ''
          : html`<div class="note" role="alert">
              ${say1 === undefined ? '' : html`<p>${say1}</p>`} ${general.map((text) => html`<p>${text}</p>`)}
            </div>`
      }
      <form method="post" action="/forms/${name}?lang=${language}" accept-charset="utf-8">
        <input type="hidden" name="${tokenName}" value="${token}" />
        <div class="trap" aria-hidden="true">
          <label for="${trapName}">${say(language, 'trap')}</label>
          <input id="${trapName}" name="${trapName}" type="text" tabindex="-1" autocomplete="off" />
        </div>
        ${form.fields.map((field) => control(field, state, field.field.name === faulty))}
        ${body.consent ? consentControl(form, state, faulty === consentName) : ''}
        <p><button type="submit">${submit ?? say(language, 'send')}</button></p>
      </form>
      ${languageLinks(`/forms/${name}`, language)}
    </main>`,
  )
}

/** What stands there when an entry was taken. */
export function thanksPage({ body, name }: WebFormModel, language: PageLanguage): Html {
  const words = body.thanks && fixedText(language, body.thanks.message, body.thanks.messages)
  return layout(
    language,
    say(language, 'thanksTitle'),
    html`<main>
      <h1>${say(language, 'thanksTitle')}</h1>
      <p class="lead" role="status">${words ?? say(language, 'thanks')}</p>
      ${languageLinks(`/forms/${name}/thanks`, language)}
    </main>`,
  )
}

/** For every form that is not there to be seen: whether it exists makes no difference. */
export function missingPage(language: PageLanguage): Html {
  return layout(
    language,
    say(language, 'missingTitle'),
    html`<main>
      <h1>${say(language, 'missingTitle')}</h1>
      <p class="lead">${say(language, 'missing')}</p>
    </main>`,
  )
}

function layout(language: PageLanguage, title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/forms/style.css" />
      </head>
      <body>
        ${content}
      </body>
    </html>`
}

function languageLinks(path: string, current: PageLanguage): Html {
  const names: Record<PageLanguage, string> = { en: 'English', de: 'Deutsch' }
  return html`<nav class="languages" aria-label="Language / Sprache">
    ${pageLanguages.map((one) =>
      one === current
        ? html`<span lang="${one}" aria-current="true">${names[one]}</span>`
        : html`<a href="${path}?lang=${one}" lang="${one}" hreflang="${one}">${names[one]}</a>`,
    )}
  </nav>`
}

/** What the form asks for can be corrected; of the rest only what the entity's rules say is meant for people. */
function generalError(language: PageLanguage, error: ProblemItem): string {
  return error.code.startsWith('rule.') ? sayError(language, error) : say(language, 'notTaken')
}

interface Control {
  id: string
  name: string
  value: string
  values: readonly string[]
  required: boolean
  describedBy: string
  invalid: boolean
  autofocus: boolean
  placeholder: string
}

function control({ field, body, required }: WebFormField, state: PageState, isFirst: boolean): Html {
  const { language, posted, errors = [] } = state
  const { name } = field
  const label = titleOf(field, body, language)
  const help = body.description && fixedText(language, body.description, body.descriptions)
  const mistakes = errors
    .filter(({ pointer }) => pointer === `#/values/${name}`)
    .map((one) => sayError(language, one))
  const values = posted?.get(name) ?? []
  const own: Control = {
    id: `field-${name}`,
    name,
    value: values[0] ?? '',
    values,
    required,
    describedBy: [help ? `help-${name}` : '', mistakes.length > 0 ? `error-${name}` : '']
      .filter(Boolean)
      .join(' '),
    invalid: mistakes.length > 0,
    autofocus: isFirst,
    placeholder: body.placeholder ? fixedText(language, body.placeholder, body.placeholders) : '',
  }
  const below = html`${help ? html`<p class="help" id="help-${name}">${help}</p>` : ''}
  ${mistakes.length > 0 ? html`<p class="error" id="error-${name}">${mistakes.join(' ')}</p>` : ''}`
  const mark = required ? html` <span class="mark">(${say(language, 'required')})</span>` : ''
  if (field.type.name === 'boolean')
    return html`<div class="field">
      <label class="tick"
        ><input type="checkbox" value="true" ${attributes(own)} ${own.value ? html`checked` : ''} /><span
          >${label}${mark}</span
        ></label
      >${below}
    </div>`
  if (field.type.name === 'multi-select' || field.type.name === 'address')
    return html`<fieldset class="field" ${own.describedBy ? html`aria-describedby="${own.describedBy}"` : ''}>
      <legend>${label}${mark}</legend>
      ${field.type.name === 'address' ? addressInputs(own, state) : ticks(own, field, language)} ${below}
    </fieldset>`
  return html`<div class="field">
    <label for="${own.id}">${label}${mark}</label>
    ${single(own, field, language)} ${below}
  </div>`
}

/** What every control has: its name, and what is known of it for those who do not see it. */
function attributes({ id, name, required, describedBy, invalid, autofocus, placeholder }: Control): Html {
  return html`id="${id}" name="${name}" ${required ? html`required` : ''}
  ${describedBy ? html`aria-describedby="${describedBy}"` : ''} ${invalid ? html`aria-invalid="true"` : ''}
  ${autofocus ? html`autofocus` : ''} ${placeholder ? html`placeholder="${placeholder}"` : ''}`
}

/** Type, what browsers fill in by themselves, and the bounds that they can check. */
function single(own: Control, { name, type, field, options }: FieldModel, language: PageLanguage): Html {
  const common = attributes(own)
  if (type.name === 'long-text')
    return html`<textarea rows="5" ${lengths(field, 100_000)} ${common}>${own.value}</textarea>`
  if (type.name === 'select')
    return html`<select ${common}>
      <option value="">${own.required ? say(language, 'choose') : ''}</option>
      ${options
        .filter(({ active }) => active)
        .map(
          (option) =>
            html`<option value="${option.key}" ${option.key === own.value ? html`selected` : ''}>
              ${optionTitle(option, language)}
            </option>`,
        )}
    </select>`
  if (type.name === 'integer' || type.name === 'decimal' || type.name === 'percent') {
    const step = type.name === 'integer' ? '1' : 'any'
    return html`<input
      type="number"
      inputmode="decimal"
      step="${step}"
      value="${own.value}"
      ${field.minimum === undefined ? '' : html`min="${field.minimum}"`}
      ${field.maximum === undefined ? '' : html`max="${field.maximum}"`}
      ${common}
    />`
  }
  if (type.name === 'date') return html`<input type="date" value="${own.value}" ${common} />`
  // A host without https:// is taken too, which `type=url` would refuse.
  const kinds: Record<string, [type: string, maxLength: number]> = {
    email: ['email', 254],
    phone: ['tel', 60],
    url: ['text', 2000],
  }
  const [kind, most] = kinds[type.name] ?? ['text', 255]
  const filled = autocompleteOf(type.name, name)
  return html`<input
    type="${kind}"
    value="${own.value}"
    ${lengths(field, most)}
    ${type.name === 'url' ? html`inputmode="url"` : ''}
    ${filled ? html`autocomplete="${filled}"` : ''}
    ${common}
  />`
}

function lengths({ minLength, maxLength }: FieldModel['field'], most: number): Html {
  return html`maxlength="${maxLength ?? most}"
  ${minLength === undefined ? '' : html`minlength="${minLength}"`}`
}

/** What browsers know of their users, by the kind of the field and by the names that fields usually have. */
function autocompleteOf(type: string, name: string): string | undefined {
  const byType: Record<string, string> = { email: 'email', phone: 'tel', url: 'url' }
  const byName: Record<string, string> = {
    first_name: 'given-name',
    last_name: 'family-name',
    name: 'name',
    company: 'organization',
    job_title: 'organization-title',
  }
  return byType[type] ?? byName[name]
}

function ticks(own: Control, { options }: FieldModel, language: PageLanguage): Html {
  return html`${options
    .filter(({ active }) => active)
    .map(
      (option, index) =>
        html`<label class="tick"
          ><input
            type="checkbox"
            name="${own.name}"
            value="${option.key}"
            ${own.values.includes(option.key) ? html`checked` : ''}
            ${own.autofocus && index === 0 ? html`autofocus` : ''}
          /><span>${optionTitle(option, language)}</span></label
        >`,
    )}`
}

const addressFilled: Record<(typeof addressParts)[number], string> = {
  street: 'street-address',
  postal_code: 'postal-code',
  city: 'address-level2',
  region: 'address-level1',
  country: 'country',
}

function addressInputs(own: Control, { language, posted }: PageState): Html {
  return html`${addressParts.map((part, index) => {
    const name = `${own.name}.${part}`
    const id = `${own.id}-${part}`
    const value = posted?.get(name)?.[0] ?? ''
    const focus = own.autofocus && index === 0 ? html`autofocus` : ''
    return html`<div class="part">
      <label for="${id}">${say(language, `address.${part}`)}</label>
      ${
        part === 'country'
          ? html`<select id="${id}" name="${name}" autocomplete="country">
              <option value=""></option>
              ${countries(language).map(
                ({ code, name: text }) =>
                  html`<option value="${code}" ${code === value ? html`selected` : ''}>${text}</option>`,
              )}
            </select>`
          : html`<input
              type="text"
              id="${id}"
              name="${name}"
              value="${value}"
              maxlength="200"
              ${focus}
              autocomplete="${addressFilled[part]}"
            />`
      }
    </div>`
  })}`
}

function consentControl({ body }: WebFormModel, state: PageState, isFirst: boolean): Html {
  const { language, posted, errors = [] } = state
  const { message, messages, url } = body.consent!
  const invalid = errors.some(({ pointer }) => pointer === '#/consent')
  return html`<div class="field consent">
    <label class="tick"
      ><input
        type="checkbox"
        id="${consentName}"
        name="${consentName}"
        value="true"
        required
        ${posted?.has(consentName) ? html`checked` : ''}
        ${isFirst ? html`autofocus` : ''}
        ${invalid ? html`aria-invalid="true" aria-describedby="error-${consentName}"` : ''}
      /><span>${fixedText(language, message, messages)}</span></label
    >
    ${
      url === undefined
        ? ''
        : html`<p class="help">
            <a href="${url}" target="_blank" rel="noopener noreferrer"
              >${say(language, 'more')} (${say(language, 'newWindow')})</a
            >
          </p>`
    }
    ${invalid ? html`<p class="error" id="error-${consentName}">${say(language, 'web-form.consent')}</p>` : ''}
  </div>`
}

/** What a field is called on the page: by the form, else by the entity. */
export function titleOf(field: FieldModel, body: WebFormField['body'], language: string): string {
  if (body.title !== undefined) return fixedText(language, body.title, body.labels)
  return fixedText(language, field.field.title ?? field.name.replaceAll('_', ' '), field.field['x-labels'])
}

export function optionTitle({ title, labels }: OptionModel, language: string): string {
  return fixedText(language, title, labels)
}
