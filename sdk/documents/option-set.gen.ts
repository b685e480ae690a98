/** Written by tools/gen.ts from option-set.schema.ts. Do not edit. */

export interface OptionSet {
  title: string
  /**
   * The text in further languages, by language tag. The English text stands beside it.
   */
  labels?: {
    [k: string]: string
  }
  description?: string
  options: {
    [k: string]: {
      title: string
      /**
       * The text in further languages, by language tag. The English text stands beside it.
       */
      labels?: {
        [k: string]: string
      }
      description?: string
      /**
       * The text in further languages, by language tag. The English text stands beside it.
       */
      descriptions?: {
        [k: string]: string
      }
      /**
       * Place among its siblings, ascending.
       */
      order?: number
      color?: 'gray' | 'blue' | 'green' | 'amber' | 'red' | 'violet' | 'teal'
      /**
       * False hides the option from new input; records keep it.
       */
      active?: boolean
    }
  }
}
