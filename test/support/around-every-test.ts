// Loaded by vitest before each test file.
import { afterEach } from 'vitest'
import { expectSameGlobals, globalNames } from './invariants.ts'

const before = globalNames()

// INV-06, after every test.
afterEach(() => expectSameGlobals(before))
