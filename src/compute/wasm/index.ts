import type { Backend } from '../backend.ts'
import { createBackend } from './backend.ts'
import { fetchKernels, instantiate, type LoadKernels, supportsRelaxed } from './module.ts'
import { checkThreads } from './threadCount.ts'

export interface WasmOptions {
  /** Loads the compiled kernels. A script in Node gives their bytes, because `fetch` reads no files there. */
  readonly load?: LoadKernels
  /** With relaxed SIMD (fused multiply-add) or without; default: with it if the browser has it. */
  readonly relaxed?: boolean
  /** Number of threads, 1 to 16; default: all cores, and from four on one less. There may be fewer: see `Backend.threads`. */
  readonly threads?: number
}

/**
 * The CPU backend: AssemblyScript compiled to WebAssembly SIMD, one thread. Knows no DOM. Rejects with a
 * sentence where there is no WebAssembly SIMD.
 */
export async function createWasmBackend(options: WasmOptions = {}): Promise<Backend> {
  if (options.threads !== undefined) checkThreads(options.threads)
  const relaxed = options.relaxed ?? supportsRelaxed()
  const { kernels, memory, maximumBytes } = await instantiate(options.load ?? fetchKernels, relaxed)
  const adapter = `WebAssembly SIMD${relaxed ? ', relaxed multiply-add' : ''}, 1 thread`
  return createBackend(kernels, memory, maximumBytes, adapter)
}
