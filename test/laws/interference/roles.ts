import fc from 'fast-check'
import type { Role } from '@xrm/sdk'
import type { Shape } from './shape.ts'

/** A role as an administrator might make one: a scope and some fields for each entity of the world. */
export function randomRole(shape: Shape): fc.Arbitrary<Role> {
  return fc
    .record(
      Object.fromEntries(
        shape.entities.map((entity) => {
          const conditions = shape.conditions[entity]!.map(({ when }) => ({ when }))
          return [
            entity,
            fc.record({
              read: fc.oneof(
                {
                  weight: 7,
                  arbitrary: fc.constantFrom('all', 'team', 'branch', 'own', 'reports', 'shared', 'none'),
                },
                { weight: 2, arbitrary: fc.constantFrom(...conditions) },
              ),
              others: fc.constantFrom('read', 'none'),
              fields: fc.dictionary(
                fc.constantFrom(...Object.keys(shape.mutable[entity]!), 'owner'),
                fc.constantFrom('read', 'none'),
                { maxKeys: 4 },
              ),
              takes: fc.boolean(),
            }),
          ]
        }),
      ),
    )
    .map((grants) => ({
      title: 'Random',
      entities: Object.fromEntries(
        Object.entries(grants).map(([entity, { read, others, fields, takes }]) => [
          entity,
          { read, ...(takes ? { export: read, convert: read } : {}), fields: { ...fields, '*': others } },
        ]),
      ),
    })) as fc.Arbitrary<Role>
}
