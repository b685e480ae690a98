import { defineEntity, definePlugin, defineRole } from '@xrm/sdk'
import { fullAccess } from '../access/grants.ts'

/** People who can sign in. Their records belong to the accounts part of the product; here they can be named and shown. */
const user = defineEntity({
  title: 'User',
  description: 'A person who can sign in.',
  type: 'object',
  'x-entity': {
    name: 'user',
    plural: 'users',
    labels: { en: { one: 'User', other: 'Users' }, de: { one: 'Benutzer', other: 'Benutzer' } },
    descriptions: { de: 'Eine Person, die sich anmelden kann.' },
    display: 'name',
    icon: 'user',
    navigation: false,
    search: ['name', 'email'],
  },
  properties: {
    name: { type: 'string', title: 'Name', 'x-labels': { de: 'Name' } },
    email: { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' } },
  },
})

const team = defineEntity({
  title: 'Team',
  description: 'People who work together, such as a department. Records and tasks can belong to a team.',
  type: 'object',
  required: ['name'],
  'x-entity': {
    name: 'team',
    plural: 'teams',
    labels: { en: { one: 'Team', other: 'Teams' }, de: { one: 'Team', other: 'Teams' } },
    descriptions: {
      de: 'Menschen, die zusammenarbeiten, etwa eine Abteilung. Datensätze und Aufgaben können einem Team gehören.',
    },
    display: 'name',
    icon: 'users',
    navigation: false,
    search: ['name'],
  },
  properties: {
    name: { type: 'string', maxLength: 120, title: 'Name', 'x-labels': { de: 'Name' } },
    kind: {
      'x-type': 'select',
      title: 'Kind',
      'x-labels': { de: 'Art' },
      default: 'team',
      'x-options': {
        team: { title: 'Team', labels: { de: 'Team' } },
        department: { title: 'Department', labels: { de: 'Abteilung' } },
        unit: { title: 'Business unit', labels: { de: 'Geschäftsbereich' } },
      },
    },
    parent: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'team',
        inverse: { title: 'Teams below', labels: { de: 'Teams darunter' } },
      },
      title: 'Part of',
      'x-labels': { de: 'Teil von' },
      description: 'Roles with the scope "team and below" follow this downwards.',
      'x-descriptions': { de: 'Rollen mit dem Umfang „Team und darunter“ folgen dem nach unten.' },
    },
    description: { 'x-type': 'long-text', title: 'Description', 'x-labels': { de: 'Beschreibung' } },
  },
  'x-unique': { name: ['name'] },
})

/** What the core itself ships, as a plugin like any other. */
export const systemPlugin = definePlugin({
  name: 'system',
  title: 'System',
  labels: { de: 'System' },
  description: 'Users, teams and the role of the administrator.',
  compatible: '^1.0.0',
  entities: [user, team],
  roles: {
    admin: defineRole({
      title: 'Administrator',
      labels: { de: 'Administrator' },
      description: 'Sees and changes everything, configuration and users included.',
      administer: true,
      entities: fullAccess,
    }),
  },
})
