/** Node, and what the files of a worker share until its end: starting a browser takes as long as what a file tries in it. */
import type { Environment } from 'vitest/runtime'

declare global {
  /** Calls `close` when the worker has run its last file. */
  var atWorkersEnd: (close: () => Promise<unknown>) => void
}

export default {
  name: 'pages',
  viteEnvironment: 'ssr',
  setup() {
    const closings: (() => Promise<unknown>)[] = []
    globalThis.atWorkersEnd = (close) => closings.unshift(close)
    return {
      async teardown() {
        for (const close of closings) await close()
      },
    }
  },
} satisfies Environment
