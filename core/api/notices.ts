import { Hono } from 'hono'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { NoticeView } from '@xrm/sdk/conversions'
import { displaysOf } from '../records/displays.ts'
import { nameOfKey } from '../documents/entity-keys.ts'
import { countUnread, markRead, readNotices } from '../notices/notices.ts'
import { type Env, reading, type Server } from './environment.ts'
import { problems } from './problems.ts'
import { badParameter, flag, integer, readObject, readQuery, text } from './read-request.ts'

/** `/api/notices`: what the system wants the user to see. */
export function noticeRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()

  app.get('/', async (c) => {
    const {
      after,
      unread = false,
      limit = 25,
    } = readQuery(c, { after: place, unread: flag, limit: integer(1, 100) })
    const context = reading(server, c)
    const { userId } = c.var.session
    const rows = await readNotices(context.db, userId, { before: after, unread, limit: limit + 1 })
    const page = rows.slice(0, limit).map((row) => ({
      ...row,
      entity: row.entity === null ? null : nameOfKey(context.model, row.entity),
    }))
    const refs = page.flatMap(({ entity, recordId }) =>
      entity === null || recordId === null ? [] : [{ entity, id: recordId }],
    )
    const displays = await displaysOf(context, refs)
    const items = page.map(({ entity, recordId, ...notice }): NoticeView => ({
      ...notice,
      ...(entity === null || recordId === null
        ? { record: null }
        : {
            record: { entity, id: recordId, display: displays.get(`${entity}/${recordId}`) ?? null },
            href: notice.href ?? `/records/${encodeURIComponent(entity)}/${recordId}`,
          }),
    }))
    return c.json({
      items,
      next: rows.length > limit ? page.at(-1)!.id : null,
      unread: await countUnread(context.db, userId),
    })
  })

  app.post('/read', async (c) => {
    readQuery(c, {})
    const request = await readObject<{ ids?: unknown[]; upTo?: string }>(c, { ids: 'array', upTo: 'string' })
    const { ids, upTo } = request
    const errors: ProblemItem[] = []
    if ((ids === undefined) === (upTo === undefined))
      errors.push({ pointer: '#', code: 'request.type', detail: 'needs either ids, or upTo' })
    if (upTo !== undefined && !isNoticeId(upTo))
      errors.push({ pointer: '#/upTo', code: 'request.type', detail: 'is not the id of a notice' })
    for (const [index, id] of (ids ?? []).entries())
      if (!isNoticeId(id))
        errors.push({ pointer: `#/ids/${index}`, code: 'request.type', detail: 'is not the id of a notice' })
    if (errors.length > 0) throw new Problem(problems['request.body'], { errors: errors.slice(0, 100) })
    const { userId } = c.var.session
    await markRead(server.db.pool, userId, request as { ids?: string[]; upTo?: string })
    return c.json({ unread: await countUnread(server.db.pool, userId) })
  })

  return app
}

function isNoticeId(id: unknown): id is string {
  return typeof id === 'string' && /^\d{1,18}$/.test(id)
}

function place(value: string, name: string): string {
  const id = text(value, name)
  if (!isNoticeId(id)) throw badParameter(name, `"${name}" is not the id of a notice.`)
  return id
}
