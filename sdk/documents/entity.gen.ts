/** Written by tools/gen.ts from entity.schema.ts. Do not edit. */

export interface Entity {
  title: string
  description?: string
  type: 'object'
  /**
   * Written by plugin authors; loading turns it into the flag x-required.
   */
  required?: string[]
  'x-entity': {
    name?: string
    plural: string
    /**
     * Earlier API names. Where the database still knows the entity by one of them, its records move along.
     */
    was?: {
      [k: string]: true
    }
    /**
     * Singular and plural by language; English may be given too.
     */
    labels?: {
      [k: string]: {
        one: string
        other: string
      }
    }
    /**
     * The text in further languages, by language tag. The English text stands beside it.
     */
    descriptions?: {
      [k: string]: string
    }
    /**
     * The text by which people know a record.
     */
    display: string
    /**
     * A Lucide icon.
     */
    icon?: string
    /**
     * Place among its siblings, ascending.
     */
    order?: number
    /**
     * False keeps the entity out of the side bar.
     */
    navigation?: boolean
    /**
     * Fields that the quick search reads.
     */
    search?: string[]
    /**
     * Records belong to a user, who is shown and can be changed.
     */
    owner?: boolean
    /**
     * Records have a timeline of activities.
     */
    activities?: boolean
    /**
     * Files can be hung on records.
     */
    files?: boolean
    /**
     * Records of this entity are entries on the timelines of the records they regard.
     */
    timeline?: {
      /**
       * The relation-any field that names those records.
       */
      regarding: string
      /**
       * The select field with the kind of entry.
       */
      kind?: string
      /**
       * When it happened or is planned.
       */
      at: string
      /**
       * True for what happened, false for what is planned.
       */
      done: string
    }
    /**
     * Records of this entity are files: each stands for bytes that came in by POST /api/files, and is seen by those who may read a record that it hangs on (`timeline.regarding`). One entity at most. All but the name are read-only fields.
     */
    content?: {
      /**
       * The text field with the name, extension included.
       */
      name: string
      /**
       * The text field with the media type.
       */
      type: string
      /**
       * The integer field with the number of bytes.
       */
      size: string
      /**
       * The text field with the SHA-256 of the bytes.
       */
      digest: string
      /**
       * The text field by which the bytes are found.
       */
      key: string
    }
  }
  properties: {
    [k: string]: {
      title?: string
      description?: string
      /**
       * The text in further languages, by language tag. The English text stands beside it.
       */
      'x-labels'?: {
        [k: string]: string
      }
      /**
       * The text in further languages, by language tag. The English text stands beside it.
       */
      'x-descriptions'?: {
        [k: string]: string
      }
      /**
       * Earlier API names. Where the database still knows the field by one of them, its data moves along; hooks and rows answer to them too.
       */
      'x-was'?: {
        [k: string]: true
      }
      type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
      format?: 'email' | 'uri' | 'phone' | 'date' | 'date-time'
      /**
       * The field type where JSON Schema alone does not say it.
       */
      'x-type'?: string
      /**
       * Place among its siblings, ascending.
       */
      'x-order'?: number
      'x-required'?: boolean
      /**
       * Never written by users; hooks, imports of the system and conversions may.
       */
      'x-readonly'?: boolean
      /**
       * Several values in order, each once (e-mail, phone, url, text, relation-any).
       */
      'x-multiple'?: boolean
      /**
       * Says something about a person: found, handed out and erased on request. E-mail and phone always do.
       */
      'x-personal'?: boolean
      /**
       * Keep an index for filters and sorts on this field.
       */
      'x-index'?: boolean
      minLength?: number
      maxLength?: number
      /**
       * Matched in linear time (RE2); look-around and back references do not exist.
       */
      pattern?: string
      minimum?: number | string
      maximum?: number | string
      /**
       * Digits after the point of a decimal.
       */
      'x-scale'?: number
      /**
       * Currency of a new amount, ISO 4217.
       */
      'x-currency'?: string
      /**
       * Written by plugin authors; loading turns it into keyed options.
       */
      enum?: string[]
      /**
       * The name of an option set, or options of this field alone.
       */
      'x-options'?:
        | string
        | {
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
      'x-stages'?: {
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
           * What the stage means to reports and to the path: still open, ended well, ended badly.
           */
          category: 'open' | 'won' | 'lost'
          /**
           * A coarser grouping, such as MQL or SQL.
           */
          phase?: string
          /**
           * Values that a record takes when it enters the stage, unless the same change gives them.
           */
          sets?: {
            [k: string]: unknown
          }
          /**
           * The stages that a user may move a record to from here. Absent: every one.
           */
          next?: {
            [k: string]: true
          }
          /**
           * Fields that must have a value in a record that enters the stage.
           */
          requires?: {
            [k: string]: true
          }
        }
      }
      'x-relation'?: {
        entity: string
        /**
         * What happens when the record it names is deleted: this field is cleared once that is for good, the deletion is refused, or this record goes to the bin too and comes back with it.
         */
        onDelete?: 'clear' | 'restrict' | 'cascade'
        /**
         * Which records may be chosen. Speaks of the related entity.
         */
        filter?: string
        inverse?: {
          title?: string
          /**
           * The text in further languages, by language tag. The English text stands beside it.
           */
          labels?: {
            [k: string]: string
          }
        }
      }
      /**
       * Which entities a relation to any may name; absent means all.
       */
      'x-entities'?: {
        [k: string]: true
      }
      /**
       * A CEL expression.
       */
      'x-formula'?: string
      /**
       * A formula whose value may be read by whoever has a right to this field, although they may not read what it is made of.
       */
      'x-declassified'?: boolean
      'x-number'?: {
        prefix?: string
        digits?: number
      }
      /**
       * The value of a new record that names none. Never fills existing records.
       */
      default?: unknown
    }
  }
  'x-rules'?: {
    [k: string]: {
      /**
       * What must hold. Null counts as not met only when the expression says so.
       */
      check: string
      message: string
      /**
       * The text in further languages, by language tag. The English text stands beside it.
       */
      messages?: {
        [k: string]: string
      }
      /**
       * The field that shows the message.
       */
      pointer?: string
    }
  }
  /**
   * Rules by which two records may be the same. Conversions, the create form, imports, the search for duplicates and merging use them.
   */
  'x-duplicates'?: {
    [k: string]: {
      /**
       * Fields of the target and how they are compared with the mapped value.
       */
      fields: {
        [k: string]: 'exact' | 'folded' | 'companyName' | 'email' | 'emailDomain' | 'phone' | 'urlHost'
      }
      /**
       * From 0 to 1: texts need not be equal after normalising; it is enough that they share this part of their trigrams.
       */
      similar?: number
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
  /**
   * Groups of fields that no two records share.
   */
  'x-unique'?: {
    [k: string]: string[]
  }
}
