/** Written by tools/gen.ts from role.schema.ts. Do not edit. */

export interface Role {
  title: string
  /**
   * The text in further languages, by language tag. The English text stands beside it.
   */
  labels?: {
    [k: string]: string
  }
  description?: string
  /**
   * May change configuration, users and roles.
   */
  administer?: boolean
  /**
   * Grants by entity; `*` stands for every entity that is not named.
   */
  entities: {
    [k: string]: {
      /**
       * Which records: all, those of my teams (and my own), my own, or those for which the expression holds.
       */
      read?:
        | ('all' | 'team' | 'own' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      create?: 'all' | 'none'
      /**
       * Which records: all, those of my teams (and my own), my own, or those for which the expression holds.
       */
      update?:
        | ('all' | 'team' | 'own' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      /**
       * Which records: all, those of my teams (and my own), my own, or those for which the expression holds.
       */
      delete?:
        | ('all' | 'team' | 'own' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      /**
       * Use records as the source of a conversion.
       */
      convert?:
        | ('all' | 'team' | 'own' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      /**
       * Rights by field; `*` stands for every field that is not named, later ones included. Absent: no field.
       */
      fields?: {
        [k: string]: 'none' | 'read' | 'write'
      }
    }
  }
}
