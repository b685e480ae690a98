/** The icon of a file, by its media type. */
export function fileIcon(type: string): string {
  if (type.startsWith('image/')) return 'file-image'
  if (type.startsWith('audio/')) return 'file-audio'
  if (type.startsWith('video/')) return 'file-video'
  if (/spreadsheet|excel|csv|tab-separated/.test(type)) return 'file-spreadsheet'
  if (/presentation|powerpoint/.test(type)) return 'presentation'
  if (/zip|compressed|gzip/.test(type)) return 'file-archive'
  if (type === 'message/rfc822' || type === 'application/vnd.ms-outlook') return 'mail'
  if (type === 'text/calendar') return 'calendar'
  if (/^text\/|pdf|word|opendocument\.text|rtf/.test(type)) return 'file-text'
  return 'file'
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** A size as people say it: `3.4 MB`. */
export function formatSize(bytes: number, locale: string): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power]!,
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(bytes / 1000 ** power)
}

/** Where what is in a file is; `inline` shows a picture in the page. */
export function contentPath(id: string, inline = false): string {
  return `/api/files/${encodeURIComponent(id)}/content${inline ? '?inline=true' : ''}`
}

/** Pictures that the server lets a page show. */
export function isPicture(type: string): boolean {
  return ['image/png', 'image/jpeg', 'image/gif', 'image/webp'].includes(type)
}

/** What is pasted as a picture has the same name each time; the moment tells them apart. */
export function pastedName(file: Pick<File, 'name'>, text: string): string {
  if (!/^image\.(png|jpe?g|gif|webp)$/i.test(file.name)) return file.name
  // A name holds no colon.
  return `${text.replaceAll(/[\\/:*?"<>|]/g, '.')}${file.name.slice(file.name.lastIndexOf('.'))}`
}
