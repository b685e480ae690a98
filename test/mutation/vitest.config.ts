import { defineConfig } from 'vitest/config'
import config from '../../vitest.config.ts'
import { chosenArea } from './areas.ts'
import { keptWorkers } from './kept-worker.ts'
import { QuickFirst } from './quick-first.ts'

export default defineConfig({
  plugins: [keptWorkers],
  test: {
    ...config.test,
    include: chosenArea().tests,
    retry: 0,
    sequence: { sequencer: QuickFirst },
    setupFiles: ['test/mutation/forget-change.ts', config.test!.setupFiles as string],
  },
})
