import type { ExpressionNames, NamedMember } from '@xrm/sdk/configuration'

/** One suggestion, without the editor's types: what is put in, and what is said about it. */
export interface Suggestion {
  label: string
  detail: string
  info: string
  kind: 'field' | 'function' | 'option'
  /** What is put in instead of the label; `caret` is how far from its end one goes on writing. */
  apply?: string
  caret?: number
}

export interface Suggestions {
  /** Where the word that is completed begins. */
  from: number
  items: Suggestion[]
}

/**
 * What may be written at the end of `before`: options inside a text that is compared with a choice, members and methods
 * after a dot, names and functions elsewhere. Null where nothing can be suggested. `after` is the rest of the expression.
 */
export function suggest(names: ExpressionNames, before: string, after = ''): Suggestions | null {
  const quoted = openText(before)
  const path = String.raw`([a-z_]\w*(?:\s*\.\s*[a-z_]\w*)*)`
  if (quoted !== null) {
    const compared = new RegExp(String.raw`${path}\s*(?:==|!=|in\s*\[[^\]]*)\s*$`, 'i').exec(
      before.slice(0, quoted),
    )
    const options = compared && memberAt(names, parts(compared[1] ?? ''))?.options
    if (!options) return null
    const quote = before[quoted] ?? '"'
    const end = after.startsWith(quote) ? '' : quote
    return { from: quoted + 1, items: options.map((option) => optionOf(option, option.key + end)) }
  }
  const member = new RegExp(String.raw`${path}\s*\.\s*(\w*)$`, 'i').exec(before)
  if (member) {
    const word = member[2] ?? ''
    const owner = memberAt(names, parts(member[1] ?? ''))
    const type = owner === null ? undefined : (owner.record ?? owner.type)
    const members = type === undefined ? undefined : (names.members[type] ?? names.members[`$${type}`])
    const items = [...(members ?? []).map(fieldOf), ...methods(names, owner?.type)]
    return { from: before.length - word.length, items }
  }
  const word = /[a-z_]\w*$/i.exec(before)?.[0] ?? ''
  const start = before.slice(0, before.length - word.length)
  // A number, or the member of something that has no name.
  if (/\)\s*\.\s*$/.test(start)) return { from: start.length, items: methods(names, undefined) }
  if (/[\d.]\s*$/.test(start)) return null
  const compared = new RegExp(String.raw`${path}\s*(?:==|!=)\s*$`, 'i').exec(start)
  const options = compared ? (memberAt(names, parts(compared[1] ?? ''))?.options ?? []) : []
  return {
    from: start.length,
    items: [
      ...options.map((option) => ({
        ...optionOf(option, JSON.stringify(option.key)),
        label: `"${option.key}"`,
      })),
      ...(names.members[''] ?? []).map(fieldOf),
      ...functions(names),
    ],
  }
}

function parts(path: string): string[] {
  return path.split('.').map((part) => part.trim())
}

/** The member at the end of a path from the expression's own names; null when there is none. */
function memberAt(names: ExpressionNames, path: string[]): NamedMember | null {
  let found: NamedMember | null = null
  let type = ''
  for (const part of path) {
    const members = names.members[type] ?? names.members[`$${type}`]
    found = members?.find(({ name }) => name === part) ?? null
    if (!found) return null
    type = found.record ?? found.type
  }
  return found
}

function fieldOf({ name, type, title }: NamedMember): Suggestion {
  return { label: name, detail: type, info: title, kind: 'field' }
}

function optionOf({ key, title }: { key: string; title: string }, apply: string): Suggestion {
  return { label: key, detail: title, info: '', kind: 'option', apply }
}

/** One suggestion for each name; the forms of a function that takes several types are its description. */
function functions(names: ExpressionNames): Suggestion[] {
  // What begins with a dot or with its list, as `.amount` and `list.exists` do, needs something before it.
  return grouped(
    names.functions.filter(
      ({ name, signature }) => !name.startsWith('.') && signature.startsWith(`${name}(`),
    ),
  )
}

/** What may follow a value of a type after a dot: the functions that take it first. Undefined: it is not known. */
function methods(names: ExpressionNames, type: string | undefined): Suggestion[] {
  const fits = ({ signature }: ExpressionNames['functions'][number]) => {
    const form = /^([^(]*)\(([^,)]*)/.exec(signature)
    const receiver = /^(\w+)\./.exec(form?.[1] ?? '')?.[1]
    const first = receiver ?? form?.[2]?.replace(/^literal |\.\.\.$/g, '') ?? ''
    if (first === '') return false
    if (type === undefined || first === type || first === 'T') return true
    if (first.startsWith('list')) return type.startsWith('list')
    return (first === 'R' && type.startsWith('record')) || (first === 'decimal' && type === 'int')
  }
  return grouped(names.functions.filter(fits))
}

function grouped(rows: ExpressionNames['functions']): Suggestion[] {
  const found = new Map<string, Suggestion>()
  for (const { name, signature, description } of rows) {
    const known = found.get(name)
    const line = `${signature}\n${description}`
    if (known) {
      known.info += `\n\n${line}`
      continue
    }
    // A form such as `.amount` is read like a member.
    const member = name.startsWith('.')
    const empty = signature.startsWith(`${name}()`)
    found.set(name, {
      label: name.replace(/^\./, ''),
      detail: signature.slice(signature.indexOf('(')),
      info: line,
      kind: 'function',
      apply: member ? name.slice(1) : `${name}()`,
      caret: member || empty ? 0 : 1,
    })
  }
  return [...found.values()]
}

/** Where the text that is still open at the end of `before` begins; null outside of texts. */
function openText(before: string): number | null {
  let open: number | null = null
  for (let at = 0; at < before.length; at++) {
    const character = before[at]
    if (open === null && (character === '"' || character === "'")) open = at
    else if (open !== null && character === '\\') at++
    else if (open !== null && character === before[open]) open = null
  }
  return open
}
