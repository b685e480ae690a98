import type { RunView } from '@xrm/sdk/api'
import { html } from 'lit'
import { ApiError } from '../data/client.ts'
import { t as tMain } from '../i18n/index.ts'
import { t } from '../runs/i18n/index.ts'
import { runPath } from '../runs/run-texts.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'

/** Why a conversion was refused. Who comes too late learns what became of the record. */
export function refusalText(error: Error): unknown {
  const run = error instanceof ApiError ? (error.problem['run'] as RunView | undefined) : undefined
  if (!run?.targets) return describeError(error)
  const records = run.targets.flatMap(({ record }) => record ?? [])
  return html`${describeError(error)}
    <ul>
      ${records.map(
        ({ entity, id, display }) =>
          html`<li>
            ${display === null ? tMain('conversions.hidden') : html`<a href=${recordPath(entity, id)}>${display}</a>`}
          </li>`,
      )}
      <li><a href=${runPath(run.id)}>${t('open')}</a></li>
    </ul>`
}
