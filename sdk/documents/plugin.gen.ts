/** Written by tools/gen.ts from plugin.schema.ts. Do not edit. */

export interface Plugin {
  /**
   * False takes its documents out of the model and stops its hooks; its data stays.
   */
  enabled: boolean
  /**
   * Values by setting; one that is not here has its default.
   */
  settings?: {
    [k: string]: unknown
  }
}
