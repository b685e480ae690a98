import type { WebForm } from '@xrm/sdk'
import type { EntityView } from '@xrm/sdk/api'
import type { Json } from '@xrm/sdk/merge'
import { askableTypes } from '@xrm/sdk/web-forms'
import type { TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { draftModel } from '../designer/draft-model.ts'
import { NewDocumentDialog } from '../designer/new-document-dialog.ts'
import { ownFields } from '../model/fields.ts'
import { t } from './i18n/index.ts'

/** A new web form: for which entity, under which title. */
@customElement('xrm-new-web-form-dialog')
export class NewWebFormDialog extends NewDocumentDialog {
  @state() private _entity = ''
  protected override text = t

  protected override get kind() {
    return 'web-form' as const
  }

  protected override choices(): TemplateResult {
    return this.entityChoice('entity', t('new.entity'), this._entity, (name) => (this._entity = name))
  }

  protected override missing(name: string): string | null {
    return draftModel.entity(this._entity) && name !== '' ? null : t('new.incomplete')
  }

  protected override begin(_name: string, title: string): Json {
    const entity = draftModel.entity(this._entity)!
    const body: WebForm = { title, entity: entity.name, open: false, fields: firstFields(entity) }
    return body as unknown as Json
  }
}

/** What nearly every form asks for, as far as the entity has it: what is required, names, ways to answer. */
function firstFields(entity: EntityView): WebForm['fields'] {
  const usual = new Set(['email', 'phone'])
  const names = new Set(['first_name', 'last_name', 'name', 'company'])
  const fields = ownFields(entity).filter(
    (field) =>
      field.writable &&
      !field.multiple &&
      askableTypes.has(field.type) &&
      (field.required || usual.has(field.type) || names.has(field.name)),
  )
  const chosen = fields.length > 0 ? fields.slice(0, 8) : ownFields(entity).filter(isPlain).slice(0, 1)
  return Object.fromEntries(chosen.map(({ name }, index) => [name, { order: (index + 1) * 10 }]))

  function isPlain({ type, multiple, writable }: (typeof fields)[number]): boolean {
    return writable && !multiple && askableTypes.has(type)
  }
}
