/** Lists the files of the built page, and builds the service worker that keeps them. Runs in Node. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'vite'
import { type KeptFile, workerScript } from './kept.ts'

/** The build names these files after their content. */
const named = /^assets\/.*-[\w-]{8}\.\w+$/
/** Nobody who is at the page needs them: pictures for other sites, and what only the host reads. */
const needless = new RegExp(`^(\\..*|pictures/.*|${workerScript.replace('.', '\\.')})$`)

/** The files that a visit may need: the page first, the data last. */
export function keptFiles(folder: string): KeptFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'))
    .filter((url) => !needless.test(url))
    .map((url) => {
      const content = readFileSync(join(folder, url))
      const revision = named.test(url)
        ? null
        : createHash('sha256').update(content).digest('hex').slice(0, 16)
      return { url, revision, bytes: content.length }
    })
    .sort((one, other) => one.bytes - other.bytes || (one.url < other.url ? -1 : 1))
}

export function offline(): Plugin {
  let folder = ''
  return {
    name: 'natlab-offline',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    async writeBundle() {
      // the page says how much it would keep before it does so
      const total = keptFiles(folder).reduce((sum, { bytes }) => sum + bytes, 0)
      const page = join(folder, 'index.html')
      const html = readFileSync(page, 'utf8')
      writeFileSync(
        page,
        html.replace('</title>', `</title>\n    <meta name="natlab-bytes" content="${total}">`),
      )
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: {
          natlabFiles: JSON.stringify(keptFiles(folder)),
          'process.env.NODE_ENV': '"production"',
        },
        build: {
          outDir: folder,
          emptyOutDir: false,
          target: 'es2023',
          rolldownOptions: {
            input: fileURLToPath(new URL('./serviceWorker.ts', import.meta.url)),
            // a module would be no service worker in older browsers
            output: { format: 'iife', entryFileNames: workerScript },
          },
        },
      })
    },
  }
}
