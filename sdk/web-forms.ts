/** What travels between public forms and whoever shows them or looks after them. */

/** `GET /api/forms/{name}?lang=`: an open form in one language, for a site that draws it itself. */
export interface WebFormDescription {
  name: string
  language: string
  title: string
  description: string | null
  fields: WebFormFieldView[]
  /** What must be agreed to. */
  consent: { message: string; url: string | null } | null
  submit: string
  /** To be sent with the entry. Two seconds old at least, a day at most; an entry sent twice with it is taken once. */
  token: string
}

export interface WebFormFieldView {
  name: string
  title: string
  description: string | null
  placeholder: string | null
  /** Name of the field's type; values have the form in which the API takes them. */
  type: string
  required: boolean
  maxLength: number | null
  minimum: number | string | null
  maximum: number | string | null
  options: { key: string; title: string }[]
}

/** `POST /api/forms/{name}?lang=`. */
export interface WebFormRequest {
  token: string
  values: Record<string, unknown>
  consent?: boolean
}

/** What to tell the visitor, or where to lead them. The same whatever became of the entry. */
export interface WebFormAnswer {
  message: string
  redirect: string | null
}

/** `GET /api/web-forms/{name}/entries?limit=&after=`: what has come in, newest first. For administrators. */
export interface WebFormEntries {
  items: WebFormEntry[]
  next: string | null
}

export interface WebFormEntry {
  id: string
  at: string
  /** Null when it was purged. */
  record: { entity: string; id: string; display: string | null } | null
  /** It was added to a record that was there. */
  known: boolean
  language: string
  /** The words that the visitor agreed to. */
  consent: string | null
  /** The conversion run that it went through. */
  run: string | null
}

/** Types of fields that somebody can fill in who knows nothing of us. */
export const askableTypes: ReadonlySet<string> = new Set([
  'text',
  'long-text',
  'email',
  'phone',
  'url',
  'integer',
  'decimal',
  'percent',
  'boolean',
  'date',
  'select',
  'multi-select',
  'address',
])
