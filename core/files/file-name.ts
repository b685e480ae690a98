/** Longest name; what file systems take, with room for what a browser adds. */
const maxLength = 200

/** Programs, scripts and what starts them: run by a double click, or by a web server that somebody copies files to. */
const refused = new Set(
  [
    'exe dll com bat cmd msi msp scr pif cpl sys drv ps1 psm1 vb vbs vbe js jse mjs cjs ws wsf wsh hta jar class',
    'app dmg pkg deb rpm apk sh bash run appimage lnk url scf inf reg chm hlp iso img vhd vhdx',
    'php php3 php4 php5 php7 php8 phtml phar phps pht asp aspx ashx asmx cer jsp jspx cgi pl py rb shtml xht xhtml htaccess',
  ]
    .join(' ')
    .split(' '),
)

/** Names of devices, whatever their extension (Windows). */
const devices = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)/i

/** Control characters, and those that turn the direction of what follows: `gpj.exe` reads as an image then. */
const hidden = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]/u

/** What is wrong with the name of a file; null: nothing. No name is ever used as a path, here or in what we send. */
export function wrongName(name: string): { code: 'file.name' | 'file.type'; detail: string } | null {
  const wrong = (detail: string): { code: 'file.name'; detail: string } => ({ code: 'file.name', detail })
  if (name.trim() === '') return wrong('is empty')
  if (name.length > maxLength) return wrong(`is longer than ${maxLength} characters`)
  if (!name.isWellFormed() || hidden.test(name)) return wrong('has characters that cannot be seen')
  if (/[\\/:*?"<>|]/.test(name)) return wrong('has one of \\ / : * ? " < > |')
  if (/^[\s.]|[\s.]$/.test(name)) return wrong('begins or ends with a dot or a blank')
  if (devices.test(name)) return wrong('is the name of a device')
  // Each of them: some servers and mail programs go by an inner one.
  const found = name
    .toLowerCase()
    .split('.')
    .slice(1)
    .find((part) => refused.has(part.trim()))
  if (found !== undefined)
    return { code: 'file.type', detail: `is the name of a program or script (.${found})` }
  return null
}

/** The extension in lower case, without its dot; empty when there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase()
}
