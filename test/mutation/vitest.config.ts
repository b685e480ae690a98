import { defineConfig } from 'vitest/config'
import config from '../../vitest.config.ts'
import { chosenArea } from './areas.ts'

export default defineConfig({
  // Each change is tried in the same process, where the modules are loaded already.
  test: { ...config.test, include: chosenArea().tests, retry: 0, isolate: false },
})
