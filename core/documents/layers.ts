import type { PoolClient } from 'pg'
import type { DocumentBodies, DocumentKind, XrmDocument } from '@xrm/sdk'
import type { Database } from '../storage/database.ts'
import { type Registry, registrySql } from '../storage/registry.ts'
import { isObject, type Json, mergePatch } from '@xrm/sdk/merge'

/** From the bottom up; an upper layer is a merge patch over those below. */
export const layers = ['plugin', 'site', 'admin'] as const
export type Layer = (typeof layers)[number]

export interface LayerRow {
  layer: Layer
  kind: DocumentKind
  name: string
  /** Of the layer `plugin`: whose. Several may each add their part to a role. */
  plugin?: string
  body: Json
}

/** Everything the database says about the configuration, read at one moment. */
export interface DocumentState {
  version: number
  rows: LayerRow[]
  registry: Registry
}

/** Reads the whole state in one statement, so that version and documents belong together. */
export async function readState(db: Pick<PoolClient, 'query'> | Database['pool']): Promise<DocumentState> {
  const { rows } = await db.query<{
    state: {
      version: number
      documents: (Omit<LayerRow, 'plugin'> & { plugin: string | null })[]
      registry: Registry
    }
  }>(`
    SELECT json_build_object(
      'version', (SELECT version FROM xrm.model),
      'documents', (SELECT coalesce(json_agg(json_build_object('layer', layer, 'kind', kind, 'name', name, 'plugin', nullif(plugin, ''), 'body', body) ORDER BY plugin), '[]') FROM xrm.document),
      'registry', ${registrySql}
    ) AS state`)
  const { version, documents, registry } = rows[0]!.state
  return {
    version,
    rows: documents.map(({ plugin, ...row }) => (plugin ? { ...row, plugin } : row)),
    registry,
  }
}

/** The key under which a document is known: `entity/lead`. */
export function documentKey(kind: string, name: string): string {
  return `${kind}/${name}`
}

/**
 * The rows without those of plugins that are turned off. What upper layers say about a document that only such plugins
 * ship waits with it.
 */
export function rowsInForce(rows: readonly LayerRow[]): readonly LayerRow[] {
  const off = new Set(
    mergeRows(rows.filter(({ kind }) => kind === 'plugin'))
      .filter(({ body }) => isObject(body) && body['enabled'] === false)
      .map(({ name }) => name),
  )
  if (off.size === 0) return rows
  const isOff = ({ layer, kind, plugin }: LayerRow): boolean =>
    layer === 'plugin' && kind !== 'plugin' && plugin !== undefined && off.has(plugin)
  const keys = (some: readonly LayerRow[]): Set<string> =>
    new Set(some.map(({ kind, name }) => documentKey(kind, name)))
  const left = rows.filter((row) => !isOff(row))
  const shipped = keys(left.filter(({ layer }) => layer === 'plugin'))
  const waiting = keys(rows.filter(isOff))
  return left.filter(({ kind, name }) => {
    const key = documentKey(kind, name)
    return shipped.has(key) || !waiting.has(key)
  })
}

/** The plugins that ship each document, by its key. */
export function pluginsByDocument(rows: readonly LayerRow[]): Map<string, string[]> {
  const plugins = new Map<string, string[]>()
  for (const { kind, name, plugin } of rows) {
    if (plugin === undefined) continue
    const key = documentKey(kind, name)
    plugins.set(key, [...(plugins.get(key) ?? []), plugin].toSorted())
  }
  return plugins
}

/**
 * Merges the layers into the effective documents; a removed document is absent, and so is one whose plugin is turned off.
 * Sorted, so that the result is stable.
 */
export function effectiveDocuments(rows: readonly LayerRow[]): XrmDocument[] {
  return mergeRows(rowsInForce(rows))
    .filter((document) => document.body !== null)
    .map(({ kind, name, body }) => ({ kind, name, body: body as unknown as DocumentBodies[DocumentKind] }))
    .toSorted((a, b) => (documentKey(a.kind, a.name) < documentKey(b.kind, b.name) ? -1 : 1))
}

function mergeRows(rows: readonly LayerRow[]): { kind: DocumentKind; name: string; body: Json }[] {
  const merged = new Map<string, { kind: DocumentKind; name: string; body: Json }>()
  for (const layer of layers) {
    for (const row of inOrder(rows.filter((one) => one.layer === layer))) {
      const key = documentKey(row.kind, row.name)
      merged.set(key, { kind: row.kind, name: row.name, body: mergePatch(merged.get(key)?.body, row.body) })
    }
  }
  return [...merged.values()]
}

/** The parts of several plugins merge in one order everywhere. */
function inOrder(rows: readonly LayerRow[]): LayerRow[] {
  return rows.toSorted(({ plugin: a = '' }, { plugin: b = '' }) => (a < b ? -1 : a > b ? 1 : 0))
}

/** What one layer says about a document: all plugins together, or one of them. */
export function layerBody(
  rows: readonly LayerRow[],
  layer: Layer,
  kind: string,
  name: string,
  plugin?: string,
): Json | undefined {
  const own = rows.filter(
    (row) =>
      row.layer === layer &&
      row.kind === kind &&
      row.name === name &&
      (plugin === undefined || row.plugin === plugin),
  )
  if (own.length < 2) return own[0]?.body
  return inOrder(own).reduce<Json | undefined>((body, row) => mergePatch(body, row.body), undefined)
}

/** The document as the layers below one make it; undefined when they have none. */
export function bodyBelow(
  rows: readonly LayerRow[],
  layer: Layer,
  kind: string,
  name: string,
): Json | undefined {
  let body: Json | undefined
  for (const lower of layers.slice(0, layers.indexOf(layer))) {
    const patch = layerBody(rows, lower, kind, name)
    if (patch !== undefined) body = mergePatch(body, patch)
  }
  return body ?? undefined
}
