/** Which backend to compute on, and the sentence that says why. */
import type { Backend, BackendKind } from '../compute/backend.ts'
import { createWasmBackend } from '../compute/wasm/index.ts'
import { createWebGpuBackend } from '../compute/webgpu/index.ts'
import type { BackendChoice, BackendInfo } from './protocol.ts'

export interface ChosenBackend {
  readonly backend: Backend
  readonly reason: string
}

export function createBackend(kind: BackendKind, gpu: GPU | undefined): Promise<Backend> {
  return kind === 'wasm' ? createWasmBackend() : createWebGpuBackend(gpu)
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
  let webgpu: Backend
  try {
    webgpu = await createWebGpuBackend(gpu)
  } catch (fault) {
    return { backend: await createWasmBackend(), reason: message(fault) }
  }
  if (!webgpu.software) return { backend: webgpu, reason: 'a hardware GPU was found' }
  const adapter = webgpu.adapter
  webgpu.dispose()
  return {
    backend: await createWasmBackend(),
    reason: `the WebGPU adapter (${adapter}) is a software one, which WebAssembly beats many times over`,
  }
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
    const backend = await createWasmBackend()
    return {
      chosen: { backend, reason: `the GPU device was lost (${reason})` },
      saying: 'Computing goes on with WebAssembly, and the run is replayed.',
    }
  }
}

export function describe({ backend, reason }: ChosenBackend): BackendInfo {
  return { kind: backend.kind, adapter: backend.adapter, software: backend.software, reason }
}
