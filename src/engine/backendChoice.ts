/** Chooses the backend to compute on, with a sentence that says why. */
import type { Backend, BackendKind } from '../compute/backend.ts'
import { requestAdapter } from '../compute/webgpu/adapter.ts'
import { coded, codeOf, errorOf } from '../faults.ts'
import { loadPart } from '../part.ts'
import { checked } from './backendCheck.ts'
import type { BackendChoice, BackendInfo } from './protocol.ts'

export interface ChosenBackend {
  readonly backend: Backend
  readonly reason: string
  /** WebGPU was looked for and is not available. */
  readonly webgpuMissing?: boolean
  /** This backend replaced a lost device. */
  readonly recovered?: boolean
}

/** Loads the code of a backend when it is first needed: most visitors need only one of the two. */
const load = {
  wasm: () => loadPart('The code for WebAssembly', () => import('../compute/wasm/index.ts')),
  webgpu: () =>
    loadPart('The code for WebGPU', () =>
      Promise.all([import('../compute/webgpu/index.ts'), import('./measurementStore.ts')]),
    ),
}

/** Loads the code that `createBackend` needs, so that a timing can leave it out. */
export async function preloadBackend(kind: BackendKind): Promise<void> {
  await load[kind]()
}

/** @param options.threads as in `WasmOptions`; WebGPU has no use for it. */
export async function createBackend(
  kind: BackendKind,
  gpu: GPU | undefined,
  { threads }: { threads?: number } = {},
): Promise<Backend> {
  if (kind === 'wasm') return (await load.wasm()).createWasmBackend({ threads })
  const [{ createWebGpuBackend }, { measurementStore }] = await load.webgpu()
  return createWebGpuBackend(gpu, { store: measurementStore() })
}

/** A backend to compute on. The comparison creates its own, without the check: that would count as its first run. */
const createChecked = async (kind: BackendKind, gpu: GPU | undefined, threads: number | undefined) =>
  checked(await createBackend(kind, gpu, { threads }))

/**
 * Chooses WebGPU on a hardware adapter, else WebAssembly, which is many times faster than a software adapter. A choice
 * of the user has priority; where that backend is not available, this rejects with the reason.
 */
export async function chooseBackend(
  choice: BackendChoice,
  gpu: GPU | undefined,
  threads: number | undefined,
): Promise<ChosenBackend> {
  const create = (kind: BackendKind) => createChecked(kind, gpu, threads)
  if (choice !== 'automatic') return { backend: await create(choice), reason: 'chosen by you' }
  let reason: string
  let webgpuMissing = false
  try {
    const { name, software } = await requestAdapter(gpu)
    if (!software) return { backend: await create('webgpu'), reason: 'a hardware GPU was found' }
    reason = `the WebGPU adapter (${name}) is a software one, which WebAssembly beats many times over`
  } catch (fault) {
    reason = errorOf(fault).message
    webgpuMissing = true
  }
  try {
    return { backend: await create('wasm'), reason, webgpuMissing }
  } catch (fault) {
    // even a software adapter is better than nothing
    if (webgpuMissing) throw fault
    return { backend: await create('webgpu'), reason: errorOf(fault).message }
  }
}

/** A fault that makes another backend necessary. */
function isOfBackend(fault: unknown): fault is Error {
  const code = codeOf(fault)
  return code === 'lost' || code === 'kernel'
}

/** The backend's own fault that caused the fault `met`; undefined where the work itself is at fault. */
export async function faultOf(backend: Backend, met: unknown): Promise<Error | undefined> {
  // all that WebAssembly can lose is a thread
  if (backend.kind === 'wasm') return codeOf(met) === 'lost' ? errorOf(met) : undefined
  if (isOfBackend(met)) return met
  // on a lost device work may fail with any error, even before the loss is known: only an answer of the device tells
  return Promise.race([
    backend.lost.then((reason) => coded('lost', new Error(reason))),
    backend.finished().then(
      () => undefined,
      (fault: unknown) => (isOfBackend(fault) ? fault : undefined),
    ),
  ])
}

/**
 * Replaces a backend after its fault: by one of its kind after the first loss of a device or a thread, else by
 * WebAssembly, on one thread where threads were lost twice. `saying` tells so.
 */
export async function replacement(
  { backend: { kind }, recovered }: ChosenBackend,
  fault: Error,
  gpu: GPU | undefined,
  threads: number | undefined,
): Promise<{ chosen: ChosenBackend; saying: string }> {
  if (codeOf(fault) === 'lost' && !recovered)
    try {
      const backend = await createChecked(kind, gpu, threads)
      const lost = kind === 'wasm' ? 'a computing thread had ended' : 'the GPU device was lost'
      return {
        chosen: { backend, reason: `recovered after ${lost}`, recovered: true },
        saying: `${kind === 'wasm' ? 'New threads were started' : 'A new one was opened'}, and the run is replayed.`,
      }
    } catch {
      // no other device is available
    }
  const alone = kind === 'wasm'
  return {
    chosen: {
      backend: await createChecked('wasm', gpu, alone ? 1 : threads),
      reason: fault.message,
      recovered: alone,
    },
    saying: `${alone ? 'One thread computes now' : 'WebAssembly computes in its place'}, and the run is replayed.`,
  }
}

export function describe({ backend, reason, webgpuMissing = false }: ChosenBackend): BackendInfo {
  const { kind, adapter, software, threads, fewerThreads } = backend
  return { kind, adapter, software, threads, fewerThreads, reason, webgpuMissing }
}
