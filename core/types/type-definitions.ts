import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { rightsOf, systemActor } from '../access/rights.ts'
import { recordSchema } from '../api/openapi/openapi.ts'
import type { Model } from '../documents/model.ts'

/**
 * TypeScript types of the records of a model, as the API answers them, and of what may be given for a new one: for clients
 * and for plugins, entities and fields that administrators made included.
 */
export async function typeDefinitions(model: Model): Promise<string> {
  const rights = rightsOf(model, systemActor)
  const names = typeNames([...model.entities.keys()])
  const parts = [
    '/** Written by `xrm types` from the published model. Do not edit. */',
    '/* eslint-disable */',
  ]
  for (const name of [...model.entities.keys()].toSorted()) {
    const own = rights.entity(name)
    if (!own) continue
    const type = names.get(name)!
    parts.push(await typeOf(recordSchema(rights, own, 'read'), type))
    if (!own.entity.readOnly) parts.push(await typeOf(recordSchema(rights, own, 'create'), `New${type}`))
  }
  const list = (prefix: string): string =>
    [...names]
      .filter(([name]) => prefix === '' || !model.entities.get(name)!.readOnly)
      .map(([name, type]) => `  ${name}: ${prefix}${type}`)
      .join('\n')
  parts.push(
    `/** Records by entity, as the API answers them. */\nexport interface EntityTypes {\n${list('')}\n}\n`,
    `/** What may be given for a new record, by entity. */\nexport interface NewEntityTypes {\n${list('New')}\n}\n`,
  )
  return parts.join('\n')
}

/** `campaign_member` → `CampaignMember`; two that would be equal are told apart by a number. */
function typeNames(entities: readonly string[]): Map<string, string> {
  const taken = new Set<string>(['EntityTypes', 'NewEntityTypes'])
  return new Map(
    entities.toSorted().map((entity) => {
      const wanted = entity.replace(/(^|_)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase())
      let name = wanted
      for (let number = 2; taken.has(name) || taken.has(`New${name}`); number++) name = `${wanted}${number}`
      taken.add(name).add(`New${name}`)
      return [entity, name]
    }),
  )
}

function typeOf(schema: unknown, name: string): Promise<string> {
  return compile(shapeOf(schema) as JSONSchema, name, {
    bannerComment: '',
    style: { semi: false, singleQuote: true, printWidth: 110 },
  })
}

/** What shapes a type. Whatever else a document may hold, such as `tsType`, would be copied into the code as it is. */
const shaping = new Set(['type', 'enum', 'const', 'items', 'required', 'additionalProperties', 'anyOf'])

/**
 * Keeps what shapes a type, and what people say about it as comment. Limits would become clumsy unions, titles named
 * aliases.
 */
function shapeOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shapeOf)
  if (schema === null || typeof schema !== 'object') return schema
  const result: Record<string, unknown> = {}
  const given = schema as Record<string, unknown>
  for (const [keyword, value] of Object.entries(given)) {
    if (keyword === 'properties') {
      result[keyword] = Object.fromEntries(
        Object.entries(value as object).map(([key, inner]) => [key, shapeOf(inner)]),
      )
    } else if (shaping.has(keyword))
      result[keyword] = keyword === 'enum' || keyword === 'const' ? value : shapeOf(value)
  }
  const said = [given['title'], given['description']].filter((text) => typeof text === 'string')
  if (said.length > 0) result['description'] = commentOf(said.join('. '))
  return Object.keys(result).some((keyword) => keyword !== 'description')
    ? result
    : { ...result, tsType: 'unknown' }
}

/** No text ends the comment that it stands in, or its line. */
function commentOf(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll(/[\r\n\u2028\u2029]+/g, ' ')
}
