import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { DocumentKind } from '@xrm/sdk'
import { documentKinds, documentSchemas } from '@xrm/sdk/documents'
import type { Issues } from './issues.ts'
import { escapePointer } from '@xrm/sdk/merge'

const ajv = new Ajv2020({
  strict: true,
  allErrors: true,
  ownProperties: true,
  allowUnionTypes: true,
  strictRequired: false,
  strictTypes: false,
  // Of our own schemas, which a test holds valid. Checking them and optimising the code costs a start more than it gives.
  validateSchema: false,
  code: { optimize: false },
})
const validators = new Map<DocumentKind, ValidateFunction>()

/** Deeper or larger documents are refused before anything walks through them. */
const maxDepth = 12
const maxSize = 2_000_000
/** Of one document: whoever sends 100,000 unknown keys is not answered with as many sentences. */
const maxErrors = 100

/** True when the body has the shape of its kind; otherwise every deviation becomes an issue with its place. */
export function checkShape(kind: DocumentKind, name: string, body: unknown, issues: Issues): boolean {
  const size = JSON.stringify(body)?.length ?? 0
  if (size > maxSize || isDeeperThan(body, maxDepth)) {
    issues.error(
      { kind, name },
      '',
      'document.too-large',
      `The document is larger than ${maxSize} characters or deeper than ${maxDepth} levels.`,
    )
    return false
  }
  const reserved = [...(isReserved(name) ? [''] : []), ...reservedKeys(body)].slice(0, maxErrors)
  if (reserved.length > 0) {
    for (const pointer of reserved) {
      const text = `"${pointer.split('/').at(-1) || name}" is a reserved name.`
      issues.error({ kind, name }, pointer, 'field.reserved-name', text)
    }
    return false
  }
  let validate = validators.get(kind)
  if (!validate) validators.set(kind, (validate = ajv.compile(documentSchemas[kind])))
  if (validate(body)) return true
  for (const error of mostTelling(validate.errors ?? []).slice(0, maxErrors)) {
    issues.error({ kind, name }, error.instancePath, 'document.shape', message(error))
  }
  return false
}

/** A failed `anyOf` also reports each branch; the branches of the same place say it better, once. */
function mostTelling(errors: ErrorObject[]): ErrorObject[] {
  const seen = new Set<string>()
  return errors.filter((error) => {
    if (error.keyword === 'anyOf' || error.keyword === 'propertyNames') return false
    const key = `${error.instancePath} ${message(error)}`
    return !seen.has(key) && seen.add(key)
  })
}

function message(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties')
    return `Unknown key "${String(error.params['additionalProperty'])}".`
  if (error.propertyName !== undefined)
    return `"${error.propertyName}" is not a valid name: it ${error.message}.`
  if (error.keyword === 'enum')
    return `Must be one of: ${(error.params['allowedValues'] as unknown[]).join(', ')}.`
  return `It ${error.message}.`
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  if (levels === 0) return true
  return Object.values(value).some((child) => isDeeperThan(child, levels - 1))
}

/** What every object inherits is found where nobody put it; no name of ours may be one of these (META-04, INJ-02). */
function isReserved(name: string): boolean {
  return name in Object.prototype
}

function reservedKeys(value: unknown, at = ''): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, child]) => {
    const pointer = `${at}/${escapePointer(key)}`
    return isReserved(key) ? [pointer] : reservedKeys(child, pointer)
  })
}

/** True for the kinds of documents there are. */
export function isDocumentKind(kind: string): kind is DocumentKind {
  return (documentKinds as string[]).includes(kind)
}
