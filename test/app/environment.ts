/** Node, with values that a worker's files share until it ends: a browser takes as long to start as a file's tests. */
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
