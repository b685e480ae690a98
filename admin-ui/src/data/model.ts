import type { ModelView } from '@xrm/sdk/api'
import { call } from './client.ts'
import { queries } from './queries.ts'
import { session } from './session.ts'

/** Takes over a new version of the model, after a publish: every screen is drawn from it, and everything read is stale. */
export async function refreshModel(): Promise<void> {
  session.setModel(await call<ModelView>('GET', '/api/model'))
  await queries.invalidateQueries()
}
