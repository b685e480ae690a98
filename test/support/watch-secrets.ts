const names = /password|token|secret|recovery|^key$|^uri$|^link$|^codes$/i
/** Where secrets are given and handed out. */
const places = /\/api\/(auth|setup|me|users)\b/
/** Shorter ones, such as codes of six digits, stand in any text by chance. */
const minLength = 10

/** Keeps what a server writes to its log and every secret that goes in or out, to say whether one has met the other (AUD-04). */
export class SecretWatch {
  readonly #secrets = new Set<string>()
  readonly #lines: string[] = []

  /** Those that the server is begun with: passwords in addresses, and what is called a secret. */
  constructor(env: Record<string, string | undefined>) {
    for (const [name, value = ''] of Object.entries(env)) {
      if (names.test(name)) this.#add(value)
      if (URL.canParse(value)) this.#add(decodeURIComponent(new URL(value).password))
    }
  }

  /** Of the log. */
  write(line: string): void {
    this.#lines.push(line)
  }

  async note(path: string, init: RequestInit | undefined, response: Response): Promise<void> {
    const headers = init?.headers
    if (headers && 'authorization' in headers)
      this.#add(String(headers.authorization).replace(/^Bearer /i, ''))
    if (!places.test(path)) return
    for (const line of response.headers.getSetCookie())
      this.#add(decodeURIComponent(/^[^=]+=([^;.]*)/.exec(line)?.[1] ?? ''))
    if (typeof init?.body === 'string') this.#read(init.body)
    if (response.headers.get('content-type')?.includes('json')) this.#read(await response.clone().text())
  }

  /** What is secret and stands in the log all the same. */
  told(): string[] {
    const log = this.#lines.join('')
    return [...this.#secrets].filter((secret) => log.includes(secret))
  }

  #read(text: string): void {
    try {
      JSON.parse(text, (name, value: unknown) => {
        if (names.test(name)) for (const one of [value].flat()) if (typeof one === 'string') this.#add(one)
        return value
      })
    } catch {
      // Tests send what is no JSON, too.
    }
  }

  #add(secret: string): void {
    // What is secret in a link stands behind its #.
    const bare = secret.slice(secret.indexOf('#token=') < 0 ? 0 : secret.indexOf('#token=') + 7)
    if (bare.length >= minLength && bare.length <= 500) this.#secrets.add(bare)
  }
}
