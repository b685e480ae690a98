import type { PoolClient } from 'pg'
import type { DocumentBodies, DocumentKind, XrmDocument } from '@xrm/sdk'
import type { Database } from '../storage/database.ts'
import { type Registry, registrySql } from '../storage/registry.ts'
import { type Json, mergePatch } from './merge.ts'

/** From the bottom up; an upper layer is a merge patch over those below. */
export const layers = ['plugin', 'site', 'admin'] as const
export type Layer = (typeof layers)[number]

export interface LayerRow {
  layer: Layer
  kind: DocumentKind
  name: string
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
      documents: LayerRow[]
      registry: Registry
    }
  }>(`
    SELECT json_build_object(
      'version', (SELECT version FROM xrm.model),
      'documents', (SELECT coalesce(json_agg(json_build_object('layer', layer, 'kind', kind, 'name', name, 'body', body)), '[]') FROM xrm.document),
      'registry', ${registrySql}
    ) AS state`)
  const { version, documents, registry } = rows[0]!.state
  return { version, rows: documents, registry }
}

/** The key under which a document is known: `entity/lead`. */
export function documentKey(kind: string, name: string): string {
  return `${kind}/${name}`
}

/** Merges the layers into the effective documents; a removed document is absent. Sorted, so that the result is stable. */
export function effectiveDocuments(rows: readonly LayerRow[]): XrmDocument[] {
  const merged = new Map<string, { kind: DocumentKind; name: string; body: Json }>()
  for (const layer of layers) {
    for (const row of rows) {
      if (row.layer !== layer) continue
      const key = documentKey(row.kind, row.name)
      merged.set(key, { kind: row.kind, name: row.name, body: mergePatch(merged.get(key)?.body, row.body) })
    }
  }
  return [...merged.values()]
    .filter((document) => document.body !== null)
    .map(({ kind, name, body }) => ({ kind, name, body: body as unknown as DocumentBodies[DocumentKind] }))
    .toSorted((a, b) => (documentKey(a.kind, a.name) < documentKey(b.kind, b.name) ? -1 : 1))
}

/** The body of one document in each layer, and merged up to a layer. */
export function layerBody(
  rows: readonly LayerRow[],
  layer: Layer,
  kind: string,
  name: string,
): Json | undefined {
  return rows.find((row) => row.layer === layer && row.kind === kind && row.name === name)?.body
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
