/** The public door of the SDK: what plugins and clients build on. */
export * from './define.ts'
export * from './plugin.ts'
export * from './problem.ts'
export type { FieldContext, FieldType, Parsed, TextFormat } from './field-type.ts'
export type {
  Conversion,
  DocumentBodies,
  DocumentKind,
  Entity,
  Field,
  Form,
  Mapping,
  OptionSet,
  PluginDocument,
  Role,
  Target,
  View,
  WebForm,
  XrmDocument,
} from './documents/index.ts'
