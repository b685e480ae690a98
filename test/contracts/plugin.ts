import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Plugin } from '@xrm/sdk'
import { buildModel } from '../../core/documents/build-model.ts'
import { fieldTypesOf, orderPlugins, pluginDocuments } from '../../core/plugins/load-plugins.ts'
import { systemPlugin } from '../../core/system/index.ts'

/** Where the plugins that ship live. */
export const pluginsFolder = join(import.meta.dirname, '../../plugins')

/** What every plugin promises, whatever it is for. `others` are the plugins that it requires. */
export function testPlugin(plugin: Plugin, others: readonly Plugin[] = []): void {
  describe(`the plugin ${plugin.name}`, () => {
    it('loads after the plugins that it requires', () => {
      const { plugins, failures } = orderPlugins([plugin, ...others])
      expect(failures).toEqual([])
      const names = plugins.map(({ name }) => name)
      for (const required of Object.keys(plugin.requires ?? {})) {
        expect(names.indexOf(required)).toBeLessThan(names.indexOf(plugin.name))
      }
    })

    it('ships documents without issues', () => {
      const all = [systemPlugin, ...orderPlugins([plugin, ...others]).plugins]
      const rows = pluginDocuments(all)
      const settings = { currency: 'EUR', timeZone: 'Europe/Berlin', country: 'DE' }
      const state = { version: 0, rows, registry: { tables: [], columns: [], conversions: [], free: [] } }
      expect(
        buildModel({ fieldTypes: fieldTypesOf(all), plugins: all, settings }, state).issues.errors,
      ).toEqual([])
    })

    it('says every text in English and German', () => {
      expect(missingTexts(plugin)).toEqual([])
    })

    it('explains what each of its entities means', () => {
      for (const entity of plugin.entities ?? []) {
        const { name, descriptions, icon } = entity['x-entity']
        expect(entity.description?.length, name).toBeGreaterThan(80)
        expect(descriptions?.['de']?.length, name).toBeGreaterThan(80)
        expect(icon, name).toBeTruthy()
      }
    })

    it('gives each entity a form of its name, a list and rights for the reader', () => {
      for (const entity of plugin.entities ?? []) {
        const { name } = entity['x-entity']
        expect(plugin.forms?.[name]?.entity, name).toBe(name)
        const views = Object.values(plugin.views ?? {}).filter((view) => view.entity === name)
        expect(views.length, name).toBeGreaterThan(0)
        expect(plugin.roles?.['reader']?.entities[name]?.read, name).toBe('all')
        expect(plugin.roles?.['reader']?.entities[name], name).not.toHaveProperty('update')
      }
    })

    it('builds on the SDK alone', () => {
      const folder = join(pluginsFolder, plugin.name)
      for (const file of sources(folder)) {
        const imports = [
          ...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?:[^'"=]*? from )?['"]([^'"]+)['"]/gm),
        ]
        for (const [line, from = ''] of imports) {
          const own = from.startsWith('./') && !from.includes('..')
          const foreignTypes = line.startsWith('import type ') && from.startsWith('@xrm/')
          expect(own || from.startsWith('@xrm/sdk') || foreignTypes, `${file}: ${line}`).toBe(true)
        }
      }
    })
  })
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}

/** Places with an English text and no German one: `title` beside `labels`, `description` and `message` likewise. */
function missingTexts(plugin: Plugin): string[] {
  const missing: string[] = []
  const need = (place: string, text: unknown, translations: unknown): void => {
    if (typeof text !== 'string') return
    const german = (translations as Record<string, unknown> | undefined)?.['de']
    if (typeof german !== 'string' || german === '') missing.push(place)
  }
  need('/title', plugin.title, plugin.labels)
  for (const [name, field] of Object.entries(plugin.settings ?? {})) {
    need(`/settings/${name}/title`, field.title ?? '', field['x-labels'])
    need(`/settings/${name}/description`, field.description, field['x-descriptions'])
  }
  for (const entity of plugin.entities ?? []) {
    const at = `/entities/${entity['x-entity'].name}`
    if (!entity['x-entity'].labels?.['de']) missing.push(`${at}/x-entity/labels`)
    need(`${at}/description`, entity.description, entity['x-entity'].descriptions)
    for (const [name, field] of Object.entries(entity.properties)) {
      if (field.title === undefined) missing.push(`${at}/properties/${name}/title`)
      need(`${at}/properties/${name}/title`, field.title, field['x-labels'])
      need(`${at}/properties/${name}/description`, field.description, field['x-descriptions'])
      if (typeof field['x-options'] === 'object')
        walk(`${at}/properties/${name}/x-options`, field['x-options'])
      walk(`${at}/properties/${name}/x-stages`, field['x-stages'])
      walk(`${at}/properties/${name}/x-relation`, field['x-relation'])
    }
    walk(`${at}/x-rules`, entity['x-rules'])
  }
  for (const part of ['optionSets', 'conversions', 'views', 'forms', 'roles'] as const)
    walk(`/${part}`, plugin[part])
  return missing

  function walk(at: string, value: unknown): void {
    if (value === null || typeof value !== 'object') return
    const node = value as Record<string, unknown>
    need(`${at}/title`, node['title'], node['labels'])
    need(`${at}/message`, node['message'], node['messages'])
    for (const [key, child] of Object.entries(node)) walk(`${at}/${key}`, child)
  }
}
