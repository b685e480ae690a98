/** Written by tools/gen.ts from view.schema.ts. Do not edit. */

export interface View {
  entity: string
  title: string
  /**
   * The text in further languages, by language tag. The English text stands beside it.
   */
  labels?: {
    [k: string]: string
  }
  /**
   * Place among its siblings, ascending.
   */
  order?: number
  icon?: string
  type?: 'list'
  /**
   * A CEL expression.
   */
  filter?: string
  columns: {
    [k: string]: {
      /**
       * Place among its siblings, ascending.
       */
      order?: number
      width?: number
    }
  }
  sort?: {
    [k: string]: {
      /**
       * Place among its siblings, ascending.
       */
      order?: number
      direction?: 'asc' | 'desc'
    }
  }
}
