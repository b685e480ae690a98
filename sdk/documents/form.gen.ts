/** Written by tools/gen.ts from form.schema.ts. Do not edit. */

export interface Form {
  entity: string
  title?: string
  /**
   * The text in further languages, by language tag. The English text stands beside it.
   */
  labels?: {
    [k: string]: string
  }
  /**
   * The key fields on top of the page.
   */
  highlights?: {
    [k: string]: {
      /**
       * Place among its siblings, ascending.
       */
      order?: number
    }
  }
  /**
   * Pages of the form. Sections that name none are on the first.
   */
  tabs?: {
    [k: string]: {
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
    }
  }
  sections: {
    [k: string]: {
      title?: string
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
      /**
       * The tab that it is on.
       */
      tab?: string
      columns?: number
      /**
       * The section shows while this holds.
       */
      when?: string
      fields: {
        [k: string]: {
          /**
           * Place among its siblings, ascending.
           */
          order?: number
          /**
           * How many columns the field takes.
           */
          span?: number
          /**
           * The field shows while this holds.
           */
          when?: string
          /**
           * Also in the create dialog; required fields always are.
           */
          create?: boolean
        }
      }
    }
  }
  /**
   * Related lists, by `entity.field`. Absent: every relation to this entity that the user may read.
   */
  related?: {
    [k: string]: {
      title?: string
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
      hidden?: boolean
    }
  }
}
