/** The kernels' tests on wgpu, whose naga compiles WGSL: what Firefox and Deno have for WebGPU. They run in Deno, as they are. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { buildKernels } from '../../src/compute/wasm/build.ts'
import { joinedShaders } from '../../src/compute/webgpu/build.ts'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [{ name: 'natlab-kernels', config: buildKernels }, joinedShaders()],
  test: {
    name: 'wgpu',
    include: ['test/browsers/wgpu/*.test.ts', 'test/kernels/**/*.test.ts'],
    // threads of the CPU, which need a page
    exclude: ['test/kernels/{threads,team,spare}.test.ts'],
    setupFiles: ['test/browser/gpu.ts'],
    environment: 'node',
    provide: { everyCase: true },
    testTimeout: 180_000,
    // one process, so that kernels compile once
    pool: 'forks',
    isolate: false,
    maxWorkers: 1,
  },
})
