import { defineConfig } from 'vitest/config'
import config from '../../vitest.config.ts'
import { chosenArea } from './areas.ts'

export default defineConfig({ test: { ...config.test, include: chosenArea().tests, retry: 0 } })
