import { StreamLanguage, type StreamParser, type StringStream } from '@codemirror/language'

/** The kinds of words that expressions are coloured by. */
export const celTokens: StreamParser<{ quote: string }> = {
  name: 'cel',
  startState: () => ({ quote: '' }),
  token(stream, state) {
    if (state.quote !== '') return text(stream, state)
    if (stream.eatSpace()) return null
    if (stream.match('//')) {
      stream.skipToEnd()
      return 'comment'
    }
    const opening = stream.match(/^[rb]?("""|'''|"|')/i) as RegExpMatchArray | null
    if (opening) {
      state.quote = opening[1] ?? ''
      return text(stream, state)
    }
    if (stream.match(/^(0x[\da-f]+|\d+(\.\d+)?(e[+-]?\d+)?)u?/i)) return 'number'
    const name = stream.match(/^[a-z_]\w*/i) as RegExpMatchArray | null
    if (name) return kindOf(name[0], stream)
    if (stream.match(/^(&&|\|\||[=!<>]=|[-+*/%<>!?:])/)) return 'operator'
    stream.next()
    return 'punctuation'
  },
  languageData: { closeBrackets: { brackets: ['(', '[', '"', "'"] } },
}

export const celLanguage = StreamLanguage.define(celTokens)

function text(stream: StringStream, state: { quote: string }): string {
  while (!stream.eol()) {
    if (stream.match(state.quote)) {
      state.quote = ''
      return 'string'
    }
    if (stream.next() === '\\') stream.next()
  }
  // Only the long quotes go over the end of a line.
  if (state.quote.length === 1) state.quote = ''
  return 'string'
}

function kindOf(name: string, stream: StringStream): string {
  if (name === 'true' || name === 'false') return 'bool'
  if (name === 'null') return 'null'
  if (name === 'in' || name === 'me') return 'keyword'
  return stream.match(/^\s*\(/, false) ? 'variableName.function' : 'propertyName'
}
