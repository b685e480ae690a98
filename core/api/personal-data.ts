import { Hono } from 'hono'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { ErasureReport, PersonalDataRequest, PersonalDataSelection } from '@xrm/sdk/access'
import { audit } from '../audit/audit.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { eraseRecord } from '../personal-data/erase.ts'
import { findPersonalData } from '../personal-data/find.ts'
import { personalEntities } from '../personal-data/personal-fields.ts'
import { takeOut } from '../personal-data/take-out.ts'
import { rehearse, transaction } from '../storage/database.ts'
import {
  asked,
  type Env,
  reading,
  requireAdministrator,
  requireInteractive,
  type Server,
} from './environment.ts'
import { problems } from './problems.ts'
import { checkMembers, flag, readObject, readQuery } from './read-request.ts'

const maxRecords = 100

/** `/api/personal-data/…`: what is held about a person, handing it out, erasing it. For administrators at a browser. */
export function personalDataRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    requireInteractive(c)
    await next()
  })

  app.post('/find', async (c) => {
    readQuery(c, {})
    const request = await readObject<PersonalDataRequest>(c, { text: 'string', record: 'object' })
    checkFind(request)
    const places = await findPersonalData(reading(server, c), request)
    // Not what was asked for: that is about a person itself.
    await audit(server.db.pool, {
      kind: 'personal-data-found',
      ...asked(c),
      details: { count: places.length },
    })
    return c.json({ places })
  })

  app.post('/export', async (c) => {
    readQuery(c, {})
    const chosen = readSelection(c.var.model, await readObject(c, { records: 'array' }, ['records']))
    const file = await takeOut(
      reading(server, c),
      chosen.map(({ entity, id }) => ({ entity: entity.name, id })),
    )
    await transaction(server.db, async (client) => {
      for (const { entity, id } of chosen)
        await audit(client, {
          kind: 'personal-data-exported',
          ...asked(c),
          subject: { kind: entity.key, id },
        })
    })
    return c.body(JSON.stringify(file, null, 2), 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="personal-data.json"',
    })
  })

  app.post('/erase', async (c) => {
    const { dry } = readQuery(c, { dry: flag })
    const chosen = readSelection(c.var.model, await readObject(c, { records: 'array' }, ['records']))
    if (dry === true) {
      const report: ErasureReport = { places: [] }
      await rehearse(server.db, async (client) => {
        report.places = []
        for (const { entity, id } of chosen) {
          const erased = await eraseRecord(client, entity, id, { now: c.var.now, by: asked(c) })
          if (erased) report.places.push({ record: { entity: entity.name, id }, ...erased })
        }
      })
      return c.json(report)
    }
    const { actor, ...from } = asked(c)
    const { userId, name, impersonator } = actor!
    const by = { actor: { userId, name, ...(impersonator ? { impersonator } : {}) }, ...from }
    const job = await transaction(server.db, (client) =>
      server.jobs.add(client, {
        kind: 'erase-personal-data',
        title: `Erase personal data (${chosen.length})`,
        data: { records: chosen.map(({ entity, id }) => ({ entity: entity.key, id })), by },
        actor: userId,
      }),
    )
    server.jobs.wake()
    return c.json({ job }, 202)
  })
  return app
}

function checkFind({ text, record }: PersonalDataRequest): void {
  const errors: ProblemItem[] = []
  if ((text === undefined) === (record === undefined))
    errors.push({ pointer: '#', code: 'request.missing', detail: 'must have either a text or a record' })
  if (text !== undefined && (text.trim().length < 3 || text.length > 200))
    errors.push({ pointer: '#/text', code: 'length', detail: 'must have 3 to 200 characters' })
  if (record !== undefined) errors.push(...checkRecord(record, '#/record'))
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

function checkRecord(record: unknown, at: string): ProblemItem[] {
  if (record === null || typeof record !== 'object' || Array.isArray(record))
    return [{ pointer: at, code: 'request.type', detail: 'must be an object' }]
  const errors = checkMembers({ ...record }, { entity: 'string', id: 'string' }, ['entity', 'id'], at)
  if (errors.length === 0 && !isId((record as { id: string }).id))
    errors.push({ pointer: `${at}/id`, code: 'request.type', detail: 'must be an id' })
  return errors
}

function readSelection(
  model: Model,
  { records }: PersonalDataSelection,
): { entity: EntityModel; id: string }[] {
  const errors = records.flatMap((record, index) => checkRecord(record, `#/records/${index}`))
  if (records.length === 0 || records.length > maxRecords)
    errors.push({ pointer: '#/records', code: 'length', detail: `must name 1 to ${maxRecords} records` })
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
  const known = new Map(personalEntities(model).map((entity) => [entity.name, entity]))
  return records.map(({ entity, id }, index) => {
    const found = known.get(entity)
    if (!found)
      throw new Problem(problems['request.body'], {
        errors: [
          {
            pointer: `#/records/${index}/entity`,
            code: 'reference.unknown',
            detail: 'is no entity with fields about people',
          },
        ],
      })
    return { entity: found, id }
  })
}
