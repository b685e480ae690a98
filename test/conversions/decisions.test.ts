import { beforeAll, describe, expect, it } from 'vitest'
import type { PreviewAnswer, RunView, TargetPreview } from '@xrm/sdk/api'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, made, type Row, worldWith } from './world.ts'

const byName = { name: { fields: { name: 'companyName' }, confidence: 'certain' } }
const name = { from: 'company', onTooLong: 'truncate' }
const person = { entity: 'person', map: { last_name: { from: 'last_name', onTooLong: 'truncate' } } }
const deal = { entity: 'deal', map: { name: { from: 'last_name' } } }
const open = { source: 'prospect', once: false, after: 'editable' }
/** Onto a firm of the same name. */
const firmWith = (map: object, more: object = {}) => ({
  title: 'Firm',
  ...open,
  targets: {
    firm: { entity: 'firm', policy: 'matchOrCreate', match: byName, map: { name, ...map }, ...more },
  },
})
const words = (...names: string[]) =>
  Object.fromEntries(
    names.map((word) => [word, { ...deal, atLeastOne: word.split('_', 1)[0], userMay: ['create', 'skip'] }]),
  )

const line = {
  title: 'Line',
  type: 'object',
  'x-entity': { name: 'line', plural: 'lines', display: 'product' },
  properties: {
    prospect: { 'x-type': 'relation', 'x-relation': { entity: 'prospect' } },
    product: { type: 'string' },
    secret: { type: 'string' },
  },
}
const remark = {
  title: 'Remark',
  type: 'object',
  'x-entity': { name: 'remark', plural: 'remarks', display: 'text' },
  properties: { text: { type: 'string' }, about: { 'x-type': 'relation-any' } },
}
const traits = { fast: { title: 'Fast' }, odd: { title: 'Odd' }, calm: { title: 'Calm' } }
const taste = {
  title: 'Taste',
  type: 'object',
  'x-entity': { name: 'taste', plural: 'tastes', display: 'name' },
  properties: { name: { type: 'string' }, traits: { 'x-type': 'multi-select', 'x-options': traits } },
}

const world = {
  ...worldWith(
    {
      simple: { title: 'Simple', ...open, targets: { person } },
      preset: firmWith({}, { preset: 'firm', userMay: ['create', 'link', 'skip'] }),
      labelled: firmWith(
        {
          site: { from: 'site' },
          tax_number: { from: 'note', onTooLong: 'truncate' },
        },
        {
          match: {
            likely: { title: 'Sounds alike', fields: { name: 'companyName' }, confidence: 'likely' },
            sure: { fields: { site: 'urlHost' }, confidence: 'certain' },
          },
        },
      ),
      ordered: {
        title: 'Two words',
        ...open,
        targets: words('goods', 'goods_more', 'service'),
      },
      linking: {
        title: 'Linking',
        ...open,
        targets: { deal: { ...deal, policy: 'link', userMay: ['link', 'create'] } },
      },
      asking: {
        title: 'Asks for a deal',
        ...open,
        targets: {
          deal: {
            ...deal,
            policy: 'matchOrCreate',
            match: { name: { fields: { name: 'exact' }, confidence: 'likely' } },
          },
        },
      },
      leaving: {
        title: 'Leaves out what is refused',
        ...open,
        permissions: { onDeniedTarget: 'skip' },
        targets: { person, deal },
      },
      'deal-only': { title: 'Only a deal', ...open, targets: { person, deal } },
      composed: {
        title: 'Composed',
        ...open,
        targets: {
          person: {
            entity: 'person',
            map: {
              last_name: name,
              first_name: { expression: "join([source.last_name, source.note], ' ')" },
            },
          },
        },
      },
      greeting: {
        title: 'Of what one may read',
        ...open,
        targets: {
          person: {
            entity: 'person',
            map: { last_name: name, first_name: { expression: 'upper(source.last_name)' } },
          },
        },
      },
      'line-deals': {
        title: 'A deal and a call for each line',
        ...open,
        targets: {
          person,
          deal: {
            entity: 'deal',
            each: { relation: 'line.prospect' },
            userMay: ['create', 'skip'],
            map: {
              name: { expression: "join([source.last_name, child.product], ' ')" },
              secret: { child: 'product' },
            },
          },
          call: {
            entity: 'call',
            each: { relation: 'line.prospect' },
            map: { subject: { child: 'product' }, regarding: { targets: true } },
          },
        },
      },
      'line-secrets': {
        title: 'Secrets of lines',
        ...open,
        targets: {
          deal: {
            entity: 'deal',
            each: { relation: 'line.prospect' },
            map: {
              name: { expression: "join([child.product, child.secret], ' ')" },
              secret: { child: 'secret' },
            },
          },
        },
      },
      'deals-of-remarks': {
        title: 'A deal for each remark and each call',
        ...open,
        targets: {
          deal: { entity: 'deal', each: { relation: 'remark.about' }, map: { name: { child: 'text' } } },
          second: {
            entity: 'deal',
            each: { relation: 'call.regarding' },
            map: { name: { child: 'subject' } },
          },
        },
      },
      exacting: {
        title: 'Needs a company and a note',
        ...open,
        available: { require: ['company', 'note'], when: "heat == 'hot'" },
        targets: { person },
      },
      entered: {
        title: 'Entered',
        ...open,
        targets: {
          person: {
            entity: 'person',
            map: {
              last_name: { from: 'last_name', edit: 'required', onTooLong: 'truncate' },
              first_name: { from: 'first_name', default: 'Unknown' },
              email: { from: 'email', edit: 'readonly' },
              firm: { target: 'firm', edit: 'editable' },
            },
          },
          firm: { entity: 'firm', when: 'company != null', map: { name } },
        },
      },
      tasting: {
        title: 'Traits',
        source: 'taste',
        once: false,
        after: 'editable',
        targets: {
          taste: {
            entity: 'taste',
            map: {
              name: { from: 'name' },
              traits: { from: 'traits', values: { fast: 'calm' }, onUnmapped: 'blank' },
            },
          },
        },
      },
      cutting: {
        title: 'Cuts',
        ...open,
        targets: {
          person: {
            entity: 'person',
            map: {
              last_name: { from: 'last_name', onTooLong: 'truncate' },
              first_name: { from: 'note', onTooLong: 'truncate' },
            },
          },
        },
      },
      translated: {
        title: 'Translates onto a known deal',
        ...open,
        targets: {
          deal: {
            entity: 'deal',
            policy: 'link',
            userMay: ['link'],
            map: {
              name: { from: 'last_name' },
              heat: { from: 'heat', values: { hot: 'hot' }, onUnmapped: 'error' },
            },
          },
        },
      },
      appends: firmWith({ tax_number: { from: 'note', onTooLong: 'truncate', onLink: 'append' } }),
      unites: firmWith({ roles: { value: ['prospect'], onLink: 'union' } }),
      asks: firmWith({
        site: { from: 'site', onLink: 'ask' },
        tax_number: { from: 'note', onTooLong: 'truncate', onLink: 'ask' },
      }),
      newer: firmWith({ site: { from: 'site', onLink: 'newer' } }),
    },
    [line, remark, taste],
  ),
}
const roles = {
  ...world.roles,
  /** Sees deals and cannot make any; may not read notes and the secrets of lines. */
  viewer: {
    title: 'Viewer',
    entities: {
      prospect: { read: 'all', update: 'all', convert: 'all', fields: { '*': 'write', note: 'none' } },
      person: { read: 'all', create: 'all', fields: { '*': 'write' } },
      firm: { read: 'all', create: 'all', fields: { '*': 'write' } },
      deal: { read: 'all', update: 'all', fields: { '*': 'write' } },
      line: { read: 'all', fields: { '*': 'read', secret: 'none' } },
    },
  },
  /** As that, but makes deals. */
  maker: {
    title: 'Maker',
    entities: {
      prospect: { read: 'all', update: 'all', convert: 'all', fields: { '*': 'write', note: 'none' } },
      deal: { read: 'all', create: 'all', fields: { '*': 'write' } },
      line: { read: 'all', fields: { '*': 'read', secret: 'none' } },
    },
  },
}
const { user } = await testServer({ plugins: [{ ...world, roles } as typeof world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

type Shown = PreviewAnswer & Failure

async function shown(conversion: string, source: Row, targets?: object, call = admin): Promise<Shown> {
  const { status, body } = await call<Shown>('POST', `/api/conversions/${conversion}/preview`, {
    source: source.id,
    ...(targets ? { targets } : {}),
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const firstOf = async (conversion: string, source: Row, targets?: object): Promise<TargetPreview> =>
  (await shown(conversion, source, targets)).targets[0]!

const refusal = async (
  conversion: string,
  source: Row,
  targets?: object,
  call = admin,
): Promise<Failure & { status: number }> => {
  const { status, body } = await actions(call).tryRun(conversion, {
    source: source.id,
    ...(targets ? { targets } : {}),
  })
  return { ...body, status }
}

const convert = (conversion: string, source: Row, targets?: object, call = admin): Promise<RunView> =>
  actions(call).run(conversion, { source: source.id, ...(targets ? { targets } : {}) })

describe('a run', () => {
  it('of which everything came along has nothing to note', async () => {
    const lead = await act.create('prospect', { last_name: 'Plain' })
    const run = await convert('simple', lead)
    expect(run.notes).toEqual([])
    expect(run.targets).toMatchObject([{ key: 'person', action: 'create', record: { display: 'Plain' } }])
  })
})

describe('a decision', () => {
  it('of the user is told as theirs', async () => {
    const firm = await act.create('firm', { name: 'Chosen GmbH' })
    const lead = await act.create('prospect', { last_name: 'Chooser', company: 'Chosen' })
    for (const decision of [{ action: 'create' }, { action: 'skip' }, { action: 'link', id: firm.id }]) {
      const { action, reason } = await firstOf('preset', lead, { firm: decision })
      expect({ action, reason }).toEqual({ action: decision.action, reason: 'user' })
    }
  })

  it('that is not offered is refused in words, whatever else is decided', async () => {
    const lead = await act.create('prospect', { last_name: 'Refused', company: 'Refused AG' })
    expect((await refusal('simple', lead, { person: { action: 'skip' } })).errors).toEqual([
      {
        pointer: '#/targets/person',
        code: 'conversion.not-allowed',
        detail: '"skip" is not offered for this target',
      },
    ])
    expect((await refusal('preset', lead, { firm: { action: 'link' } })).errors).toEqual(
      expect.arrayContaining([
        {
          pointer: '#/targets/firm',
          code: 'conversion.decision-required',
          detail: 'the record to link is missing',
        },
      ]),
    )
  })

  it('about targets and fields that nobody asks for is refused by its place', async () => {
    await act.create('firm', { name: 'Asked GmbH', site: 'https://old.example' })
    const lead = await act.create('prospect', { company: 'Asked', site: 'https://new.example' })
    const { status, code, errors } = await refusal('asks', lead, {
      firm: { keep: ['site', 'name'], take: ['roles'] },
      nobody: { action: 'skip' },
    })
    expect([status, code]).toEqual([422, 'conversion.invalid'])
    expect(errors).toEqual([
      { pointer: '#/targets/firm/keep/1', code: 'reference.unknown', detail: 'is not asked for' },
      { pointer: '#/targets/firm/take/0', code: 'reference.unknown', detail: 'is not asked for' },
      {
        pointer: '#/targets/nobody',
        code: 'reference.unknown',
        detail: 'is not a target of this conversion',
      },
    ])
  })

  it('that is missing is asked for with the candidates; of a hidden one only that it exists', async () => {
    const lead = await act.create('prospect', { last_name: 'Peek', company: 'Hidden' })
    await act.create('firm', { name: 'Hidden GmbH' })
    const { call } = await user(['deputy'])
    const hidden = {
      pointer: '#/targets/firm',
      code: 'conversion.hidden-match',
      detail: 'the same exists already, where you may not see it',
    }
    for (const targets of [undefined, { firm: { action: 'create' } }])
      expect((await shown('preset', lead, targets, call)).errors).toEqual([hidden])
    expect((await shown('preset', lead, undefined, call)).targets[0]).toMatchObject({
      action: 'ask',
      reason: 'hidden',
    })
  })

  it('about an inactive record that the source names is asked for, and wakes it', async () => {
    const firm = await act.create('firm', { name: 'Dormant AG', active: false })
    const lead = await act.create('prospect', { last_name: 'Waker', firm: firm.id, company: 'Other' })
    const asked = await refusal('preset', lead)
    expect([asked.status, asked.code]).toEqual([422, 'conversion.decision-required'])
    expect(asked.errors).toEqual([
      {
        pointer: '#/targets/firm',
        code: 'conversion.decision-required',
        detail: 'the record is not active; say whether to reactivate it',
      },
    ])
    const link = { action: 'link', id: firm.id, reactivate: true }
    const run = await convert('preset', lead, { firm: link })
    expect(run.targets[0]!.fields).toEqual([{ field: 'active', from: 'user', before: false, after: true }])
    const { active, version } = await act.read('firm', firm.id)
    expect(active).toBe(true)
    expect((await convert('preset', lead, { firm: link })).targets[0]!.fields).toEqual([])
    expect((await act.read('firm', firm.id)).version).toBe(version)
  })

  it('leaves out what shares a word only as long as one of them comes about', async () => {
    const lead = await act.create('prospect', { last_name: 'Words' })
    const skip = { action: 'skip' }
    const errors = async (...keys: string[]) =>
      (await shown('ordered', lead, Object.fromEntries(keys.map((key) => [key, skip])))).errors
    expect(await errors()).toEqual([])
    expect(await errors('goods')).toEqual([])
    expect(await errors('goods_more')).toEqual([])
    const missing = (word: string) => ({
      pointer: '#/targets',
      code: 'conversion.at-least-one',
      detail: `at least one target of "${word}" is needed`,
    })
    expect(await errors('goods', 'goods_more')).toEqual([missing('goods')])
    expect(await errors('goods', 'service')).toEqual([missing('service')])
    expect(await errors('goods', 'goods_more', 'service')).toEqual([missing('goods'), missing('service')])
  })
})

describe('a source', () => {
  it('that is not ready is refused with everything that it lacks', async () => {
    const lead = await act.create('prospect', { last_name: 'Bare', note: 'something' })
    const { status, code, errors } = await refusal('exacting', lead)
    expect([status, code]).toEqual([422, 'conversion.not-available'])
    expect(errors).toEqual([
      { pointer: '#/source/company', code: 'field.required', detail: 'is needed for this conversion' },
      {
        pointer: '#/source',
        code: 'conversion.not-available',
        detail: "It does not meet: heat == 'hot'",
      },
    ])
    await convert(
      'exacting',
      await act.create('prospect', { company: 'Full AG', last_name: 'Full', note: 'n', heat: 'hot' }),
    )
  })
})

describe('a candidate', () => {
  it('that several rules speak for is named by the certain one, with what differs and nothing else', async () => {
    await act.create('firm', { name: 'Twice GmbH', site: 'https://twice.example', tax_number: 'same' })
    const lead = await act.create('prospect', {
      last_name: 'Twice',
      company: 'TWICE',
      site: 'https://twice.example/about',
      note: 'same',
    })
    expect((await firstOf('labelled', lead)).candidates).toMatchObject([
      {
        rule: 'sure',
        ruleTitle: 'sure',
        confidence: 'certain',
        active: true,
        differs: {
          name: ['Twice GmbH', 'TWICE'],
          site: ['https://twice.example', 'https://twice.example/about'],
        },
      },
    ])
    const other = await act.create('prospect', { last_name: 'Twice', company: 'Twice' })
    const [likely] = (await firstOf('labelled', other)).candidates
    expect(likely).toMatchObject({ rule: 'likely', ruleTitle: 'Sounds alike', confidence: 'likely' })
    // What the source does not have is no difference.
    expect(likely!.differs).toEqual({ name: ['Twice GmbH', 'Twice'] })
  })
})

describe('rights on a target', () => {
  const denied = (detail: string) => ({
    pointer: '#/targets/deal',
    code: 'conversion.forbidden-target',
    detail,
  })

  it('are named by what is missing: to see such records, or to create them', async () => {
    const lead = await act.create('prospect', { last_name: 'Rights' })
    const { call: deputy } = await user(['deputy'])
    const { call: viewer } = await user(['viewer'])
    const [blind, still] = [
      await refusal('deal-only', lead, undefined, deputy),
      await refusal('deal-only', lead, undefined, viewer),
    ]
    expect([blind.status, blind.code, still.status, still.code]).toEqual([
      403,
      'conversion.forbidden-target',
      403,
      'conversion.forbidden-target',
    ])
    expect(blind.errors).toEqual([denied('you may not see such records')])
    expect(still.errors).toEqual([denied('you may not create such records')])
  })

  it('to create are not needed for a link, but for a question that could end in a new one', async () => {
    const { call } = await user(['viewer'])
    const known = await act.create('deal', { name: 'Known' })
    const lead = await act.create('prospect', { last_name: 'Known' })
    const run = await convert('linking', lead, { deal: { action: 'link', id: known.id } }, call)
    expect(made(run, 'deal')).toBe(known.id)
    expect((await shown('asking', lead, undefined, call)).errors).toContainEqual(
      denied('you may not create such records'),
    )
    expect((await shown('asking', lead)).errors.map(({ code }) => code)).toEqual([
      'conversion.decision-required',
    ])
  })

  it('that are missing leave the target out where the definition says so, and that is noted', async () => {
    const { call } = await user(['viewer'])
    const lead = await act.create('prospect', { last_name: 'Lenient' })
    expect((await shown('leaving', lead, undefined, call)).targets[1]).toMatchObject({
      key: 'deal',
      action: 'skip',
      reason: 'denied',
    })
    const run = await convert('leaving', lead, undefined, call)
    expect(run.notes).toEqual([denied('you may not create such records')])
    expect(run.targets.map(({ key, action }) => [key, action]).toSorted()).toEqual([
      ['deal', 'skip'],
      ['person', 'create'],
    ])
  })
})

describe('what the user may not read', () => {
  it('does not come along in an expression either; what they may, does', async () => {
    const { call } = await user(['viewer'])
    const lead = await act.create('prospect', { last_name: 'Ada', company: 'Ada', note: 'private' })
    const { status, code, errors } = await refusal('composed', lead, undefined, call)
    expect([status, code]).toEqual([403, 'conversion.forbidden-field'])
    expect(errors).toEqual([
      {
        pointer: '#/targets/person/values/first_name',
        code: 'conversion.forbidden-field',
        detail: 'may not be carried over by you',
      },
    ])
    const run = await convert('greeting', lead, undefined, call)
    expect(await act.read('person', made(run, 'person'))).toMatchObject({ first_name: 'ADA' })
  })

  it('of a child does not come along, alone or in an expression', async () => {
    const { call } = await user(['maker'])
    const lead = await act.create('prospect', { last_name: 'Lines' })
    const { id } = await act.create('line', { prospect: lead.id, product: 'Pump', secret: 'x' })
    const { errors } = await refusal('line-secrets', lead, undefined, call)
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      [`#/targets/deal~1${id}/values/name`, 'conversion.forbidden-field'],
      [`#/targets/deal~1${id}/values/secret`, 'conversion.forbidden-field'],
    ])
  })
})

describe('targets for children', () => {
  it('name those that were made for the same child, and those of the whole run', async () => {
    const lead = await act.create('prospect', { last_name: 'Each' })
    const lines = [
      await act.create('line', { prospect: lead.id, product: 'Pump' }),
      await act.create('line', { prospect: lead.id, product: 'Valve' }),
    ]
    const run = await convert('line-deals', lead)
    for (const { id } of lines)
      expect((await act.read('call', made(run, `call/${id}`)))['regarding']).toEqual([
        `person/${made(run, 'person')}`,
        `deal/${made(run, `deal/${id}`)}`,
      ])
  })

  it('are made for what names the source alone or among others, in the order in which it came', async () => {
    const [lead, other] = [
      await act.create('prospect', { last_name: 'Named' }),
      await act.create('prospect', { last_name: 'Other' }),
    ]
    const [about, beside] = [`prospect/${lead.id}`, `prospect/${other.id}`]
    for (const text of ['First', 'Second']) await act.create('remark', { text, about })
    await act.create('remark', { text: 'Theirs', about: beside })
    await act.create('call', { subject: 'Both', regarding: [beside, about] })
    await act.create('call', { subject: 'Theirs', regarding: [beside] })
    const gone = await act.create('remark', { text: 'Gone', about })
    await admin('DELETE', `/api/records/remark/${gone.id}`)
    const { targets } = await shown('deals-of-remarks', lead)
    expect(targets.map(({ values }) => values['name']!.value)).toEqual(['First', 'Second', 'Both'])
  })

  it('are decided one by one, or all at once', async () => {
    const lead = await act.create('prospect', { last_name: 'Each' })
    const [pump, valve] = [
      await act.create('line', { prospect: lead.id, product: 'Pump' }),
      await act.create('line', { prospect: lead.id, product: 'Valve' }),
    ]
    const skipped = async (targets: object): Promise<string[]> =>
      (await shown('line-deals', lead, targets)).targets
        .filter(({ action }) => action === 'skip')
        .map(({ key }) => key)
    expect(await skipped({ [`deal/${pump.id}`]: { action: 'skip' } })).toEqual([`deal/${pump.id}`])
    expect(await skipped({ deal: { action: 'skip' } })).toEqual([`deal/${pump.id}`, `deal/${valve.id}`])
    expect(await skipped({ deal: { action: 'skip' }, [`deal/${valve.id}`]: { action: 'create' } })).toEqual([
      `deal/${pump.id}`,
    ])
  })
})

describe('what is entered', () => {
  const leadWith = (values: object): Promise<Row> =>
    act.create('prospect', { company: 'Entered AG', ...values })

  it('is asked for where it must not be empty', async () => {
    const lead = await leadWith({})
    const { errors, targets } = await shown('entered', lead)
    expect(errors).toEqual([
      { pointer: '#/targets/person/values/last_name', code: 'field.required', detail: 'is required' },
    ])
    expect(targets[0]!.values['last_name']).toMatchObject({ value: null, edit: 'required' })
    const run = await convert('entered', lead, { person: { values: { last_name: 'By hand' } } })
    const { fields } = run.targets.find(({ key }) => key === 'person')!
    expect(fields.toSorted((a, b) => a.field.localeCompare(b.field))).toEqual([
      { field: 'firm', from: 'target.firm', after: made(run, 'firm') },
      { field: 'first_name', from: 'default', after: 'Unknown' },
      { field: 'last_name', from: 'user', after: 'By hand' },
    ])
  })

  it('counts before the default, also where it is nothing, and before another target', async () => {
    const firm = await act.create('firm', { name: 'Instead' })
    const run = await convert('entered', await leadWith({ last_name: 'Before' }), {
      person: { values: { first_name: null, firm: firm.id } },
    })
    expect(await act.read('person', made(run, 'person'))).toMatchObject({ first_name: null, firm: firm.id })
    const alone = await convert('entered', await act.create('prospect', { last_name: 'Alone' }))
    expect(await act.read('person', made(alone, 'person'))).toMatchObject({
      first_name: 'Unknown',
      firm: null,
    })
  })

  it('is refused where it is only shown, and where no mapping is', async () => {
    const { errors } = await refusal('entered', await leadWith({ last_name: 'Shown' }), {
      person: { values: { email: 'other@x.example', nope: 1 } },
    })
    expect(errors).toEqual(
      ['email', 'nope'].map((field) => ({
        pointer: `#/targets/person/values/${field}`,
        code: 'conversion.not-editable',
        detail: 'cannot be entered here',
      })),
    )
  })
})

describe('a value', () => {
  it('of several choices goes choice by choice, without those that have no counterpart', async () => {
    const source = await act.create('taste', { name: 'Mixed', traits: ['fast', 'odd'] })
    const run = await convert('tasting', source)
    expect((await act.read('taste', made(run, 'taste')))['traits']).toEqual(['calm'])
    expect(run.notes).toEqual([
      {
        pointer: '#/targets/taste/values/traits',
        code: 'conversion.unmapped',
        detail: '"odd" has no counterpart',
        params: { value: 'odd' },
      },
    ])
  })

  it('that has no counterpart is refused on a linked record as on a new one', async () => {
    const known = await act.create('deal', { name: 'Known heat' })
    const lead = await act.create('prospect', { last_name: 'Cold', heat: 'cold' })
    const { status, errors } = await refusal('translated', lead, { deal: { action: 'link', id: known.id } })
    expect(status).toBe(422)
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['#/targets/deal/values/heat', 'conversion.unmapped'],
    ])
  })

  it('that is cut loses no half of a letter, and is left alone where it fits', async () => {
    const fits = `${'x'.repeat(19)}😀`
    const whole = await convert('cutting', await act.create('prospect', { last_name: fits }))
    expect(whole.notes).toEqual([])
    expect((await act.read('person', made(whole, 'person')))['last_name']).toBe(fits)
    const lead = await act.create('prospect', { last_name: `${fits}y`, note: 'n'.repeat(300) })
    expect((await shown('cutting', lead)).targets[0]!.values).toMatchObject({
      last_name: { value: fits, truncated: true },
      first_name: { value: 'n'.repeat(255), truncated: true },
    })
    expect((await convert('cutting', lead)).notes).toEqual([
      {
        pointer: '#/targets/person/values/last_name',
        code: 'conversion.truncated',
        detail: 'was cut from 21 to 20 characters',
        params: { from: 21, to: 20 },
      },
      {
        pointer: '#/targets/person/values/first_name',
        code: 'conversion.truncated',
        detail: 'was cut from 300 to 255 characters',
        params: { from: 300, to: 255 },
      },
    ])
  })
})

describe('a linked record', () => {
  const onto = async (conversion: string, firm: object, lead: object, targets?: object) => {
    const before = await act.create('firm', firm)
    const run = await convert(conversion, await act.create('prospect', lead), targets)
    expect(run.targets[0]).toMatchObject({ action: 'link', record: { id: before.id } })
    return { before, after: await act.read('firm', before.id), fields: run.targets[0]!.fields }
  }

  it('gets text where it has none, as it is', async () => {
    const { after } = await onto('appends', { name: 'Texts AG' }, { company: 'Texts', note: 'DE 5' })
    expect(after['tax_number']).toBe('DE 5')
  })

  it('gets a list where it has none, and no new version where it has it all', async () => {
    const none = await onto('unites', { name: 'None AG' }, { company: 'None' })
    expect(none.after['roles']).toEqual(['prospect'])
    const all = await onto('unites', { name: 'All AG', roles: ['prospect'] }, { company: 'All' })
    expect(all.fields).toEqual([])
    expect(all.after.version).toBe(all.before.version)
  })

  it('is asked about only where both have a value and these differ', async () => {
    const { after } = await onto(
      'asks',
      { name: 'Quiet AG', site: 'https://same.example' },
      { company: 'Quiet', site: 'https://same.example', note: 'DE 6' },
    )
    expect(after).toMatchObject({ site: 'https://same.example', tax_number: 'DE 6' })
    await act.create('firm', { name: 'Loud AG', site: 'https://a.example' })
    const lead = await act.create('prospect', { company: 'Loud', site: 'https://b.example' })
    expect((await refusal('asks', lead)).errors).toEqual([
      {
        pointer: '#/targets/firm/values/site',
        code: 'conversion.decision-required',
        detail: 'both have a value; say which one holds',
        params: { before: 'https://a.example', value: 'https://b.example' },
      },
    ])
  })

  it('takes what the user enters, whatever its mapping says', async () => {
    const { after, fields } = await onto(
      'newer',
      { name: 'Renamed AG', site: 'https://own.example' },
      { company: 'Renamed' },
      { firm: { values: { name: 'Renamed SE', site: null } } },
    )
    expect(after).toMatchObject({ name: 'Renamed SE', site: null })
    expect(fields).toContainEqual({
      field: 'name',
      from: 'user',
      before: 'Renamed AG',
      after: 'Renamed SE',
    })
  })

  it('takes a newer value also where it has none, and keeps its own that is newer', async () => {
    const { after } = await onto(
      'newer',
      { name: 'Bare AG' },
      { company: 'Bare', site: 'https://bare.example' },
    )
    expect(after['site']).toBe('https://bare.example')
    const lead = await act.create('prospect', { company: 'Later', site: 'https://lead.example' })
    const firm = await act.create('firm', { name: 'Later AG', site: 'https://first.example' })
    await act.change('firm', firm.id, { site: 'https://later.example' })
    await act.change('prospect', lead.id, { note: 'something else' })
    await convert('newer', lead)
    expect((await act.read('firm', firm.id))['site']).toBe('https://later.example')
  })
})
