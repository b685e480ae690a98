/** The address of a role in the console. */
export function rolePath(name: string, tab = ''): string {
  return `/admin/roles/${encodeURIComponent(name)}${tab && `/${tab}`}`
}
