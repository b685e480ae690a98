/** What a JSON text says about its own form, before and after it is parsed. */
export interface JsonForm {
  /** How deep its brackets are nested. */
  depth: number
  /** How many members its objects have, those that are named twice included. */
  members: number
}

/** Reads the form of a JSON text in one pass, without looking into its strings. Of a text that is not JSON it says anything. */
export function formOf(json: string): JsonForm {
  let depth = 0
  let deepest = 0
  let members = 0
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case quote:
        at = endOfString(json, at)
        break
      case colon:
        members++
        break
      case openList:
      case openObject:
        if (++depth > deepest) deepest = depth
        break
      case closeList:
      case closeObject:
        depth--
    }
  }
  return { depth: deepest, members }
}

/** How many members the objects of a value have. A text that names one twice has more of them than its value. */
export function countMembers(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (item !== null && typeof item === 'object') count += countMembers(item)
    return count
  }
  for (const item of Object.values(value)) {
    count++
    if (item !== null && typeof item === 'object') count += countMembers(item)
  }
  return count
}

/** The first name that an object of a valid JSON text has twice. */
export function repeatedName(json: string): string | undefined {
  const open: Set<string>[] = []
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case quote: {
        const end = endOfString(json, at)
        if (/^\s*:/.test(json.slice(end + 1, end + 100))) {
          const name = JSON.parse(json.slice(at, end + 1)) as string
          if (open.at(-1)?.has(name)) return name
          open.at(-1)?.add(name)
        }
        at = end
        break
      }
      case openList:
      case openObject:
        open.push(new Set())
        break
      case closeList:
      case closeObject:
        open.pop()
    }
  }
  return undefined
}

/** Where the string ends that begins at a quote; the end of the text when it does not. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let slashes = 0
    while (json.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
  return json.length
}

const [quote, backslash, colon] = [34, 92, 58]
const [openList, closeList, openObject, closeObject] = [91, 93, 123, 125]
