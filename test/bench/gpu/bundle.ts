/** Bundles the benchmark into one file for Node: kernels, data and tests are inside, and it needs nothing beside Dawn. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'vite'
import { buildKernels } from '../../../src/compute/wasm/build.ts'
import { joinedShaders } from '../../../src/compute/webgpu/build.ts'
import { packMnist } from '../../../src/data/packMnist.ts'
import { packText } from '../../../src/data/packText.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const prepared: Plugin = {
  name: 'natlab-bundled',
  async config() {
    await Promise.all([buildKernels(), packMnist(true), packText(true)])
  },
}

/** Threads are WebAssembly's alone, and are not started here. */
const withoutThreads: Plugin = {
  name: 'natlab-without-threads',
  enforce: 'pre',
  resolveId: (source) => (/\?worker(&|$)/.test(source) ? '\0thread' : undefined),
  load: (id) => (id === '\0thread' ? "export default ''" : undefined),
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      cwd: path('.'),
    }).trim()
  } catch {
    return 'unknown'
  }
}

/** Resolves with the path of the bundle. */
export async function bundle(folder = path('dist')): Promise<string> {
  const { version } = JSON.parse(readFileSync(path('../../../package.json'), 'utf8'))
  const dawn = JSON.parse(readFileSync(path('package.json'), 'utf8')).dependencies.webgpu
  const name = 'bench-gpu.mjs'
  await build({
    root: path('../../..'),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [prepared, joinedShaders(), withoutThreads],
    define: { __versions__: JSON.stringify({ natlab: version, commit: commit(), dawnPackage: dawn }) },
    resolve: { alias: { vitest: path('vitest.ts') } },
    build: {
      target: 'esnext',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      modulePreload: false,
      // WebAssembly and data become data URLs
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      chunkSizeWarningLimit: Number.MAX_SAFE_INTEGER,
      rolldownOptions: {
        input: path('main.ts'),
        external: /^node:/,
        output: { format: 'es', entryFileNames: name, codeSplitting: false },
      },
    },
  })
  return join(folder, name)
}
