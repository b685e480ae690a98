import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { documentSchemas } from '@xrm/sdk/documents'

it.each(Object.entries(documentSchemas))('the schema of the kind %s is a valid JSON Schema', (_, schema) => {
  const ajv = new Ajv2020({ strict: false })
  expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true)
})
