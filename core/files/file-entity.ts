import type { EntityModel, Model } from '../documents/model.ts'

/** The entity whose records are files; without it there are none. */
export function fileEntity(model: Model): EntityModel | undefined {
  return [...model.entities.values()].find(({ content }) => content !== null)
}
