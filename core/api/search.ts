import { Hono } from 'hono'
import type { SearchAnswer } from '@xrm/sdk/api'
import { rightsOf } from '../access/rights.ts'
import { listRecords } from '../records/query.ts'
import { type Env, reading, type Server } from './environment.ts'
import { badParameter, integer, readQuery, text } from './read-request.ts'

/** `GET /api/search?q=`: over every entity with search fields that the user may read. */
export function searchRoutes(server: Server): Hono<Env> {
  return new Hono<Env>().get('/', async (c) => {
    const { q = '', limit = 5 } = readQuery(c, { q: text, limit: integer(1, 25) })
    if (q.length > 200) throw badParameter('q', '"q" must have at most 200 characters.')
    const context = reading(server, c)
    const rights = rightsOf(context.model, context.actor)
    const answer: SearchAnswer = { groups: [] }
    if (q.trim() === '') return c.json(answer)
    const names = [...context.model.entities.values()]
      .filter(
        (entity) => entity.search.length > 0 && rights.entity(entity.name)?.readField('display') != null,
      )
      .toSorted((a, b) => (a.body['x-entity'].order ?? 1000) - (b.body['x-entity'].order ?? 1000))
    const pages = await Promise.all(
      names.map((entity) =>
        listRecords(
          context,
          entity.name,
          { search: q, fields: ['display'], limit, sort: ['-id'] },
          server.cursors,
        ),
      ),
    )
    pages.forEach(({ items }, index) => {
      if (items.length === 0) return
      const found = items.map((item) => ({ id: item.id, display: (item['display'] as string | null) ?? '' }))
      answer.groups.push({ entity: names[index]!.name, items: found })
    })
    return c.json(answer)
  })
}
