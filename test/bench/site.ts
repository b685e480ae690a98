import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes the documents of the site that is measured, a patch over the role `sales` that ships: whose leads it reads, one
 * field that it does not see and two that it does not write. So every request passes record and field rules.
 */
export function writeSite(folder: string, scope: 'own' | 'team' | 'all'): void {
  const role = {
    entities: {
      lead: {
        read: scope,
        fields: { '*': 'write', description: 'none', score: 'read', external_id: 'read' },
      },
    },
  }
  mkdirSync(join(folder, 'role'), { recursive: true })
  writeFileSync(join(folder, 'role/sales.json'), JSON.stringify(role))
}
