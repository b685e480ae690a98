import { closed, labels, namedMap, order, title } from './vocabulary.ts'

/** How two values count as the same firm, person or address; each has one SQL function. */
export const normalisers = [
  'exact',
  'folded',
  'companyName',
  'email',
  'emailDomain',
  'phone',
  'urlHost',
] as const

/** Records that agree in all fields of a rule are candidates. Of entities (`x-duplicates`) and of targets (`match`). */
export const matchRule = closed(
  {
    fields: {
      description: 'Fields of the target and how they are compared with the mapped value.',
      ...namedMap({ enum: normalisers }, 6),
    },
    similar: {
      description:
        'From 0 to 1: texts need not be equal after normalising; it is enough that they share this part of their trigrams.',
      type: 'number',
      minimum: 0.3,
      maximum: 1,
    },
    confidence: { enum: ['certain', 'likely'] },
    order,
    title,
    labels,
  },
  ['fields', 'confidence'],
)
