/** The addresses of our pages. Lists and records lie where the API has them, without `/api`. */
export function listPath(entity: string, query = ''): string {
  return `/records/${entity}${query}`
}

export function recordPath(entity: string, id: string): string {
  return `/records/${entity}/${id}`
}
