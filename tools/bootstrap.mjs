import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checkout's own folder, whatever the caller's working directory is. */
export const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')

/** Node 24 from the npm package `node`: the binary itself, so that no shell stands between us and its signals. */
export const node24 = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

const pnpm = 'pnpm@10.34.9'

/**
 * Installs the packages of the present lockfile if that has not happened yet. Runs on the machine's own Node 20 with
 * nothing but npm: pnpm comes through npx, and `node_modules` remembers which lockfile it was made from.
 */
export function bootstrap() {
  const marker = join(root, 'node_modules/.xrm-lockfile')
  const lockfile = hashFiles([join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml')])
  if (existsSync(node24) && read(marker) === lockfile) return
  console.log('Installing packages (the first time takes about a minute) …')
  // CI=true: pnpm must not ask before it replaces a folder that another version made.
  const install = spawnSync('npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline'], {
    cwd: root,
    env: { ...process.env, CI: 'true' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  if (install.status !== 0) {
    console.error([install.stdout, install.stderr, install.error?.message].filter(Boolean).join('\n'))
    console.error('The packages could not be installed. Is the npm registry reachable? Then start again.')
    process.exit(1)
  }
  writeFileSync(marker, lockfile)
}

/**
 * Builds the user interface into `admin-ui/dist` if its sources, the SDK, the plugins or the packages changed since
 * the last build.
 */
export function buildUi() {
  const ui = join(root, 'admin-ui')
  if (!existsSync(join(ui, 'vite.config.ts'))) return
  const marker = join(ui, 'dist/.xrm-sources')
  const folders = [ui, join(root, 'sdk'), join(root, 'plugins')]
  const sources = hashFiles([
    join(root, 'pnpm-lock.yaml'),
    ...folders.flatMap((folder) => filesBelow(folder)),
  ])
  if (read(marker) === sources) return
  console.log('Building the user interface …')
  const build = spawnSync(node24, [join(ui, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: ui,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (build.status !== 0) {
    console.error([build.stdout, build.stderr, build.error?.message].filter(Boolean).join('\n'))
    process.exit(1)
  }
  writeFileSync(marker, sources)
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist'].includes(name) && !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : path
    })
    .toSorted()
}

function hashFiles(paths) {
  const hash = createHash('sha256')
  for (const path of paths)
    hash
      .update(path.slice(root.length))
      .update(`${statSync(path).size}:`)
      .update(readFileSync(path))
  return hash.digest('hex')
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
