import { Hono } from 'hono'
import { html } from 'hono/html'
import { problems as accessProblems } from '../access/problems.ts'
import { accountProblems } from '../accounts/problems.ts'
import { problems as bulkProblems } from '../conversions/bulk/problems.ts'
import { problems as conversionProblems } from '../conversions/problems.ts'
import { problems as documentProblems } from '../documents/problems.ts'
import { problems as fileProblems } from '../files/problems.ts'
import { problems as outgoingProblems } from '../outgoing/problems.ts'
import type { LoadedPlugins } from '../plugins/load-plugins.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { problems as webFormProblems } from '../web-forms/problems.ts'
import { problems as apiProblems } from './problems.ts'

/** `/problems/{code}`: what a problem's `type` leads to. */
export function problemRoutes(plugins: LoadedPlugins): Hono {
  const known = new Map(
    [
      ...Object.values({
        ...apiProblems,
        ...recordProblems,
        ...documentProblems,
        ...conversionProblems,
        ...bulkProblems,
        ...accountProblems,
        ...outgoingProblems,
        ...accessProblems,
        ...webFormProblems,
        ...fileProblems,
      }),
      ...plugins.plugins.flatMap((plugin) => Object.values(plugin.problems ?? {})),
    ].map((problem) => [problem.code, problem]),
  )
  return new Hono().get('/:code', (c) => {
    const problem = known.get(c.req.param('code'))
    if (!problem) return c.notFound()
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <title>${problem.code}</title>
            <link rel="stylesheet" href="/api/docs.css" />
          </head>
          <body>
            <h1>${problem.title}</h1>
            <p>Problem <code>${problem.code}</code>, HTTP status ${problem.status}.</p>
            <p>
              The code is stable. The answer's <code>detail</code> tells the occurrence;
              <code>errors</code> name each place by a JSON pointer with a code of its own.
            </p>
          </body>
        </html>`,
    )
  })
}
