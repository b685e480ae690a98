import { defineConfig } from 'vitest/config'
import config from './vitest.config.ts'

/** What `npm run mutate` runs against each mutant: the tests that are about rights, reading and conversions, and quick. */
export default defineConfig({
  test: {
    ...config.test,
    include: [
      'core/{access,conversions,records}/**/*.test.ts',
      'test/{access,conversions}.test.ts',
      'test/security/{access,field-access,scopes,sharing,why}.test.ts',
      'test/conversions/{keywords,guarantees,definitions,runs}.test.ts',
    ],
    retry: 0,
  },
})
