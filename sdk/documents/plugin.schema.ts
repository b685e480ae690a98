import { closed, namedMap } from './vocabulary.ts'

/** The kind `plugin`: whether a plugin takes part, and its settings. Which settings there are, the plugin declares. */
export const pluginSchema = closed(
  {
    enabled: {
      description: 'False takes its documents out of the model and stops its hooks; its data stays.',
      type: 'boolean',
    },
    settings: {
      description: 'Values by setting; one that is not here has its default.',
      ...namedMap({}, 100),
    },
  },
  ['enabled'],
)
