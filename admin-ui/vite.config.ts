import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { lucideIcons } from './build/lucide-icons.ts'
import { vaadinUnderPolicy } from './build/vaadin-csp.ts'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [vaadinUnderPolicy(), lucideIcons()],
  resolve: {
    alias: {
      '@vaadin/vaadin-usage-statistics/vaadin-usage-statistics.js': fileURLToPath(
        new URL('./build/no-usage-statistics.js', import.meta.url),
      ),
    },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    // Lower targets turn light-dark() into something that leaves Aura transparent.
    cssTarget: ['chrome125', 'firefox128', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What the first screen stands on is one chunk, however the lazy parts share it: many small ones compress worse.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'first', test: /admin-ui\/src\/main\.ts$/ }] } },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
