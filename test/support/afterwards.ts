import { afterAll, onTestFinished, TestRunner } from 'vitest'

/**
 * Tidies up after the test that asks for it; asked for outside of a test, after all tests of the file. The last comes first.
 * An `afterAll` that a running test asks for would never be called, and vitest does not say so.
 */
export function afterwards(tidy: () => Promise<unknown>): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await tidy()))
  else afterAll(async () => void (await tidy()))
}
