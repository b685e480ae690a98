import { Hono } from 'hono'
import { isId } from '../fields/relation-rules.ts'
import { readEntries } from '../web-forms/entries.ts'
import { type Env, reading, requireAdministrator, type Server } from './environment.ts'
import { badParameter, integer, readQuery } from './read-request.ts'

/** `/api/web-forms/…`: what came in by public forms, for those who look after them. */
export function webFormRoutes(server: Server): Hono<Env> {
  return new Hono<Env>().get('/:name/entries', async (c) => {
    requireAdministrator(c)
    const query = readQuery(c, { limit: integer(1, 200), after: id })
    return c.json(await readEntries(reading(server, c), c.req.param('name'), query))
  })
}

function id(value: string, name: string): string {
  if (!isId(value)) throw badParameter(name, `"${name}" must be the id of an entry.`)
  return value
}
