/** The built page in Firefox. `run.ts` serves it and names the program. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'firefox',
    include: ['test/browsers/*.test.ts'],
    environment: 'node',
    // nothing here is about how soon: a software adapter compiles for seconds what is first used
    testTimeout: 90_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
