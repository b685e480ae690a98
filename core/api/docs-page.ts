import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Env } from './environment.ts'
import { openApi } from './openapi/openapi.ts'
import type { Schema } from './openapi/parts.ts'
import { noParameters } from './read-request.ts'

const style = `:root{color-scheme:light dark;font:14px/1.5 "Inter Variable",system-ui,sans-serif}
body{max-width:1000px;margin:0 auto;padding:24px 16px 80px}h1{font-size:22px}h2{margin:36px 0 4px;font-size:17px}
p{margin:4px 0 12px;opacity:.8}details{border:1px solid #8884;border-radius:8px;margin:6px 0;padding:0 12px}
summary{cursor:pointer;padding:8px 0;display:flex;gap:10px;align-items:baseline}code,pre{font:12.5px ui-monospace,monospace}
.method{font-weight:650;min-width:56px;text-transform:uppercase;font-size:12px}.path{font-weight:550}
table{border-collapse:collapse;width:100%;margin:4px 0 12px}td,th{text-align:left;padding:4px 8px 4px 0;border-top:1px solid #8883;vertical-align:top}
pre{background:#8881;padding:10px;border-radius:8px;overflow:auto;max-height:420px}a{color:#4457d6}@media(prefers-color-scheme:dark){a{color:#8d9bff}}`

/** `/api/docs`: the OpenAPI document for people. Made on the server, so that it needs no script. */
export function docsRoutes(): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/docs.css', noParameters, (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/docs', noParameters, (c) => {
    const api = openApi(c.var.model, c.var.actor)
    const paths = Object.entries(api['paths'] as Record<string, Schema>)
    const schemas = (api['components'] as { schemas: Record<string, Schema> }).schemas
    const groups = new Map<string, [string, string, Schema, Schema[]][]>()
    for (const [path, item] of paths) {
      for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
        const operation = item[method] as Schema | undefined
        if (!operation) continue
        const tag = (operation['tags'] as string[])[0]!
        const parameters = [
          ...((item['parameters'] as Schema[] | undefined) ?? []),
          ...((operation['parameters'] as Schema[] | undefined) ?? []),
        ]
        groups.set(tag, [...(groups.get(tag) ?? []), [method, path, operation, parameters]])
      }
    }
    const tags = new Map(
      (api['tags'] as { name: string; description: string }[]).map((tag) => [tag.name, tag.description]),
    )
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width" />
            <title>XRM API</title>
            <link rel="stylesheet" href="/api/docs.css" />
          </head>
          <body>
            <h1>XRM API</h1>
            <p>
              What you may do, made from the published model (version ${c.var.model.version}). For programs:
              <a href="/api/openapi.json">openapi.json</a>.
            </p>
            ${[...groups].map(
              ([tag, operations]) =>
                html`<h2 id="${tag}">${tag}</h2>
                  <p>${tags.get(tag) ?? ''}</p>
                  ${operations.map(
                    ([method, path, operation, parameters]) =>
                      html`<details>
                        <summary>
                          <span class="method">${method}</span><code class="path">${path}</code>
                          <span>${operation['summary']}</span>
                        </summary>
                        ${
                          parameters.length === 0
                            ? ''
                            : html`<table>
                                <tr>
                                  <th>Parameter</th>
                                  <th>In</th>
                                  <th>Meaning</th>
                                </tr>
                                ${parameters.map(
                                  (one) =>
                                    html`<tr>
                                      <td><code>${one['name']}</code></td>
                                      <td>${one['in']}</td>
                                      <td>${one['description']}</td>
                                    </tr>`,
                                )}
                              </table>`
                        }
                        ${
                          operation['requestBody']
                            ? html`<p>Body</p>
                                <pre>${describe(operation['requestBody'] as Schema, schemas)}</pre>`
                            : ''
                        }
                      </details>`,
                  )}`,
            )}
          </body>
        </html>`,
    )
  })
  return app
}

/** The body's schema as text, with one level of references put in place. */
function describe(body: Schema, schemas: Record<string, Schema>): string {
  const { schema } = Object.values(body['content'] as Record<string, { schema: Schema }>)[0]!
  const resolved = JSON.parse(
    JSON.stringify(schema, (_, value: unknown) => {
      const name = (value as { $ref?: string } | null)?.$ref?.split('/').at(-1)
      return name === undefined ? value : schemas[name]
    }),
  ) as unknown
  return JSON.stringify(resolved, null, 2)
}
