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
   * Roles whose grants this one has too.
   */
  inherits?: string[]
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
       * Which records: all; `branch`, those of my teams and of the teams below them; `team`, those of my teams; `reports`, those of people who report to me, directly or not; my own; `shared`, those shared with me; or those for which the expression holds. Each but `none` and `all` includes my own (but `shared` and expressions) and what is shared with me: for reading and export, what is shared at all; for update and convert, what is shared for changing. Nobody deletes or shares on by a share, unless the scope is `shared` itself.
       */
      read?:
        | ('all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      create?: 'all' | 'none'
      /**
       * Which records: all; `branch`, those of my teams and of the teams below them; `team`, those of my teams; `reports`, those of people who report to me, directly or not; my own; `shared`, those shared with me; or those for which the expression holds. Each but `none` and `all` includes my own (but `shared` and expressions) and what is shared with me: for reading and export, what is shared at all; for update and convert, what is shared for changing. Nobody deletes or shares on by a share, unless the scope is `shared` itself.
       */
      update?:
        | ('all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      /**
       * Which records: all; `branch`, those of my teams and of the teams below them; `team`, those of my teams; `reports`, those of people who report to me, directly or not; my own; `shared`, those shared with me; or those for which the expression holds. Each but `none` and `all` includes my own (but `shared` and expressions) and what is shared with me: for reading and export, what is shared at all; for update and convert, what is shared for changing. Nobody deletes or shares on by a share, unless the scope is `shared` itself.
       */
      delete?:
        | ('all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' | 'none')
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
        | ('all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      /**
       * Bring in records from files.
       */
      import?: 'all' | 'none'
      /**
       * Take records out as a file.
       */
      export?:
        | ('all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' | 'none')
        | {
            /**
             * A CEL expression.
             */
            when: string
          }
      /**
       * Let others see or change single records.
       */
      share?:
        | ('all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' | 'none')
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
