import { defineConfig } from 'vitest/config'
import config from '../../vitest.config.ts'
import { chosenArea } from './areas.ts'
import { keptWorkers } from './kept-worker.ts'

export default defineConfig({
  plugins: [keptWorkers],
  test: {
    ...config.test,
    include: chosenArea().tests,
    retry: 0,
    // Loading the server takes longer than most of its tests: once for all files that are run against a change.
    isolate: false,
    setupFiles: ['test/mutation/forget-change.ts', config.test!.setupFiles as string],
  },
})
