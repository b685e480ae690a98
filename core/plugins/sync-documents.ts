import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelContext } from '../documents/build-model.ts'
import { type LayerRow, readState } from '../documents/layers.ts'
import { isEqual, type Json } from '@xrm/sdk/merge'
import type { Edit } from '../documents/publish.ts'
import { isDocumentKind } from '../documents/shape.ts'
import { StartError } from '../start-error.ts'
import { adoptTypes } from '../storage/adopt-types.ts'
import { type Database, session } from '../storage/database.ts'
import type { PluginFailure } from './load-plugins.ts'
import { publishFirst, upgrade, type WaitingUpgrade } from './upgrade.ts'

/** Any number that no other advisory lock of ours uses. */
const upgradeLock = 5_788_245

/**
 * Brings the layers `plugin` and `site` up to what code and files say, before the server answers: as a published
 * changeset, or as a draft that waits for an administrator, which is returned. Several nodes may start at once: each sees
 * what the one before it did. Nothing happens when nothing differs.
 */
export async function syncDocuments(
  db: Database,
  context: ModelContext,
  rows: readonly LayerRow[],
  failures: readonly PluginFailure[] = [],
): Promise<WaitingUpgrade | null> {
  await adoptTypes(db, context)
  return session(db, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [upgradeLock])
    try {
      const state = await readState(db.pool)
      const edits = differences(state.rows, rows, failures)
      if (state.version > 0) return await upgrade(db, context, edits)
      await publishFirst(db, context, edits)
      return null
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [upgradeLock])
    }
  })
}

/** A plugin that does not load has not gone: its documents stay. */
function differences(
  current: readonly LayerRow[],
  wanted: readonly LayerRow[],
  failures: readonly PluginFailure[],
): Edit[] {
  const failed = new Set(failures.map(({ name }) => name))
  const edit = ({ layer, kind, name, plugin }: LayerRow, before?: Json, after?: Json): Edit => ({
    layer,
    kind,
    name,
    ...(plugin === undefined ? {} : { plugin }),
    before,
    after,
  })
  const bodyIn = (rows: readonly LayerRow[], { layer, kind, name, plugin }: LayerRow): Json | undefined =>
    rows.find((row) => row.layer === layer && row.kind === kind && row.name === name && row.plugin === plugin)
      ?.body
  return [
    ...wanted
      .filter((row) => !isEqual(bodyIn(current, row), row.body))
      .map((row) => edit(row, bodyIn(current, row), row.body)),
    ...current
      .filter(
        (row) => row.layer !== 'admin' && !failed.has(row.plugin ?? '') && bodyIn(wanted, row) === undefined,
      )
      .map((row) => edit(row, row.body, undefined)),
  ]
}

/** The operator's own documents: `<folder>/<kind>/<name>.json`, each a merge patch over what plugins ship. */
export async function siteDocuments(folder: string | undefined): Promise<LayerRow[]> {
  if (folder === undefined) return []
  const rows: LayerRow[] = []
  for (const kind of await list(folder)) {
    if (!isDocumentKind(kind)) throw new StartError(`"${kind}" in ${folder} is not a kind of document.`)
    for (const file of await list(join(folder, kind))) {
      if (!file.endsWith('.json')) continue
      const path = join(folder, kind, file)
      try {
        const body = JSON.parse(await readFile(path, 'utf8')) as Json
        rows.push({ layer: 'site', kind, name: file.slice(0, -'.json'.length), body })
      } catch (error) {
        throw new StartError(`${path} is not readable JSON: ${(error as Error).message}`)
      }
    }
  }
  return rows
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (error) {
    throw new StartError(`The folder of documents cannot be read: ${(error as Error).message}`)
  }
}
