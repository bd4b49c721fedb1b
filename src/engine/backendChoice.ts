/** Which backend to compute on, and the sentence that says why. */
import type { Backend, BackendKind } from '../compute/backend.ts'
import { requestAdapter } from '../compute/webgpu/adapter.ts'
import { coded, codeOf, errorOf } from '../faults.ts'
import type { BackendChoice, BackendInfo } from './protocol.ts'

export interface ChosenBackend {
  readonly backend: Backend
  readonly reason: string
  /** WebGPU was looked for, and cannot be had. */
  readonly webgpuMissing?: boolean
  /** It took the place of a lost device. */
  readonly recovered?: boolean
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

/**
 * WebGPU on a hardware adapter, else WebAssembly, which beats a software adapter many times over. A choice of
 * the user's wins; where it cannot be had, this rejects with the reason.
 */
export async function chooseBackend(choice: BackendChoice, gpu: GPU | undefined): Promise<ChosenBackend> {
  if (choice !== 'automatic') return { backend: await createBackend(choice, gpu), reason: 'chosen by you' }
  let reason: string
  let webgpuMissing = false
  try {
    const { name, software } = await requestAdapter(gpu)
    if (!software) return { backend: await createBackend('webgpu', gpu), reason: 'a hardware GPU was found' }
    reason = `the WebGPU adapter (${name}) is a software one, which WebAssembly beats many times over`
  } catch (fault) {
    reason = errorOf(fault).message
    webgpuMissing = true
  }
  return { backend: await createBackend('wasm', gpu), reason, webgpuMissing }
}

/** A fault for which another backend has to compute. */
function isOfBackend(fault: unknown): fault is Error {
  const code = codeOf(fault)
  return code === 'lost' || code === 'kernel'
}

/** The backend's own fault behind one that its work met; undefined where it has none, and the work is at fault. */
export async function faultOf(backend: Backend, met: unknown): Promise<Error | undefined> {
  if (backend.kind === 'wasm') return undefined
  if (isOfBackend(met)) return met
  // work on a lost device fails in any way, also before the loss is known: an answer of the device decides
  return Promise.race([
    backend.lost.then((reason) => coded('lost', new Error(reason))),
    backend.finished().then(
      () => undefined,
      (fault: unknown) => (isOfBackend(fault) ? fault : undefined),
    ),
  ])
}

/** In place of a backend with that fault: once the same kind again, if it was lost, else WebAssembly; and what is told. */
export async function replacement(
  { recovered }: ChosenBackend,
  fault: Error,
  gpu: GPU | undefined,
): Promise<{ chosen: ChosenBackend; saying: string }> {
  if (codeOf(fault) === 'lost' && !recovered)
    try {
      const backend = await createBackend('webgpu', gpu)
      return {
        chosen: { backend, reason: 'recovered after the GPU device was lost', recovered: true },
        saying: 'A new one was opened, and the run is replayed.',
      }
    } catch {
      // there is no other one
    }
  return {
    chosen: { backend: await createBackend('wasm', gpu), reason: fault.message },
    saying: 'WebAssembly computes in its place, and the run is replayed.',
  }
}

export function describe({ backend, reason, webgpuMissing = false }: ChosenBackend): BackendInfo {
  return { kind: backend.kind, adapter: backend.adapter, software: backend.software, reason, webgpuMissing }
}
