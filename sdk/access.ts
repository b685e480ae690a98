/** What travels about people: users, teams, roles, sharing, sign-in, the security log and personal data. */
import type { RecordRef } from './api.ts'

/** `GET /api/users`: who can sign in. For administrators. */
export interface UserView {
  id: string
  name: string
  email: string
  active: boolean
  roles: string[]
  /** Ids of teams. */
  teams: string[]
  /** Whose reports they are; roles with the scope `reports` follow it upwards. */
  manager: string | null
  /** Of another firm: sees only what is shared with them or with what they stand for. */
  external: boolean
  /** The record that the login stands for, such as the account of a customer. */
  represents: RecordRef | null
  language: string | null
  timeZone: string | null
  createdAt: string
  /** Of any session; null: never. */
  lastSeenAt: string | null
  /** Has a code or a passkey beside the password. */
  secondFactor: boolean
  /** Has no password and no other way in yet. */
  invited: boolean
}

/** `POST /api/users`. Without a password the person is invited and chooses one. */
export interface NewUserRequest {
  email: string
  name: string
  roles: string[]
  password?: string
  teams?: string[]
  manager?: string | null
  external?: boolean
  represents?: { entity: string; id: string } | null
}

/** `PATCH /api/users/{id}`: all of it or nothing. */
export type UserChange = Partial<Omit<NewUserRequest, 'email'>> & { active?: boolean }

/** `POST /api/users/{id}/invitation` and `/reset`: a link with which the person chooses a password. */
export interface LinkAnswer {
  /** False: there is no mail server, so hand the link over yourself. */
  sent: boolean
  /** Only when it was not sent. */
  link?: string
  expiresAt: string
}

/** `GET /api/me/sessions`, `GET /api/users/{id}/sessions`; `DELETE …/{session}` ends one, `DELETE …` all (but one's own current). */
export interface SessionView {
  id: string
  current: boolean
  createdAt: string
  lastSeenAt: string
  expiresAt: string
  address: string | null
  userAgent: string | null
  /** Somebody who acts in the user's name. */
  impersonatedBy: { id: string; name: string } | null
}

/** `GET, POST /api/me/api-keys`, `DELETE /api/me/api-keys/{id}`; administrators: `/api/users/{id}/api-keys`. */
export interface ApiKeyView {
  id: string
  name: string
  /** The first characters, to tell keys apart. */
  start: string
  scopes: ApiKeyScopes
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

/** What a key may do, within what its user may. */
export interface ApiKeyScopes {
  /** `read`: no writes at all. */
  access: 'read' | 'write'
  /** Names of entities; absent: all that the user may see. */
  entities?: string[]
}

export interface NewApiKeyRequest {
  name: string
  scopes: ApiKeyScopes
  /** Days from now; absent: 365. */
  days?: number
}

/** `POST /api/users/{id}/view-as`: from now on this browser sees what the user sees. `DELETE /api/me/view-as` ends it. */
export interface ViewAsRequest {
  /** `look`: nothing can be changed. `act`: in the user's name, and the log shows both. */
  mode: 'look' | 'act'
}

/** `GET, PUT /api/records/{entity}/{id}/shares` (whole list) of one record. Needs the action `share`. */
export interface Share {
  grantee: { kind: 'user' | 'team' | 'record'; id: string; entity?: string; display: string | null }
  level: 'read' | 'update'
  by: { id: string; name: string } | null
  at: string
}

export interface SharesRequest {
  /** `entity` goes with a record. */
  shares: {
    grantee: { kind: 'user' | 'team' | 'record'; id: string; entity?: string }
    level: 'read' | 'update'
  }[]
}

/** What a role grants on an entity. */
export type AccessAction = 'read' | 'create' | 'update' | 'delete' | 'convert' | 'import' | 'export' | 'share'

/** `POST /api/access/why`: what gives somebody something, or what is missing. For administrators. */
export interface WhyRequest {
  user: string
  entity: string
  action: AccessAction
  /** Id of a record; absent: any. */
  record?: string
  field?: string
}

/** `POST /api/access/who`: who of these may do something with a record. For administrators. */
export interface WhoRequest {
  entity: string
  record: string
  action: Exclude<AccessAction, 'create' | 'import'>
  field?: string
  /** Ids of users, at most 100. */
  users: string[]
}
export interface WhoAnswer {
  /** Those who may, in the order in which they were asked about. */
  allowed: string[]
}

export interface WhyAnswer {
  allowed: boolean
  /** One sentence, in the reader's language by `code`. */
  reasons: WhyReason[]
}

/** One role's (or share's) part in the answer. */
export interface WhyReason {
  /** `grants`: this gives it. Otherwise what is missing for it to do so. */
  code:
    | 'grants'
    | 'no-grant'
    | 'scope-misses'
    | 'field-denied'
    | 'no-such-record'
    | 'deleted'
    | 'inactive'
    | 'external'
    | 'everyone'
    | 'locked'
  /** The role, or null for what comes from a share or from being a user at all. */
  role: string | null
  /** The roles through which it came, outermost first: of those the user has. */
  via: string[]
  scope: string | null
  share: Share | null
  field: string | null
}

/** `GET /api/access/users/{id}`: what a user may do, entity by entity; scopes of all roles together. */
export interface EffectiveAccess {
  entities: {
    entity: string
    actions: Record<AccessAction, string[]>
    /** Names of fields. */
    readable: string[]
    writable: string[]
  }[]
}

/** The kinds of the security log. */
export type AuditKind =
  | 'signed-in'
  | 'sign-in-failed'
  | 'sign-in-refused'
  | 'signed-out'
  | 'second-factor-failed'
  | 'access-confirmed'
  | 'second-factor-changed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'password-changed'
  | 'password-reset'
  | 'link-made'
  | 'set-up'
  | 'session-ended'
  | 'api-key-made'
  | 'api-key-removed'
  | 'view-as-began'
  | 'view-as-ended'
  | 'user-made'
  | 'user-changed'
  | 'team-changed'
  | 'shared'
  | 'unshared'
  | 'refused'
  | 'exported'
  | 'imported'
  | 'restored'
  | 'bulk'
  | 'published'
  | 'reverted'
  | 'plugin-changed'
  | 'personal-data-found'
  | 'personal-data-exported'
  | 'personal-data-erased'
  | 'audit-pruned'
  | 'unique-conflict'
  | 'web-form-refused'

/** `GET /api/audit?kind=&actor=&subject=&from=&to=&search=&after=&limit=`: newest first. For administrators. */
export interface AuditAnswer {
  items: AuditView[]
  next: string | null
}

export interface AuditView {
  id: string
  at: string
  kind: AuditKind
  actor: { id: string | null; name: string } | null
  impersonator: { id: string; name: string } | null
  apiKey: string | null
  address: string | null
  request: string | null
  subject: { kind: string; id: string; display: string | null } | null
  details: Record<string, unknown>
}

/** `POST /api/personal-data/find`: where something about a person is held. For administrators. */
export interface PersonalDataRequest {
  /** An e-mail address, a phone number or a name; or a record to begin from. */
  text?: string
  record?: { entity: string; id: string }
}

export interface PersonalDataAnswer {
  places: PersonalDataPlace[]
}

/** A record that speaks of the person, and where else its values are kept. */
export interface PersonalDataPlace {
  record: RecordRef
  /** Names of the fields with personal data, in `x-personal` or of a type that always is (e-mail, phone). */
  fields: string[]
  /** Entries in the change history, files, conversion runs and the log that hold values of it. */
  history: number
  runs: number
  audit: number
  /** Found by the text itself, or because a found record leads there. */
  because: 'text' | 'relation' | 'conversion' | 'merge'
}

/** `POST /api/personal-data/export` answers with a JSON file; `/erase` begins a job. */
export interface PersonalDataSelection {
  records: { entity: string; id: string }[]
}

/** `POST /api/personal-data/erase?dry=true`: what an erasure would meet. */
export interface ErasureReport {
  places: {
    record: { entity: string; id: string }
    fields: string[]
    /** Changes, runs, merges, notices and entries of the security log that remember values. */
    history: number
    runs: number
    merges: number
    notices: number
    audit: number
  }[]
}
