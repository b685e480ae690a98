import {
  type PoolOptions,
  type PoolWorker,
  ThreadsPoolWorker,
  type Vitest,
  type WorkerRequest,
} from 'vitest/node'

type Listener = Parameters<PoolWorker['on']>[1]

/** So many files share a thread before a new one begins: what they leave behind does not pile up. */
const runsEach = 50

let kept: { worker: ThreadsPoolWorker; runs: number; isBusy: boolean; hasEnded: boolean } | null = null

async function keepThread(options: PoolOptions): Promise<ThreadsPoolWorker> {
  if (kept && (kept.hasEnded || kept.isBusy || kept.runs >= runsEach)) await endThread()
  if (!kept) {
    const one = { worker: new ThreadsPoolWorker(options), runs: 0, isBusy: false, hasEnded: false }
    await one.worker.start()
    one.worker.on('exit', () => (one.hasEnded = true))
    one.worker.on('message', (message?: { type?: string }) => {
      if (message?.type === 'testfileFinished') one.isBusy = false
    })
    kept = one
  }
  kept.runs++
  return kept.worker
}

async function endThread(): Promise<void> {
  const last = kept
  kept = null
  if (last && !last.hasEnded) await last.worker.stop()
}

/**
 * A thread of vitest that outlives a file and a run. Stryker makes a run for each change; loading the server anew for each file of
 * it takes longer than most of its tests. The thread is told to start again, for the names of the tests come with that, and is not told to stop.
 */
class KeptWorker implements PoolWorker {
  readonly name = 'kept'
  readonly #options: PoolOptions
  #worker!: ThreadsPoolWorker
  #listeners: [string, Listener][] = []

  constructor(options: PoolOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#worker = await keepThread(this.#options)
  }

  async stop(): Promise<void> {
    if (kept?.worker === this.#worker && !kept.hasEnded)
      for (const [event, listener] of this.#listeners) this.#worker.off(event, listener)
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener])
    this.#worker.on(event, listener)
  }

  off(event: string, listener: Listener): void {
    this.#worker.off(event, listener)
  }

  send(message: WorkerRequest): void {
    if (message.type === 'stop') {
      const stopped = { type: 'stopped', __vitest_worker_response__: true }
      for (const [event, listener] of this.#listeners) if (event === 'message') listener(stopped)
      return
    }
    if (message.type === 'run' && kept) kept.isBusy = true
    // Modules stay from file to file. Vitest itself believes otherwise: it then hands over one file at a time, and none after
    // a failure, whose server nobody would stop.
    if (message.type === 'start') message.context.config.isolate = false
    this.#worker.send(message)
  }

  deserialize(data: unknown): unknown {
    return data
  }
}

/** The pool of the kept thread, as a vite plugin: Stryker names a pool of its own, and a plugin is asked after that. */
export const keptWorkers = {
  name: 'kept-workers',
  configureVitest({ project, vitest }: { project: { config: object }; vitest: Vitest }): void {
    vitest.onClose(endThread)
    Object.assign(project.config, {
      pool: 'kept',
      poolRunner: { name: 'kept', createPoolWorker: (options: PoolOptions) => new KeptWorker(options) },
    })
  },
}
