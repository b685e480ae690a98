import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DocumentKind, FieldType, Plugin } from '@xrm/sdk'
import { documentKey, type LayerRow } from '../documents/layers.ts'
import { isObject, type Json } from '@xrm/sdk/merge'
import { normaliseDocument } from '../documents/normalise.ts'
import { coreFieldTypes } from '../fields/index.ts'
import type { HookRegistry, RegisteredHooks } from '../records/write-types.ts'
import { systemPlugin } from '../system/index.ts'
import { satisfies } from './versions.ts'

/** Version of the SDK that plugins are checked against. */
export const sdkVersion = '1.0.0'

/** A plugin that cannot be used, and why. The others go on. */
export interface PluginFailure {
  name: string
  reason: string
}

export interface LoadedPlugins {
  plugins: readonly Plugin[]
  failures: readonly PluginFailure[]
}

/** Imports every plugin of a folder. What does not load is named and left out. */
export async function findPlugins(folder: string): Promise<LoadedPlugins> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const plugins: Plugin[] = []
  const failures: PluginFailure[] = []
  for (const name of names.toSorted()) {
    try {
      const module = (await import(pathToFileURL(join(folder, name, 'index.ts')).href)) as {
        default?: Plugin
      }
      if (module.default?.name !== name) throw new Error(`its default export is not the plugin "${name}"`)
      plugins.push(module.default)
    } catch (error) {
      failures.push({ name, reason: (error as Error).message })
    }
  }
  return orderPlugins(plugins, failures)
}

/** Puts plugins after those they require. A missing requirement, a wrong version or a circle leaves the plugin out. */
export function orderPlugins(
  plugins: readonly Plugin[],
  known: readonly PluginFailure[] = [],
): LoadedPlugins {
  const byName = new Map(plugins.map((plugin) => [plugin.name, plugin]))
  const failures = new Map(known.map((failure) => [failure.name, failure.reason]))
  const ordered: Plugin[] = []
  const open = new Set<string>()
  const visit = (plugin: Plugin): boolean => {
    if (ordered.includes(plugin)) return true
    if (failures.has(plugin.name)) return false
    const fail = (reason: string): boolean => {
      failures.set(plugin.name, reason)
      return false
    }
    if (open.has(plugin.name)) return fail('it requires itself, through others')
    if (!satisfies(sdkVersion, plugin.compatible))
      return fail(`it works with SDK ${plugin.compatible}, this is ${sdkVersion}`)
    open.add(plugin.name)
    for (const [name, range] of Object.entries(plugin.requires ?? {})) {
      const other = byName.get(name)
      if (!other) return fail(`it requires the plugin "${name}", which is not there`)
      if (!satisfies(other.version ?? '1.0.0', range))
        return fail(`it requires ${name} ${range}, there is ${other.version ?? '1.0.0'}`)
      if (!visit(other)) return fail(`it requires the plugin "${name}", which did not load`)
    }
    open.delete(plugin.name)
    ordered.push(plugin)
    return true
  }
  plugins.forEach(visit)
  return { plugins: ordered, failures: [...failures].map(([name, reason]) => ({ name, reason })) }
}

/** The plugin layer: what the code ships. Several plugins may each add their part to a role; everything else has one author. */
export function pluginDocuments(plugins: readonly Plugin[]): (LayerRow & { plugin: string })[] {
  const rows: (LayerRow & { plugin: string })[] = []
  const authors = new Map<string, string>()
  const add = (plugin: Plugin, kind: DocumentKind, name: string, source: unknown): void => {
    const key = documentKey(kind, name)
    const other = authors.get(key)
    if (other !== undefined && kind !== 'role')
      throw new Error(`The plugins "${other}" and "${plugin.name}" both ship ${kind} "${name}"`)
    authors.set(key, plugin.name)
    const body = sorted(normaliseDocument(kind, source))
    rows.push({ layer: 'plugin', kind, name, plugin: plugin.name, body })
  }
  for (const plugin of plugins) {
    if (plugin !== systemPlugin) add(plugin, 'plugin', plugin.name, { enabled: true, settings: {} })
    for (const entity of plugin.entities ?? []) add(plugin, 'entity', entity['x-entity'].name, entity)
    const kinds = {
      'option-set': plugin.optionSets,
      conversion: plugin.conversions,
      view: plugin.views,
      form: plugin.forms,
      role: plugin.roles,
      'web-form': plugin.webForms,
    }
    for (const [kind, documents] of Object.entries(kinds)) {
      for (const [name, body] of Object.entries(documents ?? {}))
        add(plugin, kind as DocumentKind, name, body)
    }
  }
  return rows
}

/** Plugins' field types beside the core's; a name is taken once. */
export function fieldTypesOf(plugins: readonly Plugin[]): Map<string, FieldType> {
  const types = new Map(coreFieldTypes.map((type) => [type.name, type]))
  for (const plugin of plugins) {
    for (const type of plugin.fieldTypes ?? []) {
      if (types.has(type.name))
        throw new Error(
          `The plugin "${plugin.name}" ships the field type "${type.name}", which exists already`,
        )
      types.set(type.name, type)
    }
  }
  return types
}

/** Hooks by entity, in the order of the plugins. */
export function hooksOf(plugins: readonly Plugin[]): HookRegistry {
  const registry = new Map<string, RegisteredHooks[]>()
  for (const plugin of plugins) {
    for (const [entity, hooks] of Object.entries(plugin.hooks ?? {})) {
      const own = plugin.entities?.find((one) => one['x-entity'].name === entity)
      const declared = new Set(Object.keys(own?.properties ?? {}))
      registry.set(entity, [...(registry.get(entity) ?? []), { plugin: plugin.name, hooks, declared }])
    }
  }
  return registry
}

/** Keys in one order, so that equal documents are equal texts. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key]!)]),
  )
}
