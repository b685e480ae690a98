import type { Field, Plugin, PluginDocument, XrmDocument } from '@xrm/sdk'
import { base, type FieldSources, lintField } from '../documents/compile-fields.ts'
import type { Issues } from '../documents/issues.ts'
import { escapePointer, isObject } from '@xrm/sdk/merge'
import type { LayerRow } from '../documents/layers.ts'
import type { FieldModel, PluginModel } from '../documents/model.ts'
import { normaliseDocument } from '../documents/normalise.ts'
import { fieldTypeName } from '../fields/index.ts'
import { systemPlugin } from '../system/index.ts'

/** Types whose values mean something only in a record. */
const recordTypes = new Set(['auto-number', 'formula', 'relation', 'relation-any', 'stage', 'team', 'user'])

/**
 * Works out which plugins take part, and their settings. A value that does not fit is an issue, and the default stands in
 * for it: documents may be older than the code.
 */
export function compilePlugins(
  bodies: ReadonlyMap<string, PluginDocument>,
  plugins: readonly Plugin[],
  sources: FieldSources,
  issues: Issues,
): Map<string, PluginModel> {
  const models = new Map<string, PluginModel>()
  const isOn = (name: string): boolean => bodies.get(name)?.enabled !== false
  for (const plugin of plugins) {
    if (plugin === systemPlugin) continue
    const { name } = plugin
    const enabled = isOn(name)
    models.set(name, { enabled, settings: readSettings(plugin, bodies.get(name), sources, issues) })
    const needing = plugins.filter((other) => isOn(other.name) && other.requires?.[name] !== undefined)
    if (!enabled && needing.length > 0)
      issues.error(
        { kind: 'plugin', name },
        '/enabled',
        'plugin.required',
        `It is required by ${needing.map(({ title }) => `"${title}"`).join(', ')}.`,
      )
  }
  return models
}

/** A document of the kind `plugin` speaks of a plugin whose code or whose documents are there. */
export function lintUnknownPlugins(
  plugins: readonly Plugin[],
  rows: readonly LayerRow[],
  documents: readonly XrmDocument[],
  issues: Issues,
): void {
  for (const { kind, name } of documents) {
    if (kind !== 'plugin' || plugins.some((plugin) => plugin.name === name)) continue
    if (!rows.some((row) => row.layer === 'plugin' && row.kind === 'plugin' && row.name === name))
      issues.error({ kind, name }, '', 'reference.unknown', `There is no plugin "${name}".`)
  }
}

/** The settings of a plugin in the normal form of fields, in their order. */
export function settingsOf({ settings = {} }: Plugin): Record<string, Field> {
  const body = normaliseDocument('entity', { properties: settings })
  return (isObject(body) ? body['properties'] : {}) as unknown as Record<string, Field>
}

function readSettings(
  plugin: Plugin,
  body: PluginDocument | undefined,
  sources: FieldSources,
  issues: Issues,
): Readonly<Record<string, unknown>> {
  const place = { kind: 'plugin' as const, name: plugin.name }
  const given = body?.settings ?? {}
  const fields = compileSettings(plugin, sources, issues)
  for (const key of Object.keys(given)) {
    if (!fields.has(key))
      issues.error(
        place,
        `/settings/${escapePointer(key)}`,
        'plugin.unknown-setting',
        `The plugin has no setting "${key}".`,
      )
  }
  const values: Record<string, unknown> = {}
  for (const [key, field] of fields) {
    for (const [origin, value] of [
      ['default', field.field.default],
      ['value', Object.hasOwn(given, key) ? given[key] : undefined],
    ] as const) {
      if (value === undefined || value === null) continue
      const parsed = field.type.parse(value, field.context)
      if ('value' in parsed) values[key] = parsed.value
      else issues.error(place, `/settings/${key}`, parsed.error, `The ${origin} ${parsed.detail}.`)
    }
    if (field.required && values[key] === undefined)
      issues.error(place, `/settings/${key}`, 'field.required', 'A value is needed.')
  }
  return Object.freeze(values)
}

function compileSettings(plugin: Plugin, sources: FieldSources, issues: Issues): Map<string, FieldModel> {
  const place = { kind: 'plugin' as const, name: plugin.name }
  const fields = new Map<string, FieldModel>()
  for (const [key, field] of Object.entries(settingsOf(plugin))) {
    const pointer = `/settings/${escapePointer(key)}`
    const typeName = fieldTypeName(field)
    const type = sources.fieldTypes.get(typeName)
    if (!type || recordTypes.has(typeName)) {
      issues.error(place, pointer, 'field.unknown-type', `"${typeName}" is not a type of settings.`)
      continue
    }
    lintField(field, type, pointer, place, sources, issues)
    fields.set(key, base(key, field, type, sources))
  }
  return fields
}
