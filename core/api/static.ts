import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Hono } from 'hono'

interface Asset {
  type: string
  body: Uint8Array<ArrayBuffer>
  /** Compressed when it is first asked for, so that a start does not wait for it; null for what is compressed as it is. */
  gzip: (() => Promise<Uint8Array<ArrayBuffer>>) | null
  etag: string
  /** Its name holds a digest of its content, so it never changes. */
  immutable: boolean
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

/**
 * Serves the built interface from memory: every file by its name, and the page for every other address that a browser goes
 * to. A program that has an address wrong hears so.
 */
export async function staticRoutes(folder: string): Promise<Hono> {
  const assets = existsSync(folder) ? await readAssets(folder) : new Map<string, Asset>()
  const app = new Hono()
  app.get('*', async (c) => {
    const isVisit =
      c.req.path === '/' ||
      (extname(c.req.path) === '' && (c.req.header('accept') ?? '').includes('text/html'))
    const asset = assets.get(c.req.path) ?? (isVisit ? assets.get('/index.html') : undefined)
    if (!asset) return c.notFound()
    const headers: Record<string, string> = {
      'content-type': asset.type,
      etag: asset.etag,
      vary: 'accept, accept-encoding',
      'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    }
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304, headers)
    const zipped = asset.gzip && (c.req.header('accept-encoding') ?? '').includes('gzip')
    return c.body(
      zipped ? await asset.gzip!() : asset.body,
      200,
      zipped ? { ...headers, 'content-encoding': 'gzip' } : headers,
    )
  })
  return app
}

const compress = promisify(gzip)

/** Makes something when it is first asked for; a failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    }))
}

async function readAssets(folder: string): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const body = new Uint8Array(await readFile(path))
    const type = types[extname(entry.name)] ?? 'application/octet-stream'
    const text = /text|json|svg|javascript/.test(type)
    assets.set(`/${relative(folder, path).split(sep).join('/')}`, {
      type,
      body,
      gzip: text ? once(() => compress(body)) : null,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"`,
      immutable: /-[\w-]{8,}\.\w+$/.test(entry.name),
    })
  }
  return assets
}
