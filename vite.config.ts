import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { buildKernels } from './src/compute/wasm/build.ts'
import { browserArguments, findBrowser } from './test/browser/find.ts'

// Cross-origin isolation gives timers their full resolution (5 µs instead of 100 µs in Chrome).
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const kernels = { name: 'natlab-kernels', config: buildKernels }

/** Tests that run inside a real browser. */
const inBrowser = (name: string) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    setupFiles: ['test/browser/gpu.ts'],
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: findBrowser(), args: browserArguments } }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
})

/** Tests that run in Node. */
const inNode = (name: string) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], environment: 'node' as const, testTimeout: 60_000 },
})

export default defineConfig({
  // relative, so that the built page works from any folder of a server
  base: './',
  plugins: [kernels],
  worker: { format: 'es' },
  server: { port: 5173, headers },
  preview: { port: 5173, headers },
  build: { target: 'es2023', chunkSizeWarningLimit: 700 },
  test: process.env.VITEST
    ? { projects: [inNode('unit'), inBrowser('kernels'), inBrowser('labs'), inNode('app')] }
    : {},
})
