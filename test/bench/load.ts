/**
 * The load generator, a process of its own: it gets a {@link LoadOrder} from its parent, keeps so many requests under way
 * over connections that stay open, and answers with a {@link LoadResult}.
 */
import { Agent, request } from 'node:http'

export interface LoadRequest {
  method: 'GET' | 'POST' | 'PATCH'
  path: string
  body?: string
}

export interface LoadOrder {
  port: number
  cookie: string
  concurrency: number
  seconds: number
  requests: readonly LoadRequest[]
  /** Each request is sent once at most; the run ends when there is none left. */
  once: boolean
}

export interface LoadResult {
  count: number
  /** How long it really took, in seconds. */
  seconds: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Answers other than 2xx, by status, with the first body. */
  failures: { status: number; count: number; body: string }[]
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.concurrency })
  const times: number[] = []
  const failures = new Map<number, { status: number; count: number; body: string }>()
  const began = performance.now()
  const end = began + order.seconds * 1000
  let next = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      if (order.once && next >= order.requests.length) return
      const one = order.requests[next++ % order.requests.length]!
      const sent = performance.now()
      const { status, body } = await send(agent, order, one)
      times.push(performance.now() - sent)
      if (status >= 200 && status < 300) continue
      const failure = failures.get(status) ?? { status, count: 0, body: body() }
      failures.set(status, { ...failure, count: failure.count + 1 })
    }
  }
  await Promise.all(Array.from({ length: order.concurrency }, worker))
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { count: times.length, seconds, p50: at(0.5), p99: at(0.99), failures: [...failures.values()] }
}

function send(
  agent: Agent,
  order: LoadOrder,
  { method, path, body }: LoadRequest,
): Promise<{ status: number; body: () => string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      cookie: order.cookie,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    const sent = request(
      { agent, host: '127.0.0.1', port: order.port, method, path, headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            body: () => Buffer.concat(chunks).toString().slice(0, 500),
          }),
        )
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (result) => process.send!(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
