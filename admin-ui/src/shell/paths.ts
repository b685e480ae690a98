/** The addresses of our pages. Lists and records lie where the API has them, without `/api`. */
export function listPath(entity: string, query = ''): string {
  return `/records/${entity}${query}`
}

/** Where records of an entity that may be the same are listed. */
export function duplicatesPath(entity: string): string {
  return `/duplicates/${entity}`
}

export function recordPath(entity: string, id: string): string {
  return `/records/${entity}/${id}`
}
