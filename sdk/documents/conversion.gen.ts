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
      /**
       * One record for every child row of the source: `entity.field` names their relation to it. Mappings then know `child`.
       */
      each?: {
        relation: string
        /**
         * Which children count. Speaks of the child.
         */
        when?: string
      }
      owner?: {
        /**
         * Whose the new records are: the owner of the source, who converts, whom a relation of the source leads to (`path`), one user or team, or the users of a list in turn.
         */
        strategy: 'keepSource' | 'actor' | 'path' | 'fixed' | 'rotate'
        /**
         * With `path`: a field with a user, e.g. `account.owner`.
         */
        path?: string
        /**
         * With `fixed`: e-mail of the user.
         */
        user?: string
        /**
         * With `fixed`: key of the team.
         */
        team?: string
        /**
         * With `rotate`: e-mails of the users.
         */
        users?: {
          [k: string]: string
        }
      }
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
      /**
       * How records that are there already are found; absent: by the rules of the entity (`x-duplicates`).
       */
      match?: {
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
           * A field of the child row that the target is made for; only where the target has `each`.
           */
          child?: string
          /**
           * The record of another target of the same run.
           */
          target?: string
          /**
           * All other records of the run; for a field that names any records, as an appointment does that regards them.
           */
          targets?: true
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
           * What the value does to a linked record: keep what it has, fill it when empty, overwrite, append text, join lists, take the value that was changed last, or ask where both differ.
           */
          onLink?: 'keep' | 'fillEmpty' | 'overwrite' | 'append' | 'union' | 'newer' | 'ask'
          /**
           * Lets a day become an instant (its start in the time zone of the firm) and an instant a day.
           */
          timeZone?: 'business'
          /**
           * Amounts are converted into this currency (ISO 4217) by the rates of the settings; rate and its date are kept with the run. Absent: an amount keeps its currency.
           */
          currency?: string
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
       * Also show them on the targets, move them to one target, copy them to each target, leave them, or make other records of them: by targets with `each` over this relation.
       */
      action: 'alsoLink' | 'move' | 'copy' | 'leave' | 'map'
      to?: string[]
      /**
       * Activities that are still open name only this target afterwards; what happened stays where it was too.
       */
      reassignOpen?: string
    }
  }
  'source-writes'?: {
    /**
     * Field → constant, written to the source.
     */
    converted?: {
      [k: string]: unknown
    }
    /**
     * Field → constant, written to a source that is declined.
     */
    declined?: {
      [k: string]: unknown
    }
  }
  /**
   * The other outcome: the source is closed without a conversion. Present: the dialog offers it.
   */
  decline?: {
    title?: string
    /**
     * The text in further languages, by language tag. The English text stands beside it.
     */
    labels?: {
      [k: string]: string
    }
    /**
     * A field of the source that takes the reason.
     */
    reason?: string
    /**
     * A reason must be given.
     */
    required?: boolean
  }
  /**
   * What happens to the source: no more changes, none, or it goes out of sight as inactive.
   */
  after?: 'lock' | 'editable' | 'archive'
  owner?: {
    /**
     * Whose the new records are: the owner of the source, who converts, whom a relation of the source leads to (`path`), one user or team, or the users of a list in turn.
     */
    strategy: 'keepSource' | 'actor' | 'path' | 'fixed' | 'rotate'
    /**
     * With `path`: a field with a user, e.g. `account.owner`.
     */
    path?: string
    /**
     * With `fixed`: e-mail of the user.
     */
    user?: string
    /**
     * With `fixed`: key of the team.
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
   * By which ways it may be run; absent: by all.
   */
  channels?: {
    [k: string]: true
  }
  triggers?: {
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
       * False switches it off.
       */
      active?: boolean
      /**
       * The source enters a stage (`field`, `stages`); a condition becomes true (`when`, `fires`); time passes (`when`, looked at every `every`).
       */
      on: 'stage' | 'condition' | 'schedule'
      /**
       * With `stage`: the stage field.
       */
      field?: string
      /**
       * With `stage`: which.
       */
      stages?: {
        [k: string]: true
      }
      /**
       * Speaks of the source record.
       */
      when?: string
      /**
       * With `condition`: on the first save of a record only, the first time that it is true in the life of a record, or on every save that finds it true.
       */
      fires?: 'firstSave' | 'firstTime' | 'everySave'
      /**
       * With `schedule`: at least a minute.
       */
      every?: string
      /**
       * Convert the source, or decline it.
       */
      does: 'convert' | 'decline'
      /**
       * With `decline`: what goes into the field for the reason.
       */
      reason?: unknown
      /**
       * Whose rights count: of whoever caused it (of the owner, where time did), or all.
       */
      runAs?: 'actor' | 'system'
      /**
       * Who is told about it.
       */
      notify?: 'owner' | 'nobody'
    }
  }
  reversible?: {
    /**
     * How long after the run.
     */
    within: string
    /**
     * What becomes of records that the run made and nobody touched since.
     */
    untouchedCreated?: 'archive' | 'delete'
  }
  bulk?: {
    /**
     * An item that needs a decision: it waits for one, is left out, or gets a new record.
     */
    unresolved?: 'hold' | 'skip' | 'create'
  }
  permissions?: {
    /**
     * With `system` the targets are written with all rights; the history names who converted.
     */
    runAs?: 'actor' | 'system'
    onDeniedTarget?: 'fail' | 'skip'
    onDeniedField?: 'fail' | 'drop'
  }
}
