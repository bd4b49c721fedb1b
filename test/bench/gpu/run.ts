/** Bundles the GPU benchmark, and runs it here: on this machine’s GPU, or else on the one that Chromium computes. */
import { bundle } from './bundle.ts'
import { findAddon, runBundle } from './node.ts'

/** Resolves with the exit code. `--bundle` only bundles, for another machine. */
export async function benchGpu(words: readonly string[]): Promise<number> {
  const path = await bundle()
  console.log(path)
  if (words.includes('--bundle')) return 0
  const addon = findAddon()
  if (!addon) {
    console.log(`There is no Dawn for ${process.platform} on ${process.arch}: the bundle was not run.`)
    return 0
  }
  const out = new URL('../results', import.meta.url).pathname
  return runBundle(path, { addon, words: ['--out', out, ...words] })
}
