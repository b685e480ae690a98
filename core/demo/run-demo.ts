import { randomBytes } from 'node:crypto'
import { type DemoContext, type DocumentKind, type Preset, Problem } from '@xrm/sdk'
import type { Json } from '@xrm/sdk/merge'
import { writeTeams } from '../access/actors.ts'
import { systemActor } from '../access/rights.ts'
import { auditNewUser } from '../audit/users.ts'
import type { Server } from '../api/environment.ts'
import { runConversion } from '../conversions/run.ts'
import { storeFile } from '../files/store-file.ts'
import { maxBatch, writeRecords } from '../records/write.ts'
import type { WriteContext } from '../records/write-types.ts'
import { seededRandom } from './random.ts'

/** Somebody to sign in as. The password is told once and kept nowhere. */
export interface DemoUser {
  name: string
  email: string
  role: string
  password: string
}

/** Any number that no other advisory lock of ours uses. */
const lock = 5_788_247

/**
 * Fills an empty database with example data: users of each role, then what the plugins bring, in their order. Does nothing
 * and returns null when there are accounts already, or another node is at it.
 */
export async function runDemo(server: Server): Promise<DemoUser[] | null> {
  const holder = await server.db.pool.connect()
  try {
    const { rows } = await holder.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      lock,
    ])
    if (!rows[0]!.taken || !(await isEmpty(server))) return null
    return await new DemoRun(server).run()
  } finally {
    // Ends the session, and with it the lock.
    holder.release(true)
  }
}

async function isEmpty(server: Server): Promise<boolean> {
  for (const name of ['account', 'lead', 'contact']) {
    const entity = server.live.current.entities.get(name)
    if (entity && (await server.db.pool.query(`SELECT FROM ${entity.table} LIMIT 1`)).rowCount !== 0)
      return false
  }
  return true
}

const people = [
  { name: 'Sarah Vogel', role: 'sales' },
  { name: 'Lukas Brandt', role: 'sales' },
  { name: 'Petra Einkauf', role: 'purchasing' },
  { name: 'Robert Leser', role: 'reader' },
]

const teamNames: Record<string, string> = { sales: 'Sales', purchasing: 'Purchasing', reader: 'Management' }

class DemoRun {
  readonly #server: Server
  readonly #ids = new Map<string, string[]>()
  readonly #users = new Map<string, string[]>()
  readonly #teams = new Map<string, string>()
  readonly #now = new Date()
  readonly #random = seededRandom(20_261_121)

  constructor(server: Server) {
    this.#server = server
  }

  async run(): Promise<DemoUser[]> {
    const users = await this.#makeUsers()
    const context = this.#context()
    for (const plugin of this.#server.plugins.plugins) await plugin.demo?.(context)
    return users
  }

  async #makeUsers(): Promise<DemoUser[]> {
    const roles = [...new Set(people.map(({ role }) => role))]
    const ids = await this.#create(
      'team',
      roles.map((role) => ({ name: teamNames[role] })),
    )
    roles.forEach((role, index) => this.#teams.set(role, ids[index]!))
    const users: DemoUser[] = []
    for (const { name, role } of people) {
      const user = {
        name,
        email: `${name.toLowerCase().replace(' ', '.')}@demo.example`,
        role,
        password: randomBytes(12).toString('base64url'),
      }
      const { id } = await this.#server.accounts.createUser(
        { ...user, roles: [role] },
        async (client, made) => {
          await writeTeams(client, made.id, [this.#teams.get(role)!])
          const by = { actor: null, command: 'start --demo' }
          await auditNewUser(client, this.#server.live.current, by, made)
        },
      )
      this.#users.set(role, [...(this.#users.get(role) ?? []), id])
      users.push(user)
    }
    return users
  }

  #context(): DemoContext {
    const random = this.#random
    return {
      create: (entity, rows) => this.#create(entity, rows),
      attach: (name, text, regarding) => this.#attach(name, text, regarding),
      ids: (entity) => this.#ids.get(entity) ?? [],
      users: (role) => this.#users.get(role) ?? [],
      team: (role) => this.#teams.get(role)!,
      random,
      pick: (list) => list[Math.floor(random() * list.length)]!,
      day: (offset) => new Date(this.#now.getTime() + offset * 86_400_000).toISOString().slice(0, 10),
      convert: async (conversion, source) => {
        await runConversion(this.#writing(), conversion, { source })
      },
      publish: (title, documents) => this.#publish(title, documents),
    }
  }

  async #create(entity: string, rows: readonly Record<string, unknown>[]): Promise<string[]> {
    const ids: string[] = []
    for (let at = 0; at < rows.length; at += maxBatch) {
      const operations = rows
        .slice(at, at + maxBatch)
        .map((values) => ({ action: 'create' as const, values }))
      const written = await writeRecords(this.#writing(), entity, operations).catch((error: unknown) => {
        throw error instanceof Problem
          ? new Error(`The demo data of ${entity} is wrong: ${describe(error)}`)
          : error
      })
      ids.push(...written.map(({ id }) => id))
    }
    this.#ids.set(entity, [...(this.#ids.get(entity) ?? []), ...ids])
    return ids
  }

  async #attach(name: string, text: string, regarding: readonly string[]): Promise<void> {
    const { files } = this.#server
    const bytes = [new TextEncoder().encode(text)]
    const body = (async function* () {
      yield* bytes
    })()
    const received = await files.receive(body, { name, length: bytes[0]!.byteLength, actor: systemActor })
    await storeFile(this.#writing(), files, { name, regarding, received })
  }

  async #publish(title: string, patches: Preset['documents']): Promise<void> {
    const { changesets, documents, publisher } = this.#server
    const { id } = await changesets.create(null, title)
    for (const [kind, byName] of Object.entries(patches))
      for (const [name, patch] of Object.entries(byName))
        await documents.patch(id, kind as DocumentKind, name, patch as Json)
    await publisher.publish(id, null)
  }

  #writing(): WriteContext {
    return {
      model: this.#server.live.current,
      actor: systemActor,
      db: this.#server.db,
      now: this.#now.toISOString(),
      cause: { kind: 'demo' },
      hooks: this.#server.hooks,
    }
  }
}

function describe({ errors = [], message }: Problem): string {
  return [message, ...errors.slice(0, 5).map(({ pointer, detail }) => `${pointer} ${detail}`)].join(' ')
}
