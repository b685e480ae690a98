import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const folder = join(dirname(createRequire(import.meta.url).resolve('lucide-static/package.json')), 'icons')

/**
 * Serves Lucide icons by name under `/icons/`. Documents name icons at run time, so all of them lie beside the bundle;
 * a browser fetches the few that its screens use.
 */
export function lucideIcons(): Plugin {
  return {
    name: 'lucide-icons',
    configureServer(server) {
      server.middlewares.use('/icons', (request, response, next) => {
        const name = /^\/([a-z0-9-]+\.svg)$/.exec(request.url ?? '')?.[1]
        if (name === undefined) return next()
        response.setHeader('content-type', 'image/svg+xml')
        response.end(readFileSync(join(folder, name)))
      })
    },
    generateBundle() {
      for (const name of readdirSync(folder)) {
        if (!name.endsWith('.svg')) continue
        const source = readFileSync(join(folder, name), 'utf8')
          .replace(/<!--.*?-->\s*/s, '')
          .replace(/\s+/g, ' ')
          .replace(' width="24" height="24"', '')
        this.emitFile({ type: 'asset', fileName: `icons/${name}`, source })
      }
    },
  }
}
