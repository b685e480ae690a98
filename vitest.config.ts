import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{sdk,core,plugins,admin-ui,test}/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
  },
})
