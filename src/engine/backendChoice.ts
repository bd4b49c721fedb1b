/** Which backend to compute on, and the sentence that says why. */
import type { Backend, BackendKind } from '../compute/backend.ts'
import { requestAdapter } from '../compute/webgpu/adapter.ts'
import type { BackendChoice, BackendInfo } from './protocol.ts'

export interface ChosenBackend {
  readonly backend: Backend
  readonly reason: string
}

/** The code of a backend, fetched when it is first asked for: most visitors need one of the two. */
const load = {
  wasm: () => import('../compute/wasm/index.ts'),
  webgpu: () => import('../compute/webgpu/index.ts'),
}

/** Fetches what `createBackend` needs, for those who time it. */
export async function preloadBackend(kind: BackendKind): Promise<void> {
  await load[kind]()
}

export async function createBackend(kind: BackendKind, gpu: GPU | undefined): Promise<Backend> {
  if (kind === 'wasm') return (await load.wasm()).createWasmBackend()
  return (await load.webgpu()).createWebGpuBackend(gpu)
}

function message(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}

/**
 * WebGPU on a hardware adapter, else WebAssembly, which beats a software adapter many times over. A choice of
 * the user's wins; where it cannot be had, this rejects with the reason.
 */
export async function chooseBackend(choice: BackendChoice, gpu: GPU | undefined): Promise<ChosenBackend> {
  if (choice !== 'automatic') return { backend: await createBackend(choice, gpu), reason: 'chosen by you' }
  let reason: string
  try {
    const { name, software } = await requestAdapter(gpu)
    if (!software) return { backend: await createBackend('webgpu', gpu), reason: 'a hardware GPU was found' }
    reason = `the WebGPU adapter (${name}) is a software one, which WebAssembly beats many times over`
  } catch (fault) {
    reason = message(fault)
  }
  return { backend: await createBackend('wasm', gpu), reason }
}

/** After a lost device: once the same kind again, then WebAssembly; and the sentence that says which. */
export async function replaceLost(
  lost: ChosenBackend,
  reason: string,
  gpu: GPU | undefined,
): Promise<{ chosen: ChosenBackend; saying: string }> {
  const recovered = 'recovered after the GPU device was lost'
  try {
    if (lost.reason === recovered) throw new Error('it was lost a second time')
    const backend = await createBackend('webgpu', gpu)
    return { chosen: { backend, reason: recovered }, saying: 'A new one was opened and the run is replayed.' }
  } catch {
    const backend = await createBackend('wasm', gpu)
    return {
      chosen: { backend, reason: `the GPU device was lost (${reason})` },
      saying: 'Computing goes on with WebAssembly, and the run is replayed.',
    }
  }
}

export function describe({ backend, reason }: ChosenBackend): BackendInfo {
  return { kind: backend.kind, adapter: backend.adapter, software: backend.software, reason }
}
