import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), serviceWorker()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: {
    proxy: { '^/(v1|auth|data|metadata|confirm|access|status|dataservices)(/|$)': 'http://127.0.0.1:8009' },
  },
})

/** Writes `sw.js`, which keeps every file of this build; another build is another worker. */
function serviceWorker(): Plugin {
  const read = (name: string) => readFile(join(import.meta.dirname, name), 'utf8')
  return {
    name: 'service-worker',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const files = [...Object.keys(bundle), 'icon.svg', 'app.webmanifest']
        .filter((name) => !name.endsWith('.html'))
        .map((name) => `/${name}`)
        .sort()
      // Names change with what is in the files; the page's own and the worker's do not.
      const version = createHash('sha256')
      for (const part of [files.join(), await read('index.html'), await read('src/service-worker.js')])
        version.update(part)
      const head = `const FILES = ${JSON.stringify(files)}\nconst VERSION = 'page-${version.digest('hex').slice(0, 16)}'\n`
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: head + (await read('src/service-worker.js')),
      })
    },
  }
}
