import { Problem, type ProblemItem, type XrmDocument } from '@xrm/sdk'
import { namePattern } from '@xrm/sdk/documents'
import { Issues } from './issues.ts'
import { isObject, type Json } from '@xrm/sdk/merge'
import { normaliseDocument } from './normalise.ts'
import { problems } from './problems.ts'
import { checkShape } from './shape.ts'
import { reservedNames } from './system-fields.ts'
import type { WantedDocument } from './documents.ts'

/** Collects what is wrong with a request that makes documents, so that all of it is told at once. */
export class RequestCheck {
  readonly #errors: ProblemItem[] = []
  readonly #documents: readonly XrmDocument[]

  constructor(documents: readonly XrmDocument[]) {
    this.#documents = documents
  }

  error(member: string, code: string, detail: string): void {
    this.#errors.push({ pointer: `#/${member}`, code, detail })
  }

  body(kind: XrmDocument['kind'], name: string): { [key: string]: Json } | undefined {
    const found = this.#documents.find((document) => document.kind === kind && document.name === name)
    return found && (structuredClone(found.body) as unknown as { [key: string]: Json })
  }

  all(kind: XrmDocument['kind']): [string, { [key: string]: Json }][] {
    return this.#documents
      .filter((document) => document.kind === kind)
      .map(({ name }) => [name, this.body(kind, name)!])
  }

  /** A name that an entity or a field may have. */
  name(member: string, name: string): void {
    if (!new RegExp(namePattern).test(name))
      this.error(member, 'name.invalid', `It must match ${namePattern}.`)
    else if (reservedNames.has(name) || name.startsWith('pg_') || name in Object.prototype)
      this.error(member, 'name.reserved', `"${name}" is a reserved name.`)
  }

  entityName(member: string, name: string): void {
    this.name(member, name)
    const was = (body: { [key: string]: Json }): boolean => {
      const options = body['x-entity']
      return isObject(options) && isObject(options['was']) && Object.hasOwn(options['was'], name)
    }
    if (this.all('entity').some(([other, body]) => other === name || was(body)))
      this.error(member, 'name.taken', `"${name}" is or was the name of an entity.`)
  }

  plural(member: string, plural: string): void {
    if (!new RegExp(namePattern).test(plural))
      this.error(member, 'name.invalid', `It must match ${namePattern}.`)
    for (const [other, body] of this.all('entity'))
      if (isObject(body['x-entity']) && body['x-entity']['plural'] === plural)
        this.error(member, 'name.taken', `"${plural}" is the plural of "${other}".`)
  }

  /** Throws what has been found. */
  throwErrors(): void {
    if (this.#errors.length > 0) throw new Problem(problems['document.invalid'], { errors: this.#errors })
  }

  /** The documents in the form in which drafts keep them; throws where one has not the shape of its kind. */
  finish(documents: readonly WantedDocument[]): WantedDocument[] {
    this.throwErrors()
    const issues = new Issues()
    const finished = documents.map(({ kind, name, body }) => ({
      kind,
      name,
      body: body === undefined ? undefined : normaliseDocument(kind, body),
    }))
    for (const { kind, name, body } of finished) if (body !== undefined) checkShape(kind, name, body, issues)
    if (issues.list.length > 0) {
      throw new Problem(problems['document.invalid'], {
        errors: issues.list.map(({ kind, name, pointer, code, message }) => ({
          pointer: `#/${kind}/${name}${pointer}`,
          code,
          detail: message,
        })),
      })
    }
    return finished
  }
}
