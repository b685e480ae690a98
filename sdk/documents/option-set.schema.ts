import { option } from './entity.schema.ts'
import { closed, description, labels, namedMap, title } from './vocabulary.ts'

/** The kind `option-set`: options that several select fields share. */
export const optionSetSchema = closed({ title, labels, description, options: namedMap(option, 5000) }, [
  'title',
  'options',
])
