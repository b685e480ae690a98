import { type DocumentKind, type Plugin, type Preset, Problem } from '@xrm/sdk'
import type { ChangesetView } from '@xrm/sdk/configuration'
import type { PresetView } from '@xrm/sdk/conversions'
import { type Json, mergePatch } from '@xrm/sdk/merge'
import type { Changesets } from '../documents/changesets.ts'
import type { Documents, WantedDocument } from '../documents/documents.ts'
import { effectiveDocuments } from '../documents/layers.ts'
import { normaliseDocument } from '../documents/normalise.ts'
import { problems } from '../documents/problems.ts'

/** Members without which no document of the kind exists: a patch that has them all can stand alone. */
const whole: Partial<Record<DocumentKind, readonly string[]>> = {
  conversion: ['title', 'source', 'targets'],
  view: ['title', 'entity', 'columns'],
}

interface Change {
  kind: DocumentKind
  name: string
  patch: Record<string, unknown> | null
}

/** The ways of working that plugins offer. Names are unique over all plugins; the first holds. */
export class Presets {
  readonly #presets = new Map<string, { plugin: string; preset: Preset }>()
  readonly #changesets: Changesets
  readonly #documents: Documents

  constructor(plugins: readonly Plugin[], changesets: Changesets, documents: Documents) {
    for (const { name: plugin, presets = {} } of plugins) {
      for (const [name, preset] of Object.entries(presets)) {
        if (!this.#presets.has(name)) this.#presets.set(name, { plugin, preset })
      }
    }
    this.#changesets = changesets
    this.#documents = documents
  }

  async list(): Promise<PresetView[]> {
    const present = new Map((await this.#documents.list()).map((one) => [`${one.kind}/${one.name}`, one]))
    return [...this.#presets]
      .map(([name, { plugin, preset }]) => ({
        name,
        plugin,
        title: preset.title,
        labels: preset.labels ?? {},
        description: preset.description,
        descriptions: preset.descriptions ?? {},
        order: preset.order ?? 1000,
        documents: changesOf(preset).map((change) => {
          const known = present.get(`${change.kind}/${change.name}`)
          const { title = change.name, labels = {} } = (known ?? change.patch ?? {}) as Partial<PresetView>
          return { kind: change.kind, name: change.name, title, labels, does: effectOf(change, known) }
        }),
      }))
      .toSorted((a, b) => a.order - b.order)
  }

  /** Makes a draft of it, to be looked at, changed and published like any other. */
  async draft(name: string, actor: string | null): Promise<ChangesetView> {
    const found = this.#presets.get(name)
    if (!found) throw new Problem(problems['preset.not-found'], { detail: name.slice(0, 80) })
    const { preset } = found
    const { id } = await this.#changesets.create(actor, preset.title, preset.description)
    await this.#documents.edit(id, ({ rows }) => {
      const present = new Map(effectiveDocuments(rows).map((one) => [`${one.kind}/${one.name}`, one.body]))
      return changesOf(preset).flatMap(({ kind, name: document, patch }): WantedDocument[] => {
        const body = present.get(`${kind}/${document}`) as Json | undefined
        if (body === undefined && !isWhole(kind, patch)) return []
        if (patch === null) return [{ kind, name: document, body: undefined }]
        return [{ kind, name: document, body: normaliseDocument(kind, mergePatch(body, patch as Json)) }]
      })
    })
    return this.#changesets.get(id)
  }
}

function changesOf({ documents }: Preset): Change[] {
  return Object.entries(documents).flatMap(([kind, byName]) =>
    Object.entries(byName).map(([name, patch]) => ({ kind: kind as DocumentKind, name, patch })),
  )
}

function effectOf({ kind, patch }: Change, known: unknown): PresetView['documents'][number]['does'] {
  if (known !== undefined) return patch === null ? 'remove' : 'change'
  return isWhole(kind, patch) ? 'add' : 'missing'
}

function isWhole(kind: DocumentKind, patch: Change['patch']): boolean {
  return patch !== null && whole[kind]?.every((member) => patch[member] !== undefined) === true
}
