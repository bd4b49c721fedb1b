/** What runs on Dawn without a browser: the GPU benchmark's bundle. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'dawn',
    include: ['test/browsers/dawn/*.test.ts'],
    environment: 'node',
    // a software adapter compiles for seconds, and a busy machine for more
    testTimeout: 240_000,
  },
})
