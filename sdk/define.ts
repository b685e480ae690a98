import type { Conversion, Entity, Form, OptionSet, Role, View, WebForm } from './documents/index.ts'

/** An entity as a plugin writes it: the document plus its own name. */
export type EntityDefinition = Entity & { 'x-entity': { name: string } }

/** Declares an entity. Its keywords are those of the kind `entity`; unknown ones do not compile, and are refused at load. */
export function defineEntity<const E extends EntityDefinition>(entity: E): E {
  return entity
}

/** Declares options that several fields share. */
export function defineOptionSet<const O extends OptionSet>(optionSet: O): O {
  return optionSet
}

/** Declares how records of one entity become records of others. */
export function defineConversion<const C extends Conversion>(conversion: C): C {
  return conversion
}

/** Declares a list of records. */
export function defineView<const V extends View>(view: V): V {
  return view
}

/** Declares the arrangement of an entity's page. */
export function defineForm<const F extends Form>(form: F): F {
  return form
}

/** Declares what the holders of a role may do. */
export function defineRole<const R extends Role>(role: R): R {
  return role
}

/** Declares a public form. Without `open: true` nobody sees it until an administrator says so. */
export function defineWebForm<const W extends WebForm>(webForm: W): W {
  return webForm
}
