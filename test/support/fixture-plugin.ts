import { defineConversion, defineEntity, definePlugin, type Plugin } from '@xrm/sdk'

const options = { hot: { title: 'Hot' }, cold: { title: 'Cold' } }

/** A small world for tests of the core: firms, people, deals, calls, and conversions between them. */
export const fixture = definePlugin({
  name: 'fixture',
  title: 'Fixture',
  compatible: '^1.0.0',
  entities: [
    defineEntity({
      title: 'Firm',
      type: 'object',
      required: ['name'],
      'x-entity': { name: 'firm', plural: 'firms', display: 'name', owner: true, search: ['name', 'site'] },
      properties: {
        name: { type: 'string', maxLength: 120 },
        site: { type: 'string', format: 'uri' },
        roles: {
          'x-type': 'multi-select',
          'x-options': { customer: { title: 'Customer' }, prospect: { title: 'Prospect' } },
        },
        parent: { 'x-type': 'relation', 'x-relation': { entity: 'firm' } },
        seat: { 'x-type': 'address' },
        tax_number: { type: 'string' },
      },
      'x-unique': { tax: ['tax_number'] },
    }),
    defineEntity({
      title: 'Person',
      type: 'object',
      required: ['last_name'],
      'x-entity': {
        name: 'person',
        plural: 'people',
        display: "join([first_name, last_name], ' ')",
        owner: true,
        search: ['last_name', 'email'],
      },
      properties: {
        first_name: { type: 'string' },
        last_name: { type: 'string', maxLength: 20 },
        email: { type: 'string', format: 'email' },
        phones: { 'x-type': 'phone', 'x-multiple': true },
        firm: { 'x-type': 'relation', 'x-relation': { entity: 'firm', onDelete: 'restrict' } },
      },
    }),
    defineEntity({
      title: 'Deal',
      type: 'object',
      required: ['name'],
      'x-entity': { name: 'deal', plural: 'deals', display: 'name', owner: true, search: ['name'] },
      properties: {
        number: { 'x-type': 'auto-number', 'x-number': { prefix: 'D-', digits: 4 } },
        name: { type: 'string' },
        firm: { 'x-type': 'relation', 'x-relation': { entity: 'firm' } },
        person: { 'x-type': 'relation', 'x-relation': { entity: 'person' } },
        amount: { 'x-type': 'money' },
        probability: { 'x-type': 'percent', minimum: 0, maximum: 100 },
        expected: { 'x-type': 'formula', 'x-formula': 'amount * probability / 100' },
        close_date: { type: 'string', format: 'date' },
        heat: { 'x-type': 'select', 'x-options': options },
        stage: {
          'x-type': 'stage',
          'x-stages': {
            open: { title: 'Open', category: 'open', sets: { probability: '20' } },
            won: { title: 'Won', category: 'won', sets: { probability: '100' } },
            lost: { title: 'Lost', category: 'lost', sets: { probability: '0' } },
          },
        },
        secret: { type: 'string' },
      },
    }),
    defineEntity({
      title: 'Prospect',
      description: 'Someone who might buy.',
      type: 'object',
      'x-entity': {
        name: 'prospect',
        plural: 'prospects',
        display: "join([first_name, last_name, company], ' ')",
        owner: true,
        activities: true,
        search: ['last_name', 'company'],
      },
      properties: {
        first_name: { type: 'string' },
        last_name: { type: 'string' },
        company: { type: 'string' },
        email: { type: 'string', format: 'email' },
        site: { type: 'string', format: 'uri' },
        phone: { type: 'string', format: 'phone' },
        budget: { 'x-type': 'money' },
        heat: { 'x-type': 'select', 'x-options': options },
        note: { 'x-type': 'long-text' },
        firm: { 'x-type': 'relation', 'x-relation': { entity: 'firm' } },
        status: {
          'x-type': 'stage',
          'x-stages': {
            new: { title: 'New', category: 'open' },
            converted: { title: 'Converted', category: 'won' },
            dead: { title: 'Dead', category: 'lost' },
          },
        },
      },
      'x-rules': {
        named: {
          check: 'last_name != null || company != null',
          message: 'A person or a company is needed',
          pointer: '/last_name',
        },
      },
    }),
    defineEntity({
      title: 'Call',
      type: 'object',
      required: ['subject'],
      'x-entity': {
        name: 'call',
        plural: 'calls',
        display: 'subject',
        owner: true,
        timeline: {
          regarding: 'regarding',
          at: 'coalesce(happened_at, created_at)',
          done: 'happened_at != null',
        },
      },
      properties: {
        subject: { type: 'string' },
        happened_at: { type: 'string', format: 'date-time' },
        regarding: { 'x-type': 'relation-any', 'x-multiple': true },
      },
    }),
  ],
  conversions: {
    'prospect-to-deal': defineConversion({
      title: 'Convert prospect',
      source: 'prospect',
      available: { when: "status != 'dead'", message: 'A dead prospect cannot be converted' },
      targets: {
        firm: {
          entity: 'firm',
          when: 'company != null',
          policy: 'matchOrCreate',
          preset: 'firm',
          userMay: ['create', 'link', 'skip'],
          match: {
            'by-site': { fields: { site: 'urlHost' }, confidence: 'certain' },
            'by-name': { fields: { name: 'companyName' }, confidence: 'certain' },
          },
          map: {
            name: { from: 'company', onTooLong: 'error' },
            site: { from: 'site', onLink: 'fillEmpty' },
            roles: { value: ['prospect'], onLink: 'union', edit: 'hidden' },
          },
        },
        person: {
          entity: 'person',
          when: 'last_name != null',
          policy: 'matchOrCreate',
          match: { 'by-email': { fields: { email: 'email' }, confidence: 'likely' } },
          map: {
            first_name: { from: 'first_name' },
            last_name: { from: 'last_name', onTooLong: 'error' },
            email: { from: 'email' },
            phones: { from: 'phone', onLink: 'union' },
            firm: { target: 'firm', onLink: 'fillEmpty' },
          },
        },
        deal: {
          entity: 'deal',
          required: false,
          map: {
            name: { expression: "join([source.company, string(year(today()))], ' ')" },
            firm: { target: 'firm' },
            person: { target: 'person' },
            amount: { from: 'budget' },
            heat: { from: 'heat', values: { hot: 'hot', cold: 'cold' } },
          },
        },
      },
      children: { calls: { relation: 'call.regarding', action: 'alsoLink', to: ['firm', 'person', 'deal'] } },
      'source-writes': { converted: { status: 'converted' } },
      after: 'lock',
      permissions: { onDeniedField: 'drop' },
    }),
  },
  roles: {
    seller: {
      title: 'Seller',
      entities: {
        firm: { read: 'all', create: 'all', update: 'team', fields: { '*': 'write', tax_number: 'none' } },
        person: { read: 'all', create: 'all', update: 'team', delete: 'own', fields: { '*': 'write' } },
        deal: {
          read: 'team',
          create: 'all',
          update: 'own',
          delete: 'own',
          fields: { '*': 'write', secret: 'none' },
        },
        prospect: {
          read: 'team',
          create: 'all',
          update: 'team',
          delete: 'own',
          convert: 'team',
          fields: { '*': 'write' },
        },
        call: { read: 'team', create: 'all', update: 'own', fields: { '*': 'write' } },
      },
    },
    guest: { title: 'Guest', entities: { firm: { read: 'all', fields: { name: 'read' } } } },
    deputy: {
      title: 'Deputy',
      entities: {
        prospect: { read: 'all', update: 'all', convert: 'all', fields: { '*': 'write' } },
        person: { read: 'all', create: 'all', fields: { '*': 'write' } },
        firm: { read: { when: "name != 'Hidden GmbH'" }, create: 'all', fields: { '*': 'write' } },
      },
    },
  },
} satisfies Plugin)
