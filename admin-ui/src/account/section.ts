import type { CSSResultGroup } from 'lit'
import { state } from 'lit/decorators.js'
import { pageStyles } from '../console/page-styles.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { accountStyles } from './account-styles.ts'
import { describeSignInError } from './describe.ts'

/** A card of the account page: at most one thing at a time, and what goes wrong is said in it. */
export class AccountSection extends XrmElement {
  static override styles: CSSResultGroup = [XrmElement.styles, pageStyles, accountStyles]

  @state() protected busy = false
  @state() protected error = ''

  /** Runs it; true when nothing went wrong. `done` is said then. */
  protected async run(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    this.busy = true
    this.error = ''
    try {
      await work()
      if (done !== undefined) toasts.show(done)
      return true
    } catch (error) {
      this.error = describeSignInError(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
