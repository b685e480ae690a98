// Loaded by vitest before each test file, in a process that had other files before: the server of the next one starts unchanged,
// as it does in a process of its own. Stryker makes its change again when the first test begins.
const stryker = (globalThis as { __stryker__?: { activeMutant?: string | undefined } }).__stryker__
if (stryker) stryker.activeMutant = undefined
