import { fileTypeFromBuffer } from 'file-type'
import { extensionOf } from './file-name.ts'

/** What a name says is in the file: the types that the bytes may then be of. The first one is told where bytes alone do not say it. */
const byExtension: Record<string, readonly string[]> = {
  pdf: ['application/pdf'],
  png: ['image/png', 'image/apng'],
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  gif: ['image/gif'],
  webp: ['image/webp'],
  bmp: ['image/bmp'],
  tif: ['image/tiff'],
  tiff: ['image/tiff'],
  heic: ['image/heic', 'image/heif', 'image/heic-sequence'],
  docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/zip'],
  xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/zip'],
  pptx: ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'application/zip'],
  odt: ['application/vnd.oasis.opendocument.text', 'application/zip'],
  ods: ['application/vnd.oasis.opendocument.spreadsheet', 'application/zip'],
  odp: ['application/vnd.oasis.opendocument.presentation', 'application/zip'],
  doc: ['application/msword', 'application/x-cfb'],
  xls: ['application/vnd.ms-excel', 'application/x-cfb'],
  ppt: ['application/vnd.ms-powerpoint', 'application/x-cfb'],
  msg: ['application/vnd.ms-outlook', 'application/x-cfb'],
  rtf: ['application/rtf'],
  zip: ['application/zip'],
  gz: ['application/gzip'],
  '7z': ['application/x-7z-compressed'],
  mp3: ['audio/mpeg'],
  wav: ['audio/wav'],
  m4a: ['audio/x-m4a', 'audio/mp4', 'video/mp4'],
  mp4: ['video/mp4', 'video/x-m4v'],
  mov: ['video/quicktime'],
}

/** Of text the bytes say nothing: its type is what the name says. XML is found in the bytes where it says so itself. */
const textByExtension: Record<string, string> = {
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  htm: 'text/html',
  svg: 'image/svg+xml',
  eml: 'message/rfc822',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  yaml: 'application/yaml',
  yml: 'application/yaml',
}

/** Programs, whatever they are called. */
const programs = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
  'application/x-executable',
  'application/wasm',
  'application/java-vm',
  'application/x-ms-shortcut',
  'application/vnd.android.package-archive',
  'application/x-apple-diskimage',
  'application/x-deb',
  'application/x-rpm',
])

/** What a file is taken as, or the code of the problem that it is. */
export type Judged = { type: string } | { code: 'file.type' | 'file.mismatch'; detail: string }

/**
 * What is in a file, by its first bytes and its name together. A name that promises one thing over another is refused, and so
 * are programs. What nobody can tell is bytes. What a client declares counts for nothing.
 */
export async function judgeContent(name: string, head: Uint8Array): Promise<Judged> {
  const extension = extensionOf(name)
  const found = (await fileTypeFromBuffer(head))?.mime as string | undefined
  if (found !== undefined && programs.has(found)) return { code: 'file.type', detail: 'It is a program.' }
  const mismatch: Judged = {
    code: 'file.mismatch',
    detail: `The bytes are ${found ?? 'not what they should be'}, the name ends in ".${extension}".`,
  }
  const expected = Object.hasOwn(byExtension, extension) ? byExtension[extension]! : undefined
  if (expected) {
    if (found === undefined || !expected.includes(found)) return mismatch
    return { type: found === 'application/zip' || found === 'application/x-cfb' ? expected[0]! : found }
  }
  const text = Object.hasOwn(textByExtension, extension) ? textByExtension[extension]! : undefined
  if (text !== undefined) {
    // NUL is in no text but UTF-16, which begins with its mark; text/xml is what is found in XML and SVG.
    const isText = found === undefined || /xml|^text\/|^message\//.test(found)
    const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
    return isText && (isUtf16 || !head.includes(0)) ? { type: text } : mismatch
  }
  // Bytes that are known under another ending: an image that is called `.dat` would be judged by nobody.
  if (found !== undefined && Object.values(byExtension).some((types) => types.includes(found)))
    return mismatch
  return { type: found !== undefined && !/xml|html|script/.test(found) ? found : 'application/octet-stream' }
}

/** A name may change, but not to one that says that something else is in the file. */
export function fitsName(name: string, type: string): boolean {
  const extension = extensionOf(name)
  const expected =
    byExtension[extension] ?? (extension in textByExtension ? [textByExtension[extension]!] : undefined)
  if (expected) return expected.includes(type)
  return (
    !Object.values(byExtension).some((types) => types.includes(type)) &&
    !Object.values(textByExtension).includes(type)
  )
}

/** Pictures that a browser may show in a page: pixels, nothing that runs. */
export const rasterTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
])
