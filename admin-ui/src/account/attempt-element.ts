import { state } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'
import { describeSignInError } from './describe.ts'

/** The base of forms in which people show who they are: one attempt at a time, and what was wrong with the last one. */
export abstract class AttemptElement extends XrmElement {
  @state() protected _error = ''
  @state() protected _busy = false

  protected async attempt(work: () => Promise<void>): Promise<void> {
    this._busy = true
    this._error = ''
    try {
      await work()
    } catch (error) {
      this._error = describeSignInError(error)
    } finally {
      this._busy = false
    }
  }
}
