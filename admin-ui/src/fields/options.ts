import type { FieldView, OptionView } from '@xrm/sdk/api'
import { html } from 'lit'
import { label } from '../model/labels.ts'
import { choices, nextStages } from '../model/options.ts'
import { control, sameText } from './common.ts'
import type { EditorContext, FieldKind } from './kind.ts'

const stageColors = { open: 'blue', won: 'green', lost: 'gray' } as const

/** The coloured word of an option; stages carry a dot. A key that is no option any more is shown as it is. */
export function optionChip(field: FieldView, key: string): unknown {
  const option = field.options?.find((one) => one.key === key)
  if (!option) return key
  const color = option.color ?? (option.category ? stageColors[option.category] : null)
  if (color === null) return label(option)
  return html`<span class="chip ${field.type === 'stage' ? 'dot' : ''} ${color}"
    ><span class="ellipsis">${label(option)}</span></span
  >`
}

/** One key of a list of options. */
export const select: FieldKind = {
  width: 140,
  filter: 'options',
  cell: (value, { field }) => optionChip(field, String(value)),
  editor: (context) => chooser(context, choices(context.field, context.value), true),
}

/** Where a record stands on its path. */
export const stage: FieldKind = {
  ...select,
  width: 150,
  editor: (context) => {
    const { field, value, saved } = context
    const leadsOn = field.options?.some(({ key, next }) => key === saved && next) === true
    return chooser(context, nextStages(field, value, saved), !leadsOn)
  },
}

function chooser(context: EditorContext, options: readonly OptionView[], mayClear: boolean): unknown {
  const items = options.map((option) => ({ value: option.key, label: label(option) }))
  return html`<vaadin-combo-box
    ${control(context)}
    .items=${items}
    .value=${(context.value as string | null) ?? ''}
    ?clear-button-visible=${mayClear}
    @value-changed=${(event: CustomEvent<{ value: string }>) => {
      if (!sameText(event.detail.value, context.value)) context.change(event.detail.value || null)
    }}
  ></vaadin-combo-box>`
}

/** Any number of keys. */
export const multiSelect: FieldKind = {
  width: 180,
  filter: 'many-options',
  cell: (value, { field }) => (value as string[]).map((key) => html`${optionChip(field, key)} `),
  editor: (context) => {
    const items = choices(context.field, context.value).map((option) => ({
      value: option.key,
      label: label(option),
    }))
    const value = (context.value as string[] | null) ?? []
    return html`<vaadin-multi-select-combo-box
      ${control(context)}
      item-id-path="value"
      .items=${items}
      .selectedItems=${value.flatMap((key) => items.find((item) => item.value === key) ?? [])}
      clear-button-visible
      @selected-items-changed=${(event: CustomEvent<{ value: { value: string }[] }>) => {
        const keys = event.detail.value.map((item) => item.value)
        if (keys.join() !== value.join()) context.change(keys.length > 0 ? keys : null)
      }}
    ></vaadin-multi-select-combo-box>`
  },
}
