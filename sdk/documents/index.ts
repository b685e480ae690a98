import { conversionSchema } from './conversion.schema.ts'
import { entitySchema } from './entity.schema.ts'
import { formSchema } from './form.schema.ts'
import { optionSetSchema } from './option-set.schema.ts'
import { pluginSchema } from './plugin.schema.ts'
import { roleSchema } from './role.schema.ts'
import { viewSchema } from './view.schema.ts'
import { webFormSchema } from './web-form.schema.ts'
import type { Conversion } from './conversion.gen.ts'
import type { Entity } from './entity.gen.ts'
import type { Form } from './form.gen.ts'
import type { OptionSet } from './option-set.gen.ts'
import type { Plugin as PluginDocument } from './plugin.gen.ts'
import type { Role } from './role.gen.ts'
import type { View } from './view.gen.ts'
import type { WebForm } from './web-form.gen.ts'

export type { Conversion, Entity, Form, OptionSet, PluginDocument, Role, View, WebForm }
export { keyPattern, namePattern } from './vocabulary.ts'
export { normalisers } from './match.schema.ts'

/** One field of an entity. */
export type Field = NonNullable<Entity['properties'][string]>
/** One target of a conversion. */
export type Target = NonNullable<Conversion['targets'][string]>
/** One mapping of a target. */
export type Mapping = NonNullable<Target['map'][string]>

/** The body of each kind of document. */
export interface DocumentBodies {
  entity: Entity
  'option-set': OptionSet
  conversion: Conversion
  view: View
  form: Form
  role: Role
  'web-form': WebForm
  plugin: PluginDocument
}

export type DocumentKind = keyof DocumentBodies

/** The JSON Schema of each kind: it validates on the server, completes in editors and types this SDK. */
export const documentSchemas = {
  entity: entitySchema,
  'option-set': optionSetSchema,
  conversion: conversionSchema,
  view: viewSchema,
  form: formSchema,
  role: roleSchema,
  'web-form': webFormSchema,
  plugin: pluginSchema,
} as const satisfies Record<DocumentKind, object>

export const documentKinds = Object.keys(documentSchemas) as DocumentKind[]

/** A piece of configuration. What it means is said by its kind's schema. */
export interface XrmDocument<K extends DocumentKind = DocumentKind> {
  kind: K
  name: string
  body: DocumentBodies[K]
}
