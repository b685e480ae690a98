import type { EntityView, Labelled } from '@xrm/sdk/api'

/** True when every word of a search stands in what the glossary says about an entity, in the reader's language. */
export function matchesEntity(entity: EntityView, language: string, search: string): boolean {
  const texts = [
    ...textsOf(entity, language),
    entity.pluralLabels[language] ?? entity.pluralTitle,
    ...entity.rules.map((rule) => rule.messages[language] ?? rule.message),
    ...entity.conversions.flatMap((conversion) => textsOf(conversion, language)),
    ...Object.values(entity.fields)
      .filter((field) => !field.system)
      .flatMap((field) => [
        ...textsOf(field, language),
        ...(field.options ?? []).flatMap((option) => textsOf(option, language)),
      ]),
  ]
  const all = fold(texts.join(' '))
  return search.split(/\s+/).every((word) => all.includes(fold(word)))
}

function textsOf(thing: Labelled, language: string): string[] {
  return [thing.labels[language] ?? thing.title, thing.descriptions?.[language] ?? thing.description ?? '']
}

/** Without case and accents, so that "uber" finds "Über". */
function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
