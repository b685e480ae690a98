import type { CSSResultGroup } from 'lit'
import { state } from 'lit/decorators.js'
import { ApiError } from '../data/client.ts'
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

  /**
   * Runs it; true when nothing went wrong. `done` is said then. Where the server wants to know first who is there, the
   * person is asked, and it runs once more.
   */
  protected async run(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    this.busy = true
    this.error = ''
    try {
      await this.#confirmed(work)
      if (done !== undefined) toasts.show(done)
      return true
    } catch (error) {
      this.error = describeSignInError(error)
      return false
    } finally {
      this.busy = false
    }
  }

  async #confirmed(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'accounts.confirm-access') throw error
      const { confirmAccess } = await import('./confirm-access.element.ts')
      if (!(await confirmAccess(error.problem['ways'] as string[]))) throw error
      await work()
    }
  }
}
