import { expect } from 'vitest'
import type { Conversion, Plugin } from '@xrm/sdk'
import type { PreviewAnswer, RunView } from '@xrm/sdk/api'
import type { Database } from '../../core/storage/database.ts'
import { fixture } from '../support/fixture-plugin.ts'
import type { Answer, Caller } from '../support/server.ts'

export type Row = Record<string, unknown> & { id: string; version: number }
export type Failure = {
  code: string
  detail?: string
  errors: { pointer: string; code: string; detail: string }[]
}

export const shipped = fixture.conversions['prospect-to-deal'] as Conversion

/** The world of the fixture, with these conversions beside its own or in their place. */
export function worldWith(conversions: Record<string, unknown>, entities: readonly unknown[] = []): Plugin {
  return {
    ...fixture,
    entities: [...fixture.entities, ...(entities as Plugin['entities'] & [])],
    conversions: { ...fixture.conversions, ...(conversions as Record<string, Conversion>) },
  }
}

/** A person of a prospect's name. */
export const person = { entity: 'person', map: { last_name: { from: 'last_name', onTooLong: 'truncate' } } }

/** Finds the firm that is called as a prospect's company. */
export const byName = { name: { fields: { name: 'companyName' }, confidence: 'certain' } }

/** What tests of conversions do again and again, as one caller. */
export function actions(call: Caller) {
  return {
    async create(entity: string, values: object): Promise<Row> {
      const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
      expect(status, JSON.stringify(body)).toBe(201)
      return body
    },
    async read(entity: string, id: string): Promise<Row> {
      const { status, body } = await call<Row>('GET', `/api/records/${entity}/${id}`)
      expect(status, JSON.stringify(body)).toBe(200)
      return body
    },
    async change(entity: string, id: string, values: object): Promise<void> {
      const { status, body } = await call('PATCH', `/api/records/${entity}/${id}`, values)
      expect(status, JSON.stringify(body)).toBe(200)
    },
    async count(entity: string, filter: string): Promise<number> {
      const { body } = await call<{ count: { value: number } }>(
        'GET',
        `/api/records/${entity}?limit=1&count=exact&filter=${encodeURIComponent(filter)}`,
      )
      return body.count.value
    },
    async run(name: string, body: object): Promise<RunView> {
      const answer = await call<RunView>('POST', `/api/conversions/${name}/run`, body)
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
      return answer.body
    },
    preview: (name: string, body: object): Promise<Answer<PreviewAnswer & Failure>> =>
      call('POST', `/api/conversions/${name}/preview`, body),
    async shown(name: string, source: string, targets?: object): Promise<PreviewAnswer> {
      const answer = await call<PreviewAnswer>('POST', `/api/conversions/${name}/preview`, {
        source,
        ...(targets ? { targets } : {}),
      })
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      return answer.body
    },
    tryRun: (
      name: string,
      body: object,
      headers = {},
    ): Promise<Answer<RunView & Failure & { run: RunView }>> =>
      call('POST', `/api/conversions/${name}/run`, body, headers),
  }
}

/** The record that a target became. */
export function made(run: RunView, key: string): string {
  return run.targets.find((target) => target.key === key)!.record!.id
}

/** How many traces conversions have left: unchanged after one that failed. */
export async function whatIsWritten({ pool }: Database): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT (SELECT count(*) FROM xrm.change) AS changes, (SELECT count(*) FROM xrm.conversion_run) AS runs,
       (SELECT count(*) FROM xrm.conversion_target) AS targets, (SELECT count(*) FROM xrm.stage_event) AS stages`,
  )
  return rows[0]
}
