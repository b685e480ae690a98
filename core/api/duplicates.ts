import { Hono } from 'hono'
import type { DuplicateCheckRequest } from '@xrm/sdk/duplicates'
import { checkDuplicates } from '../duplicates/check.ts'
import { type Env, reading, type Server } from './environment.ts'
import { readObject, readQuery } from './read-request.ts'

/** `/api/duplicates/…`: records that may be the same. */
export function duplicateRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.post('/:entity/check', async (c) => {
    readQuery(c, {})
    const request = await readObject<DuplicateCheckRequest>(c, { values: 'object', id: 'string' }, ['values'])
    return c.json(await checkDuplicates(reading(server, c), c.req.param('entity'), request))
  })
  return app
}
