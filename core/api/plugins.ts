import { Hono } from 'hono'
import type { Plugin } from '@xrm/sdk'
import type { PluginView } from '@xrm/sdk/configuration'
import { titlesOf } from '../documents/documents.ts'
import { layerBody, type LayerRow, readState } from '../documents/layers.ts'
import { isObject } from '@xrm/sdk/merge'
import type { Model } from '../documents/model.ts'
import { settingsOf } from '../plugins/compile-plugins.ts'
import type { LoadedPlugins } from '../plugins/load-plugins.ts'
import { systemPlugin } from '../system/index.ts'
import { type Env, requireAdministrator, type Server } from './environment.ts'
import { readQuery } from './read-request.ts'

/** `/api/plugins`: what is installed, what it brings, and how it takes part. For administrators. */
export function pluginRoutes({ db, plugins }: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/', async (c) => {
    requireAdministrator(c)
    readQuery(c, {})
    const { rows } = await readState(db.pool)
    const loaded = plugins.plugins.filter((plugin) => plugin !== systemPlugin)
    const items = [
      ...loaded.map((plugin) => pluginView(plugin, loaded, c.var.model, rows)),
      ...plugins.failures.map((failure) => failureView(failure, rows)),
    ]
    return c.json({ items })
  })
  return app
}

function pluginView(
  plugin: Plugin,
  all: readonly Plugin[],
  model: Model,
  rows: readonly LayerRow[],
): PluginView {
  const { name, title, labels = {}, description = '', version = '1.0.0', requires = {} } = plugin
  const { enabled, settings } = model.plugins.get(name)!
  return {
    name,
    title,
    labels,
    description,
    version,
    enabled,
    error: null,
    requires: Object.keys(requires),
    requiredBy: all.filter((other) => other.requires?.[name] !== undefined).map((other) => other.name),
    brings: bringsOf(name, rows),
    code: codeOf(plugin),
    settings: settingsOf(plugin),
    values: settings,
  }
}

/** Of a plugin that does not load, nothing is known but what it has published before. */
function failureView(
  { name, reason }: LoadedPlugins['failures'][number],
  rows: readonly LayerRow[],
): PluginView {
  const settings = layerBody(rows, 'admin', 'plugin', name)
  return {
    name,
    title: name,
    labels: {},
    description: '',
    version: '',
    enabled: !(isObject(settings) && settings['enabled'] === false),
    error: reason,
    requires: [],
    requiredBy: [],
    brings: bringsOf(name, rows),
    code: [],
    settings: {},
    values: {},
  }
}

/** Also of one that is off: what would come back with it. */
function bringsOf(plugin: string, rows: readonly LayerRow[]): PluginView['brings'] {
  return rows
    .filter((row) => row.plugin === plugin && row.kind !== 'plugin')
    .map(({ kind, name, body }) => ({
      kind,
      name,
      title: titlesOf({ kind, name, body: body as never }).title,
    }))
    .toSorted((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1))
}

function codeOf({ hooks = {}, fieldTypes = [], problems = {}, demo }: Plugin): string[] {
  return [
    ...Object.keys(hooks).map((entity) => `hooks: ${entity}`),
    ...fieldTypes.map(({ name }) => `field type: ${name}`),
    ...Object.keys(problems).map((code) => `problem: ${code}`),
    ...(demo ? ['demo data'] : []),
  ]
}
