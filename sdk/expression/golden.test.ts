import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { compileExpression } from './index.ts'
import { goldenContext, goldenRecord, scope } from './testing/record.ts'

const file = new URL('./testing/golden.jsonl', import.meta.url)

/**
 * What expressions gave when they were written down: an upgrade of the parser, of the decimals or of the
 * runtime that changes one of 2,000 results must say so (EXPR-14). XRM_UPDATE_GOLDEN=1 writes the new results.
 */
it('gives 2,000 expressions the results they always had [EXPR-14]', () => {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const now = lines.map((line) => {
    const [text] = JSON.parse(line) as [string, unknown]
    const value = compileExpression(text, scope).evaluate((path) => goldenRecord[path], goldenContext)
    return JSON.stringify([text, value])
  })
  if (process.env.XRM_UPDATE_GOLDEN) writeFileSync(file, `${now.join('\n')}\n`)
  expect(now.length).toBe(2000)
  expect(now.filter((line, index) => line !== lines[index])).toEqual([])
})
