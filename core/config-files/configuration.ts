import { Problem } from '@xrm/sdk'
import type { ChangesetView, ConflictView, PlanView } from '@xrm/sdk/configuration'
import type { Changesets } from '../documents/changesets.ts'
import type { Documents as DocumentService } from '../documents/documents.ts'
import { effectiveDocuments, readState } from '../documents/layers.ts'
import type { Json } from '@xrm/sdk/merge'
import { normaliseDocument } from '../documents/normalise.ts'
import { problems } from '../documents/problems.ts'
import type { Publisher } from '../documents/publisher.ts'
import { isDocumentKind } from '../documents/shape.ts'
import type { Database } from '../storage/database.ts'
import { compareDocuments, type Comparison, type Documents } from './compare.ts'
import type { Base } from './folder.ts'

export interface Push {
  /** The documents as they were pulled. */
  base: Documents | null
  documents: Documents
  /** The files are what is to be, whatever the server has changed since; always so without a base. */
  overwrite?: boolean
  title: string
  actor: string | null
  /** Show what would happen, and leave nothing behind. */
  dryRun?: boolean
  /** Publish although conversions break. */
  force?: boolean
}

export interface Pushed {
  changes: Comparison['changes']
  plan: PlanView | null
  /** Published, or being published by its job; null: there was nothing to change, or it was a dry run. */
  changeset: ChangesetView | null
}

/** The whole configuration as one value, and bringing another one into force. */
export class Configuration {
  readonly #db: Database
  readonly #changesets: Changesets
  readonly #documents: DocumentService
  readonly #publisher: Publisher

  constructor(db: Database, changesets: Changesets, documents: DocumentService, publisher: Publisher) {
    this.#db = db
    this.#changesets = changesets
    this.#documents = documents
    this.#publisher = publisher
  }

  /** Every effective document. */
  async pull(): Promise<Base> {
    const { version, rows } = await readState(this.#db.pool)
    const documents: Documents = {}
    for (const { kind, name, body } of effectiveDocuments(rows))
      (documents[kind] ??= {})[name] = body as unknown as Json
    return { version, documents }
  }

  /** What a push would change, and where both sides have changed the same. */
  async diff({
    base,
    documents,
    overwrite,
  }: Pick<Push, 'base' | 'documents' | 'overwrite'>): Promise<Comparison> {
    return compareDocuments(base, normalised(documents), (await this.pull()).documents, overwrite)
  }

  /**
   * Brings the server to what the files say, as one changeset, after a three-way merge. Clashes are a conflict, and nothing
   * happens then.
   */
  async push({ title, actor, dryRun = false, force = false, ...files }: Push): Promise<Pushed> {
    const { changes, clashes } = await this.diff(files)
    if (clashes.length > 0) throw clashProblem(clashes)
    if (changes.length === 0) return { changes, plan: null, changeset: null }
    const { id } = await this.#changesets.create(actor, title, null, 'config')
    try {
      await this.#documents.edit(id, () => changes.map(({ kind, name, body }) => ({ kind, name, body })))
      const plan = await this.#publisher.plan(id)
      if (dryRun) {
        await this.#changesets.discard(id)
        return { changes, plan, changeset: null }
      }
      return { changes, plan, changeset: await this.#publisher.publish(id, actor, { force }) }
    } catch (error) {
      // Values that do not convert need a decision, which belongs to this draft: it waits for it in the console.
      if (!(error instanceof Problem) || error.code !== 'changeset.values') await this.#changesets.discard(id)
      throw error
    }
  }
}

function normalised(documents: Documents): Documents {
  const result: Documents = {}
  for (const [kind, bodies] of Object.entries(documents)) {
    if (!isDocumentKind(kind))
      throw new Problem(problems['document.invalid'], {
        errors: [
          {
            pointer: `#/documents/${kind.slice(0, 60)}`,
            code: 'document.kind',
            detail: 'is not a kind of document',
          },
        ],
      })
    result[kind] = Object.fromEntries(
      Object.entries(bodies).map(([name, body]) => [name, normaliseDocument(kind, body)]),
    )
  }
  return result
}

function clashProblem(clashes: readonly ConflictView[]): Problem {
  return new Problem(problems['changeset.conflict'], {
    errors: clashes.map(({ kind, name, pointer, mine, theirs }) => ({
      pointer: `#/${kind}/${name}${pointer}`,
      code: 'changeset.conflict',
      detail: 'was changed in the files and on the server',
      params: { theirs: theirs ?? null, yours: mine ?? null },
    })),
  })
}
