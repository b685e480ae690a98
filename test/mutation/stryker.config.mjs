import { chosenCode } from './areas.ts'

/** Behind `XRM_MUTATE=access XRM_MUTATE_SAMPLE=0.25 npm run mutate`. */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // There is none: types are stripped, not compiled, and Stryker would rewrite the one that it finds.
  tsconfigFile: 'tsconfig.none.json',
  mutate: chosenCode(),
  ignorePatterns: ['.work', 'data', 'admin-ui/dist', 'test/browser', 'test/bench'],
  // A change of what runs once, while a module loads, needs a process of its own for each.
  ignoreStatic: true,
  concurrency: 1,
  timeoutMS: 30_000,
  tempDirName: '.stryker-tmp',
  incremental: true,
  incrementalFile: `.stryker-tmp/${process.env.XRM_MUTATE ?? 'access'}-${process.env.XRM_MUTATE_SAMPLE ?? 'all'}.json`,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 80, break: null },
}
