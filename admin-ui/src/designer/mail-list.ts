/** What to write so that a keyed map holds these addresses, one a line; those who stay keep their keys, and with them their turn. */
export function mailListPatch(
  text: string,
  before: Readonly<Record<string, string>>,
): Record<string, string | null> | null {
  const wanted = [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean)
  const patch: Record<string, string | null> = {}
  for (const [key, mail] of Object.entries(before)) if (!wanted.includes(mail)) patch[key] = null
  let number = 1
  for (const mail of wanted.filter((one) => !Object.values(before).includes(one))) {
    while (`u${number}` in before || `u${number}` in patch) number++
    patch[`u${number}`] = mail
  }
  return wanted.length > 0 ? patch : null
}
