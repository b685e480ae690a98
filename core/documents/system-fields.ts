import type { Field } from '@xrm/sdk'

/** Fields that every record has. Users write `owner`, `team` and `active`; the rest is the system's. */
export const systemFields: Record<string, Field & { writable?: true }> = {
  id: { title: 'Id', 'x-type': 'text', 'x-labels': { de: 'Id' } },
  version: { title: 'Version', type: 'integer', 'x-labels': { de: 'Version' } },
  owner: { title: 'Owner', 'x-type': 'user', 'x-labels': { de: 'Besitzer' }, writable: true },
  team: { title: 'Team', 'x-type': 'team', 'x-labels': { de: 'Team' }, writable: true },
  active: { title: 'Active', type: 'boolean', 'x-labels': { de: 'Aktiv' }, writable: true },
  created_at: { title: 'Created', 'x-type': 'date-time', 'x-labels': { de: 'Angelegt' } },
  created_by: { title: 'Created by', 'x-type': 'user', 'x-labels': { de: 'Angelegt von' } },
  updated_at: { title: 'Changed', 'x-type': 'date-time', 'x-labels': { de: 'Geändert' } },
  updated_by: { title: 'Changed by', 'x-type': 'user', 'x-labels': { de: 'Geändert von' } },
  deleted_at: { title: 'Deleted', 'x-type': 'date-time', 'x-labels': { de: 'Gelöscht' } },
}

/** Their columns; the same in every table of records. */
export const systemColumns: Record<string, string> = {
  id: 'uuid PRIMARY KEY',
  version: 'integer NOT NULL DEFAULT 1',
  owner: 'uuid REFERENCES xrm."user" (id)',
  team: 'uuid',
  active: 'boolean NOT NULL DEFAULT true',
  created_at: 'timestamptz(3) NOT NULL',
  created_by: 'uuid',
  updated_at: 'timestamptz(3) NOT NULL',
  updated_by: 'uuid',
  deleted_at: 'timestamptz(3)',
}

/** Names that no field of a document may take: system fields, and words that are magic in JavaScript or in our API. */
export const reservedNames: ReadonlySet<string> = new Set([
  ...Object.keys(systemFields),
  'display',
  'source',
  'target',
  'me',
  'then',
  'constructor',
  'prototype',
  'true',
  'false',
  'null',
  'in',
])
