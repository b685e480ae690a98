/** Written by tools/gen.ts from conversion.schema.ts. Do not edit. */

export interface Conversion {
  title: string
  /**
   * The text in further languages, by language tag. The English text stands beside it.
   */
  labels?: {
    [k: string]: string
  }
  description?: string
  icon?: string
  /**
   * Place among its siblings, ascending.
   */
  order?: number
  source: string
  available?: {
    /**
     * Speaks of the source record.
     */
    when?: string
    message?: string
    /**
     * The text in further languages, by language tag. The English text stands beside it.
     */
    messages?: {
      [k: string]: string
    }
    require?: string[]
  }
  /**
   * At most one standing run per source record.
   */
  once?: boolean
  targets: {
    [k: string]: {
      entity: string
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
       * Speaks of the source record.
       */
      when?: string
      policy?: 'create' | 'link' | 'matchOrCreate' | 'skip'
      /**
       * False lets the user leave the target out.
       */
      required?: boolean
      userMay?: ('create' | 'link' | 'skip')[]
      /**
       * Of the targets that share this word at least one must come about.
       */
      atLeastOne?: string
      /**
       * A relation of the source; the record it names is linked, before any matching.
       */
      preset?: string
      match?: {
        [k: string]: {
          /**
           * Fields of the target and how they are compared with the mapped value.
           */
          fields: {
            [k: string]: 'exact' | 'folded' | 'companyName' | 'email' | 'emailDomain' | 'phone' | 'urlHost'
          }
          confidence: 'certain' | 'likely'
          /**
           * Place among its siblings, ascending.
           */
          order?: number
          title?: string
          /**
           * The text in further languages, by language tag. The English text stands beside it.
           */
          labels?: {
            [k: string]: string
          }
        }
      }
      onMatch?: {
        /**
         * One certain match.
         */
        one?: 'link' | 'ask' | 'create'
        /**
         * Several, or only likely ones.
         */
        many?: 'ask' | 'create'
        none?: 'create' | 'skip' | 'ask'
        /**
         * A match that is not active.
         */
        inactive?: 'offerReactivate' | 'ignore'
      }
      map: {
        [k: string]: {
          /**
           * A field of the source, also through to-one relations.
           */
          from?: string
          /**
           * A constant.
           */
          value?: unknown
          /**
           * A CEL expression; `source` is the source record.
           */
          expression?: string
          /**
           * The record of another target of the same run.
           */
          target?: string
          /**
           * The user enters it in the dialog; nothing feeds it otherwise.
           */
          input?: true
          /**
           * Source option → target option.
           */
          values?: {
            [k: string]: string
          }
          /**
           * A source value that `values` does not name: an error, the default, or empty.
           */
          onUnmapped?: 'error' | 'default' | 'blank'
          onTooLong?: 'error' | 'truncate'
          /**
           * Used when the value is null.
           */
          default?: unknown
          /**
           * How the dialog shows the value.
           */
          edit?: 'hidden' | 'readonly' | 'editable' | 'required'
          /**
           * What the value does to a linked record: keep what it has, fill it when empty, overwrite, append text, join lists.
           */
          onLink?: 'keep' | 'fillEmpty' | 'overwrite' | 'append' | 'union'
        }
      }
    }
  }
  children?: {
    [k: string]: {
      /**
       * `entity.field` of the children: a relation to the source.
       */
      relation: string
      /**
       * Also show them on the targets, move them to one target, or leave them.
       */
      action: 'alsoLink' | 'move' | 'leave'
      to?: string[]
    }
  }
  'source-writes'?: {
    /**
     * Field → constant, written to the source.
     */
    converted?: {
      [k: string]: unknown
    }
  }
  /**
   * What happens to the source.
   */
  after?: 'lock' | 'editable' | 'archive'
  owner?: {
    strategy?: 'keepSource' | 'actor'
  }
  permissions?: {
    onDeniedTarget?: 'fail' | 'skip'
    onDeniedField?: 'fail' | 'drop'
  }
}
