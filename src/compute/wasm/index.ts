import type { Backend } from '../backend.ts'
import { createBackend } from './backend.ts'
import { createMemory, type KernelMemorySource } from './memory.ts'
import { fetchKernels, instantiate, type LoadKernels, supportsRelaxed } from './module.ts'
import { checkThreads, defaultThreads } from './threadCount.ts'

export interface WasmOptions {
  /** Loads the compiled kernels. A script in Node gives their bytes, because `fetch` reads no files there. */
  readonly load?: LoadKernels
  /** With relaxed SIMD (fused multiply-add) or without; default: with it if the browser has it. */
  readonly relaxed?: boolean
  /** Number of threads, 1 to 16; default: all cores, and from four on one less. There may be fewer: see `Backend.threads`. */
  readonly threads?: number
}

/**
 * The CPU backend: AssemblyScript compiled to WebAssembly SIMD. Knows no DOM. Where threads can share memory, which
 * needs a page that is isolated from other origins, they compute together; else there is one. Rejects with a sentence
 * where there is no WebAssembly SIMD.
 */
export async function createWasmBackend(options: WasmOptions = {}): Promise<Backend> {
  const wanted = checkThreads(options.threads ?? defaultThreads())
  const relaxed = options.relaxed ?? supportsRelaxed()
  const load = options.load ?? fetchKernels
  let reportLoss = (_: string) => {}
  const lost = new Promise<string>((resolve) => {
    reportLoss = resolve
  })
  const begin = (spareThreads: number, fewer?: string) => ({
    ...{ relaxed, lost, spareThreads, wanted, fewer },
    startSpares: async () =>
      spareThreads > 0 && typeof Worker === 'function'
        ? (await import('./spare.ts')).startSpares(spareThreads, relaxed)
        : [],
  })
  const alone = async (fewer?: string) => {
    const loaded = await instantiate(load, relaxed, createMemory(false))
    return createBackend(loaded, undefined, begin(wanted - 1, fewer && fewer + divided(wanted)))
  }
  if (wanted === 1) return alone()
  if (globalThis.crossOriginIsolated !== true || typeof Worker !== 'function') return alone(notIsolated)
  const shared = sharedMemory()
  if (!shared) return alone('This browser has no memory that threads can share.')
  const { startMembers, Team } = await import('./team.ts')
  const candidates = startMembers(wanted - 1)
  try {
    const loaded = await instantiate(load, relaxed, shared)
    return createBackend(loaded, await Team.create(candidates, loaded, reportLoss), begin(0))
  } catch (fault) {
    for (const { worker } of candidates) worker.terminate()
    throw fault
  }
}

const notIsolated =
  'Threads can share memory only in a page that its server isolates from other origins, and this page is not.'

/** What the spare threads do. */
const divided = (wanted: number) =>
  ` Words, starts and models that need nothing of each other are still divided among ${wanted} threads, each with a memory of its own.`

function sharedMemory(): KernelMemorySource | undefined {
  try {
    return createMemory(true)
  } catch {
    return undefined
  }
}
