import { availableParallelism } from 'node:os'
import { playwright } from '@vitest/browser-playwright'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { buildKernels } from './src/compute/wasm/build.ts'
import { bare, joinedShaders } from './src/compute/webgpu/build.ts'
import { packMnist } from './src/data/packMnist.ts'
import { packText } from './src/data/packText.ts'
import { renderedStories } from './src/labs/captions.ts'
import { linkPages } from './src/labs/linkPages.ts'
import { offline } from './src/offline/build.ts'
import { browserArguments, findBrowser } from './test/browser/find.ts'

// Cross-origin isolation gives timers their full resolution (5 µs instead of 100 µs in Chrome).
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const kernels = { name: 'natlab-kernels', config: buildKernels }

const data = {
  name: 'natlab-data',
  async config(_: unknown, { command }: { command: string }) {
    await Promise.all([packMnist, packText].map((pack) => pack(command === 'build')))
  },
}

/**
 * Parts of three.js's shaders that the stage never draws with. Nothing on it is lit, moved by a skeleton, mapped in
 * tone, clipped or in a fog; its own shaders and MeshBasicMaterial draw everything, without an environment or a background.
 */
const unused = new RegExp(
  `^(${[
    'lights_|lightprobes_|shadow|transmission_|iridescence_|clearcoat_|envmap_|bsdfs',
    'alphahash_|aomap_|bumpmap_|displacementmap_|emissivemap_|gradientmap_|lightmap_|metalnessmap_|normalmap_',
    'roughnessmap_|specularmap_|morph|skin|batching_|tonemapping_pars|packing|map_particle_',
    'background|cube_|depth_|distance_|equirect_|linedashed_|points_|sprite_',
    'fog_|clipping_planes_|logdepthbuf_|dithering_|specularmap_|normal_|beginnormal_|defaultnormal_|tonemapping_fragment',
    'mesh(lambert|matcap|normal|phong|physical|toon)_',
  ].join('|')})`,
)

/** Parts of three.js that the stage never reaches: headsets, shadows, and light from pictures around the scene. */
const unreached: Readonly<Record<string, string>> = {
  WebXRManager: `class WebXRManager extends EventDispatcher {
	enabled = false;
	isPresenting = false;
	setAnimationLoop() {}
	getEnvironmentBlendMode() {}
	dispose() {}
}`,
  WebXRDepthSensing: 'class WebXRDepthSensing {}',
  PMREMGenerator: 'class PMREMGenerator {}',
  WebGLShadowMap: 'function WebGLShadowMap() { this.render = () => {}; }',
}

/** The shaders of the stage and of three.js lose theirs too; they stand in templates and in one-line strings. */
const stageShaders = {
  name: 'natlab-stage-shaders',
  apply: 'build' as const,
  // before the comments that mark the templates are gone
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    if (!/\/src\/stage\/|\/three\/(build|examples)\//.test(id)) return
    // whole shaders have short names, and their long ones in a list
    const names = new Map(
      [...code.matchAll(/^\t(\w+): ([\w$]+),?$/gm)].map(([, long, short]) => [short, long]),
    )
    return Object.entries(unreached)
      .reduce(
        (rest, [name, stub]) =>
          rest.replace(new RegExp(`^(class|function) ${name}\\b[^]*?^}`, 'm'), () => stub),
        code,
      )
      .replace(/(\/\* glsl \*\/ ?`)([^`]*)(?=`)/g, (_, start, text) => `${start}\n${bare(text)}\n`)
      .replace(/^(?:const|var) ([\w$]+) = ("[#\w\\].*\\n.*");$/gm, (line, name, text) =>
        line.replace(text, () =>
          JSON.stringify(unused.test(names.get(name) ?? name) ? '' : bare(JSON.parse(text))),
        ),
      )
  },
}

/** A file that belongs to one lab or one backend carries its name, so that it is seen what each costs. */
function fileNames({ facadeModuleId }: { facadeModuleId?: string | null }) {
  const [, , lab, backend] = /src\/(labs\/(\w+)\/|compute\/(\w+)\/index)/.exec(facadeModuleId ?? '') ?? []
  if (backend) return `assets/backend-${backend}-[hash].js`
  // of a worker's files Vite starts the first in the alphabet, and this name comes before those of its threads
  if (facadeModuleId?.endsWith('src/engine/worker.ts')) return 'assets/engine-[hash].js'
  return lab ? `assets/${lab}-[name]-[hash].js` : 'assets/[name]-[hash].js'
}

/**
 * A thread that a worker starts is built together with the worker: both load the same code. Vite alone would build it
 * once more, on its own.
 */
const threads: Plugin = {
  name: 'natlab-threads',
  apply: 'build',
  enforce: 'pre',
  async resolveId(source, importer) {
    const [file, query] = source.split('?')
    if (query !== 'worker&url') return
    const resolved = await this.resolve(file, importer)
    return resolved && `\0thread:${resolved.id}`
  },
  load(id) {
    if (!id.startsWith('\0thread:')) return
    const reference = this.emitFile({ type: 'chunk', id: id.slice('\0thread:'.length) })
    return `export default import.meta.ROLLUP_FILE_URL_${reference}`
  },
}

/** As many times slower page tests run (test/app/browser.ts). */
const slowness = Number(process.env.NATLAB_THROTTLE ?? 1)
/** What is waited for comes late on a busy machine; nothing here is about how soon. */
const patience = {
  testTimeout: 60_000 * slowness,
  hookTimeout: 60_000 * slowness,
  expect: { poll: { timeout: 20_000 * slowness } },
}

/** Tests that run inside a real browser: every file in a page of its own, or all in one, which share what is compiled. */
const inBrowser = (name: string, folders: readonly string[], isolate: boolean, groupOrder: number) => ({
  extends: true as const,
  // what is found only while tests run is bundled then, and the page is loaded anew under them
  optimizeDeps: { include: ['@jax-js/jax', '@preact/signals-core', 'comlink', 'd3-format', 'lil-gui'] },
  test: {
    name,
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    setupFiles: ['test/browser/gpu.ts'],
    ...patience,
    isolate,
    provide: { everyCase: false },
    sequence: { groupOrder },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: findBrowser(), args: browserArguments } }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
})

/** Tests that run in Node, all with the same modules, which are loaded once. */
const inNode = (name: string, environment: string, groupOrder: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment,
    ...patience,
    isolate: false,
    pool: 'threads' as const,
    sequence: { groupOrder },
  },
})

export default defineConfig({
  // relative, so that the built page works from any folder of a server
  base: './',
  plugins: [kernels, data, joinedShaders(), renderedStories(), stageShaders, linkPages(), offline()],
  worker: {
    format: 'es',
    plugins: () => [joinedShaders(), threads],
    // a worker of a lab's own belongs to that lab
    rolldownOptions: { output: { chunkFileNames: fileNames, entryFileNames: fileNames } },
  },
  // another port than the built page has, whose service worker would answer here, too
  server: { port: 5174, headers },
  // other pages may show this one in a frame, a sandboxed one too
  preview: {
    port: 5173,
    cors: { origin: '*' },
    headers: { ...headers, 'Cross-Origin-Resource-Policy': 'cross-origin' },
  },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 700,
    // a strict Content Security Policy forbids fonts inside of style sheets
    assetsInlineLimit: 0,
    rolldownOptions: { output: { chunkFileNames: fileNames } },
  },
  test: process.env.VITEST
    ? {
        // pages wait for frames much of the time; more than four at once slow a software adapter down
        maxWorkers: Math.min(4, availableParallelism()),
        projects: [
          inNode('unit', 'node', 0),
          // one after the other in the same pages, so that kernels compile once
          inBrowser('computing', ['kernels', 'labs'], false, 1),
          inBrowser('loading', ['loading'], true, 2),
          inNode('app', './test/app/environment.ts', 3),
          // what takes a while, which npm test leaves to npm run test:browsers
          inBrowser('references', ['references'], false, 4),
          inNode('walks', './test/app/environment.ts', 5),
        ],
      }
    : {},
})
