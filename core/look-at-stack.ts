import { Session } from 'node:inspector'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'

/** The thread beside {@link watchLoop}: looks at the stack of the main thread when that has not come round for too long. */

const { turns, limit } = workerData as { turns: Int32Array; limit: number }
const every = 100
const frames = 8
const root = join(import.meta.dirname, '..')

let seen = -1
let since = performance.now()
let hasLooked = false

setInterval(() => {
  const turn = Atomics.load(turns, 0)
  if (turn !== seen) {
    seen = turn
    since = performance.now()
    hasLooked = false
  } else if (!hasLooked && performance.now() - since > limit + 500) {
    hasLooked = true
    look()
  }
}, every)

/** Stops the main thread for the moment that it takes to read its stack. */
function look(): void {
  const session = new Session()
  const urls = new Map<string, string>()
  session.connectToMainThread()
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => urls.set(scriptId, url))
  session.once('Debugger.paused', ({ params: { callFrames } }) => {
    session.post('Debugger.resume', () => session.disconnect())
    const own = callFrames.flatMap(({ functionName, location: { scriptId, lineNumber } }) => {
      const url = urls.get(scriptId) ?? ''
      if (url === '' || url.startsWith('node:')) return []
      return [`${functionName === '' ? '(anonymous)' : functionName} (${placeOf(url)}:${lineNumber + 1})`]
    })
    parentPort!.postMessage(own.slice(0, frames), [])
  })
  session.post('Debugger.enable', () => session.post('Debugger.pause'))
}

function placeOf(url: string): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url
  return path.startsWith(root) ? path.slice(root.length + 1) : path
}
