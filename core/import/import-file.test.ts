import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, describe, expect, it } from 'vitest'
import { publish } from '../../test/support/publish.ts'
import { testServer } from '../../test/support/server.ts'
import { type Actor, actorOf, systemActor } from '../access/rights.ts'
import { ImportBulk } from '../conversions/bulk/import-bulk.ts'
import type { ImportError } from './import-error.ts'
import { importFile, type ImportOptions, type ImportSummary } from './import-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'xrm-import-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('importing a file', async () => {
  const { server, user } = await testServer()
  const admin = (await user(['admin'])).call
  await publish(admin, {
    'role/importer': {
      title: 'Importer',
      inherits: ['sales'],
      entities: { account: { import: 'all' } },
    },
  })
  let files = 0

  async function run(
    csv: string | Buffer,
    mapping: unknown,
    options: Partial<ImportOptions> = {},
  ): Promise<ImportSummary & { report: string[][] }> {
    const file = join(folder, `${++files}.csv`)
    writeFileSync(file, csv)
    const rejects = join(folder, `${files}.rejects.csv`)
    const { live, db, hooks } = server
    const summary = await importFile({
      file,
      mapping,
      rejects,
      model: live.current,
      actor: systemActor,
      db,
      hooks,
      ...options,
    })
    const report = existsSync(rejects)
      ? (parse(readFileSync(rejects), { relax_column_count: true }) as string[][])
      : []
    return { ...summary, report }
  }

  async function places(
    csv: string,
    mapping: unknown,
    options: Partial<ImportOptions> = {},
  ): Promise<readonly string[]> {
    return run(csv, mapping, options).then(
      () => [],
      (error: ImportError) => error.places,
    )
  }

  async function rows<T extends object>(sql: string): Promise<T[]> {
    return (await server.db.pool.query<T>(sql)).rows
  }

  it('knows firms that are there by the rules for duplicates, and those that come twice in the file', async () => {
    const { call } = await user(['admin'])
    for (const [name, phone] of [
      ['Nordwind Handel GmbH', null],
      ['Doppelt AG', '+49 30 111111'],
      ['Doppelt GmbH', '+49 30 222222'],
    ])
      await call('POST', '/api/records/account', { name, phone })
    const csv = [
      'firm,phone',
      'NORDWIND-HANDEL AG,+49 40 100200',
      'Ganz neu KG,+49 40 300400',
      'Ganz Neu,+49 40 300400',
      'Doppelt KG,',
    ].join('\n')
    const records = (duplicates: string) => ({
      records: {
        account: {
          duplicates,
          existing: 'fill',
          fields: { name: { column: 'firm' }, phone: { column: 'phone' } },
        },
      },
    })
    const refused = await run(csv, records('reject'), { dryRun: true })
    expect(refused.records['account']).toEqual({ created: 1, updated: 0, unchanged: 0 })
    const reasons = refused.report.slice(1).map((row) => row.join(' '))
    expect(reasons).toEqual([
      expect.stringMatching(/^2 .*is there already: Nordwind Handel GmbH .*NORDWIND/),
      expect.stringMatching(/^4 .*is there already: Ganz neu KG/),
      expect.stringMatching(/^5 .*may be the same as several: Doppelt AG, Doppelt GmbH/),
    ])
    const used = await run(csv, records('use'))
    expect(used.records['account']).toEqual({ created: 1, updated: 1, unchanged: 1 })
    expect(used.report).toHaveLength(2)
    expect(
      await rows(
        `SELECT name, phone FROM record.account WHERE name ILIKE '%nordwind%' OR name ILIKE 'ganz%' ORDER BY 1`,
      ),
    ).toEqual([
      { name: 'Ganz neu KG', phone: '+49 40 300400' },
      { name: 'Nordwind Handel GmbH', phone: '+49 40 100200' },
    ])
  })

  it('converts what came in, holds what needs a decision, and passes over what was converted before', async () => {
    const { call } = await user(['admin'])
    for (const name of ['Zweimal GmbH', 'Zweimal KG']) await call('POST', '/api/records/account', { name })
    const mapping = keyed('lead', { last_name: { column: 'name' }, company: { column: 'firm' } })
    const csv = 'id,name,firm\n1,Adam,Allein GmbH\n2,Berta,Zweimal AG\n3,Cäsar,Allein GmbH\n'
    const importAndConvert = async () => {
      const work = { ...server, model: () => server.live.current, refresh: () => server.live.refresh() }
      const bulk = new ImportBulk(work, 'lead-to-customer', systemActor)
      await run(csv, mapping, {
        imported: (entity, ids) => (entity === bulk.source ? bulk.add(ids) : Promise.resolve()),
      })
      return bulk.run(() => {})
    }
    const first = await importAndConvert()
    expect(first!.counts).toMatchObject({ done: 2, held: 1, failed: 0, skipped: 0 })
    expect(await rows(`SELECT DISTINCT channel, actor FROM xrm.conversion_run`)).toEqual([
      { channel: 'import', actor: null },
    ])
    expect(await rows(`SELECT name FROM record.account WHERE name LIKE 'Allein%'`)).toHaveLength(1)
    const { status, body } = await call<{ status: string; total: number }>('GET', `/api/bulk/${first!.id}`)
    expect([status, body]).toMatchObject([200, { status: 'done', total: 3, actor: null }])
    const again = await importAndConvert()
    expect(again!.counts).toMatchObject({ done: 0, held: 1 })
  })

  const keyed = (entity: string, fields: Record<string, unknown>) => ({
    records: { [entity]: { key: ['external_id'], fields: { external_id: { column: 'id' }, ...fields } } },
  })

  it('makes several records of one row and doubles nothing when it runs again', async () => {
    const csv = 'id,firm,person,city\nk1,Alfa GmbH,Ana María Ruiz,Köln\nk2,Beta AG,Bo,Ulm\n'
    const mapping = {
      records: {
        account: {
          key: ['external_id'],
          fields: {
            external_id: { column: 'id' },
            name: { column: 'firm' },
            'address.city': { column: 'city' },
          },
        },
        contact: {
          key: ['external_id'],
          fields: {
            external_id: { column: 'id', prefix: 'person:' },
            first_name: { column: 'person', part: { separator: ' ', take: 'but-last' } },
            last_name: { column: 'person', part: { separator: ' ', take: 'last' } },
            account: { record: 'account' },
          },
        },
      },
    }
    const first = await run(csv, mapping)
    expect(first.records).toEqual({
      account: { created: 2, updated: 0, unchanged: 0 },
      contact: { created: 2, updated: 0, unchanged: 0 },
    })
    const [{ count: before }] = (await rows<{ count: number }>(
      'SELECT count(*)::int AS count FROM xrm.change',
    )) as [{ count: number }]
    const again = await run(csv, mapping)
    expect(again.records['contact']).toEqual({ created: 0, updated: 0, unchanged: 2 })
    expect(await rows('SELECT count(*)::int AS count FROM xrm.change')).toEqual([{ count: before }])
    const changed = await run(csv.replace('Köln', 'Bonn'), mapping)
    expect(changed.records['account']).toEqual({ created: 0, updated: 1, unchanged: 1 })
    expect(
      await rows(`SELECT c.first_name, c.last_name, a.name, a.address_city FROM record.contact c JOIN record.account a ON a.id = c.account
        WHERE c.external_id = 'person:k1'`),
    ).toEqual([{ first_name: 'Ana María', last_name: 'Ruiz', name: 'Alfa GmbH', address_city: 'Bonn' }])
  })

  it('finds parents that stand further down, and says of those that never come', async () => {
    const csv = 'id,name,parent\np1,Child One,Mother Corp\np2,Mother Corp,\np3,Orphan Ltd,Nobody\n'
    const summary = await run(
      csv,
      keyed('account', {
        name: { column: 'name' },
        parent_account: { column: 'parent', lookup: { by: 'name' } },
      }),
    )
    expect(summary).toMatchObject({ rejected: 0, incomplete: 1 })
    expect(
      await rows(`SELECT a.name, p.name AS parent FROM record.account a LEFT JOIN record.account p ON p.id = a.parent_account
        WHERE a.external_id IN ('p1', 'p3') ORDER BY a.name`),
    ).toEqual([
      { name: 'Child One', parent: 'Mother Corp' },
      { name: 'Orphan Ltd', parent: null },
    ])
    expect(summary.report[1]?.slice(0, 6)).toEqual([
      '4',
      'account',
      'parent',
      'Nobody',
      'import.not-found',
      'came in, but without parent_account: parent names no account that exists',
    ])
  })

  it('rejects each bad row with line, column, value and reason, keeps its cells, and takes the corrected report', async () => {
    const csv =
      'id,name,mail\nr1,Good,good@example.com\nr2,Bad,no-mail\nr3,Short\nr4,Stray "quote,x@example.com\nr5,,e@example.com\n'
    const mapping = keyed('account', { name: { column: 'name' }, email: { column: 'mail' } })
    const summary = await run(csv, mapping)
    expect(summary).toMatchObject({ rows: 5, rejected: 4, records: { account: { created: 1 } } })
    expect(summary.report.map(([line, , column, value, code]) => [line, column, value, code])).toEqual([
      ['xrm.line', 'xrm.column', 'xrm.value', 'xrm.code'],
      ['3', 'mail', 'no-mail', 'field.email'],
      ['4', '', '', 'import.ragged'],
      ['5', '', '', 'import.unreadable'],
      ['6', 'name', '', 'field.required'],
    ])
    expect(summary.report[1]?.slice(6)).toEqual(['r2', 'Bad', 'no-mail'])
    const header = summary.report[0]!.join(',')
    const corrected = await run(`${header}\n3,,,,,,r2,Bad,bad@example.com\n`, mapping)
    expect(corrected).toMatchObject({ rejected: 0, records: { account: { created: 1 } } })
  })

  it('leaves nothing behind by mistake: a column that nothing takes is an error before the first row', async () => {
    expect(await places('id,name,fax\n', keyed('account', { name: { column: 'name' } }))).toEqual([
      expect.stringContaining('"fax"'),
    ])
    expect(
      await places('id,name,fax\n', { ...keyed('account', { name: { column: 'name' } }), ignore: ['fax'] }),
    ).toEqual([])
  })

  it('never sets what the system keeps: id, version, change marks', async () => {
    for (const field of ['id', 'version', 'updated_at', 'deleted_at']) {
      expect(
        await places('id,x,n\n', keyed('account', { [field]: { column: 'x' }, name: { column: 'n' } })),
      ).toEqual([`/records/account/fields/${field}: "${field}" is set by the system, or not yours to write`])
    }
  })

  it('acts with the rights of the user whose name it takes', async () => {
    const actor = async (roles: string[]): Promise<Actor> =>
      actorOf({ userId: (await user(roles)).id, name: 'U', roles })
    const mapping = keyed('account', { name: { column: 'name' }, parent_account: { column: 'parent' } })
    const csv = 'id,name,parent\nu1,Own,\nu2,Foreign,11111111-1111-7111-8111-111111111111\n'
    const sales = await run(csv, mapping, { actor: await actor(['importer']) })
    expect(sales).toMatchObject({ rejected: 1, records: { account: { created: 1 } } })
    expect(sales.report[1]?.[4]).toBe('field.relation')
    expect(await places('id,name,parent\n', mapping, { actor: await actor(['reader']) })).toHaveLength(4)
    const created = keyed('account', { name: { column: 'name' }, created_at: { column: 'at' } })
    expect(await places('id,name,at\n', created, { actor: await actor(['importer']) })).toHaveLength(1)
    // Who may create accounts one by one may not bring in a thousand.
    const named = keyed('account', { name: { column: 'name' } })
    expect(await places('id,name\n', named, { actor: await actor(['sales']) })).toEqual([
      '/records/account: records of "account" are not yours to import',
    ])
  })

  it('rejects keys of records that are in the bin, cannot be changed, or are several', async () => {
    const mapping = keyed('account', { name: { column: 'name' } })
    await run('id,name\nb1,Binned\nb2,Theirs\n', mapping)
    await server.db.pool.query(`UPDATE record.account SET deleted_at = now() WHERE external_id = 'b1'`)
    const binned = await run('id,name\nb1,Again\n', mapping)
    expect(binned.report[1]?.[4]).toBe('import.key-withheld')
    const { id } = await user(['importer'])
    const theirs = await run('id,name\nb2,Mine now\n', mapping, {
      actor: actorOf({ userId: id, name: 'S', roles: ['importer'] }),
    })
    expect(theirs.report[1]?.[4]).toBe('record.forbidden')
    const byName = {
      records: {
        account: { key: ['name'], fields: { name: { column: 'name' }, phone: { column: 'phone' } } },
      },
    }
    await run('id,name\ns1,Twin\ns2,Twin\n', mapping)
    const several = await run('name,phone\nTwin,+49 30 1234567\n,+49 30 1\n', byName)
    expect(several.report.slice(1).map((row) => row[4])).toEqual(['import.key-several', 'import.key-missing'])
  })

  it('reads the notation it was told and guesses nothing', async () => {
    const mapping = {
      format: { date: 'dd.MM.yyyy', decimalSeparator: ',', currency: 'EUR' },
      ...keyed('opportunity', {
        name: { column: 'name' },
        close_date: { column: 'date' },
        amount: { column: 'amount' },
      }),
    }
    const summary = await run(
      'id;name;date;amount\n007;A;01.02.2003;1.234,56\nn2;B;2/3/2026;1\nn3;C;45321;1\nn4;D;31.02.2026;1\nn5;E;01.02.03;1\nn6;F;;1.23,4\n',
      mapping,
    )
    expect(summary.rejected).toBe(5)
    expect(
      await rows(
        `SELECT external_id, close_date, amount::text, amount_currency FROM record.opportunity WHERE external_id = '007'`,
      ),
    ).toEqual([{ external_id: '007', close_date: '2003-02-01', amount: '1234.56', amount_currency: 'EUR' }])
    const long = keyed('account', {
      name: { column: 'name' },
      phone: { column: 'phone' },
      'address.postal_code': { column: 'zip' },
    })
    await run('id,name,phone,zip\n12345678901234567890,Long,+49 (0)30 123,01067\n', long)
    expect(
      await rows(`SELECT external_id, phone, address_postal_code FROM record.account WHERE name = 'Long'`),
    ).toEqual([{ external_id: '12345678901234567890', phone: '+49 (0)30 123', address_postal_code: '01067' }])
  })

  it('maps values, takes what people call an option, and does what the mapping says about the rest', async () => {
    const mapping = keyed('lead', {
      company: { column: 'firm' },
      lead_source: { column: 'source' },
      rating: { column: 'heat', values: { H: 'hot', '-': null }, onUnmapped: 'default', default: 'cold' },
      website: { column: 'site', onInvalid: { keepIn: 'description' } },
      score: { column: 'score', onInvalid: 'blank' },
      description: { expression: "'From ' + firm" },
    })
    const summary = await run(
      'id,firm,source,heat,site,score\nl1,F1,Messe,H,https://f1.example,7\nl2,F2,trade FAIR,-,not a site,many\nl3,F3,fair,?,,\nl4,F4,Moon,H,,\n',
      mapping,
    )
    expect(summary).toMatchObject({ rejected: 1, dropped: { 'lead.website': 1, 'lead.score': 1 } })
    expect(
      await rows(
        `SELECT lead_source, rating, website, score, description FROM record.lead WHERE external_id ~ '^l[123]$' ORDER BY external_id`,
      ),
    ).toEqual([
      { lead_source: 'fair', rating: 'hot', website: 'https://f1.example', score: 7, description: 'From F1' },
      {
        lead_source: 'fair',
        rating: null,
        website: null,
        score: null,
        description: 'From F2\nsite: not a site',
      },
      { lead_source: 'fair', rating: 'cold', website: null, score: null, description: 'From F3' },
    ])
  })

  it(
    'keeps counts exact with one per cent of bad rows, over all the columns of an entity',
    { timeout: 60_000 },
    async () => {
      const lines = Array.from(
        { length: 5000 },
        (_, index) =>
          `w${index},Firm ${index},${index % 100 === 7 ? 'bad' : index},C${index},S,R,DE,${index}`,
      )
      const csv = `id,name,employees,city,street,region,country,zip\n${lines.join('\n')}\n`
      const mapping = keyed('account', {
        name: { column: 'name' },
        employees: { column: 'employees' },
        'address.city': { column: 'city' },
        'address.street': { column: 'street' },
        'address.region': { column: 'region' },
        'address.country': { column: 'country' },
        'address.postal_code': { column: 'zip' },
      })
      const atomic = await run(csv, mapping, { atomic: true })
      expect(atomic).toMatchObject({ undone: true, rejected: 50 })
      expect(await rows(`SELECT FROM record.account WHERE external_id ~ '^w'`)).toHaveLength(0)
      const dry = await run(csv, mapping, { dryRun: true })
      expect(dry).toMatchObject({ undone: true, rejected: 50, records: { account: { created: 4950 } } })
      const partial = await run(csv, mapping)
      expect(partial).toMatchObject({ undone: false, rejected: 50, records: { account: { created: 4950 } } })
      expect(partial.report).toHaveLength(51)
      expect(await rows(`SELECT FROM record.account WHERE external_id ~ '^w'`)).toHaveLength(4950)
    },
  )

  it('takes rows with one key in one file in their order', async () => {
    const csv = 'id,name,phone\nd1,First,+49 30 111111\nd1,Second,+49 30 222222\nd1,Second,+49 30 222222\n'
    const summary = await run(csv, keyed('account', { name: { column: 'name' }, phone: { column: 'phone' } }))
    expect(summary.records['account']).toEqual({ created: 1, updated: 1, unchanged: 0 })
    expect(await rows(`SELECT name, phone FROM record.account WHERE external_id = 'd1'`)).toEqual([
      { name: 'Second', phone: '+49 30 222222' },
    ])
  })

  it('fills what is empty, leaves alone, or clears, as the mapping says', async () => {
    const fields = {
      external_id: { column: 'id' },
      name: { column: 'name' },
      phone: { column: 'phone' },
      email: { column: 'mail' },
    }
    const mapping = (more: object) => ({ records: { account: { key: ['external_id'], fields, ...more } } })
    const state = () => rows(`SELECT name, phone, email FROM record.account WHERE external_id = 'f1'`)
    await run('id,name,phone,mail\nf1,Old,+49 30 111111,\n', mapping({}))
    await run('id,name,phone,mail\nf1,New,+49 30 222222,a@example.com\n', mapping({ existing: 'fill' }))
    expect(await state()).toEqual([{ name: 'Old', phone: '+49 30 111111', email: 'a@example.com' }])
    await run('id,name,phone,mail\nf1,New,,\n', mapping({ existing: 'keep' }))
    expect(await state()).toEqual([{ name: 'Old', phone: '+49 30 111111', email: 'a@example.com' }])
    await run('id,name,phone,mail\nf1,New,,\n', mapping({}))
    expect(await state()).toEqual([{ name: 'New', phone: '+49 30 111111', email: 'a@example.com' }])
    await run('id,name,phone,mail\nf1,New,,\n', mapping({ blank: 'clear' }))
    expect(await state()).toEqual([{ name: 'New', phone: null, email: null }])
  })

  it('makes people known as users who cannot sign in, and finds them as owners', async () => {
    const users = {
      records: {
        user: {
          fields: {
            name: { column: 'name' },
            email: { expression: "lower(replace(name, ' ', '.')) + '@firm.example'" },
          },
        },
      },
    }
    const csv = 'name\nGrace Hopper\nAlan Turing\n'
    expect((await run(csv, users)).records['user']).toEqual({ created: 2, updated: 0, unchanged: 0 })
    expect((await run(csv, users)).records['user']).toEqual({ created: 0, updated: 0, unchanged: 2 })
    expect(
      await rows(
        `SELECT active, (SELECT count(*)::int FROM xrm.account a WHERE a.user_id = u.id) AS credentials FROM xrm."user" u WHERE email = 'grace.hopper@firm.example'`,
      ),
    ).toEqual([{ active: false, credentials: 0 }])
    const owned = await run(
      'id,name,owner\no1,Owned,Grace Hopper\no2,Lost,Nobody\n',
      keyed('account', { name: { column: 'name' }, owner: { column: 'owner', lookup: { by: 'name' } } }),
    )
    expect(owned).toMatchObject({ rejected: 1, records: { account: { created: 1 } } })
    const { id } = await user(['sales'])
    expect(
      await places(csv, users, { actor: actorOf({ userId: id, name: 'S', roles: ['sales'] }) }),
    ).toHaveLength(1)
  })

  it('leaves rows out that the filter does not want, and records that a row does not have', async () => {
    const summary = await run('id,firm,kind\nx1,One,a\nx2,,a\nx3,Three,b\n', {
      filter: "kind == 'a'",
      records: {
        account: {
          key: ['external_id'],
          when: 'firm != null',
          fields: { external_id: { column: 'id' }, name: { column: 'firm' } },
        },
      },
    })
    expect(summary).toMatchObject({ rows: 3, filtered: 1, rejected: 0, records: { account: { created: 1 } } })
  })

  it('runs the hooks of plugins; who they refuse is rejected alone', async () => {
    const summary = await run(
      'id,name,state\nsu1,Good,candidate\nsu2,Bad,approved\n',
      keyed('supplier', { name: { column: 'name' }, status: { column: 'state' } }),
    )
    expect(summary).toMatchObject({ rejected: 1, records: { supplier: { created: 1 } } })
    expect(summary.report[1]?.[4]).toBe('suppliers.rating-missing')
  })
})
