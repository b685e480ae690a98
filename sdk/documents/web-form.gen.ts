/** Written by tools/gen.ts from web-form.schema.ts. Do not edit. */

export interface WebForm {
  title: string
  /**
   * The text in further languages, by language tag. The English text stands beside it.
   */
  labels?: {
    [k: string]: string
  }
  /**
   * Stands above the fields.
   */
  description?: string
  /**
   * The text in further languages, by language tag. The English text stands beside it.
   */
  descriptions?: {
    [k: string]: string
  }
  /**
   * Without it nobody sees the form.
   */
  open?: boolean
  /**
   * What becomes of an entry.
   */
  entity: string
  /**
   * What visitors are asked for.
   */
  fields: {
    [k: string]: {
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
      /**
       * Help that stands below the field.
       */
      description?: string
      /**
       * The text in further languages, by language tag. The English text stands beside it.
       */
      descriptions?: {
        [k: string]: string
      }
      placeholder?: string
      /**
       * The text in further languages, by language tag. The English text stands beside it.
       */
      placeholders?: {
        [k: string]: string
      }
      /**
       * Also where the entity does not ask for it.
       */
      required?: boolean
    }
  }
  /**
   * What every record of the form gets besides.
   */
  values?: {
    [k: string]: {
      /**
       * A constant in the form in which the API takes it.
       */
      value?: unknown
      /**
       * A CEL expression without a record, e.g. `today()`.
       */
      expression?: string
    }
  }
  owner?: {
    /**
     * Whose the records are: one user or team, or the users of a list in turn.
     */
    strategy: 'fixed' | 'rotate'
    /**
     * With `fixed`: e-mail of the user.
     */
    user?: string
    /**
     * With `fixed`: name of the team.
     */
    team?: string
    /**
     * With `rotate`: e-mails of the users.
     */
    users?: {
      [k: string]: string
    }
  }
  /**
   * Where a certain rule of the entity, or a unique field, finds exactly one record: `create` makes another one all the same; `use` adds to that one what it lacks and tells its owner the rest. The visitor sees no difference.
   */
  duplicates?: 'create' | 'use'
  /**
   * A conversion that each new record goes through at once, with the rights of the system. What needs a decision waits for one.
   */
  convert?: string
  /**
   * What visitors must agree to. The words are kept with each entry.
   */
  consent?: {
    message: string
    /**
     * The text in further languages, by language tag. The English text stands beside it.
     */
    messages?: {
      [k: string]: string
    }
    url?: string
  }
  /**
   * The words on the button.
   */
  submit?: {
    title: string
    /**
     * The text in further languages, by language tag. The English text stands beside it.
     */
    labels?: {
      [k: string]: string
    }
  }
  /**
   * What stands there afterwards.
   */
  thanks?: {
    message: string
    /**
     * The text in further languages, by language tag. The English text stands beside it.
     */
    messages?: {
      [k: string]: string
    }
  }
  /**
   * Where visitors are led instead of a word of thanks.
   */
  redirect?: string
  /**
   * Other sites that may show the form in a frame and post to it.
   */
  origins?: {
    [k: string]: true
  }
}
