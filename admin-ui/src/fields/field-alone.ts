import type { FieldView } from '@xrm/sdk/api'

/** A field that no entity has, for a control that stands by itself. */
export function fieldAlone(
  field: Pick<FieldView, 'name' | 'type' | 'title'> & Partial<FieldView>,
): FieldView {
  return {
    labels: {},
    descriptions: {},
    order: 0,
    required: false,
    writable: true,
    system: false,
    multiple: false,
    sortable: false,
    filterable: false,
    valueType: null,
    ...field,
  }
}
