import type { DocumentKind, WebForm } from '@xrm/sdk'
import type { EntityView, FieldView } from '@xrm/sdk/api'
import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { DocumentElement, languageName } from '../designer/document-element.ts'
import { draftModel, followDraftModel } from '../designer/draft-model.ts'
import { label } from '../model/labels.ts'
import { t } from './i18n/index.ts'

/** The base of what edits one web form of the draft. */
export abstract class WebFormElement extends DocumentElement {
  @property({ attribute: false }) name = ''

  constructor() {
    super()
    followDraftModel(this)
  }

  protected override get place(): [DocumentKind, string] | null {
    return this.name === '' ? null : ['web-form', this.name]
  }

  protected get body(): WebForm | undefined {
    return this.view?.body as WebForm | undefined
  }

  protected get entity(): EntityView | undefined {
    return this.body && draftModel.entity(this.body.entity)
  }

  /** The words in English, and once there are some, in each further language: alone those would stand for nothing. */
  protected words(
    pointer: string,
    english: string,
    others: string,
    text: string,
    { area = false, placeholder = '' } = {},
  ): TemplateResult {
    const one = (at: string, language: string): TemplateResult => {
      const name = t('in-language', { text, language: languageName(language) })
      return area ? this.areaProperty(at, name) : this.textProperty(at, name, { placeholder })
    }
    return html`${one(`${pointer}/${english}`, 'en')}
    ${
      this.value(`${pointer}/${english}`) === undefined
        ? nothing
        : this.languages.map((language) => one(`${pointer}/${others}/${language}`, language))
    }`
  }
}

/** What the page calls a field: by the form, else by the entity, at last by its name. */
export function questionOf(
  body: WebForm['fields'][string] | undefined,
  field: FieldView | undefined,
  name: string,
): string {
  if (body?.title !== undefined) return label({ title: body.title, labels: body.labels ?? {} })
  return field ? label(field) : name
}
