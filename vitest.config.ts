import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{sdk,core,plugins,admin-ui,test}/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    setupFiles: 'test/support/around-every-test.ts',
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
    // A machine that others use too may be late once; what fails twice in a row is broken.
    retry: process.env['CI'] ? 1 : 0,
  },
})
