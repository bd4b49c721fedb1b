/** Readable names of the backends. */
import type { BackendInfo } from '../engine/protocol.ts'

export const backendNames = { webgpu: 'WebGPU', wasm: 'WebAssembly' } as const

/** "WebGPU on Radeon …", "WebGPU on SwiftShader (software)", "WebAssembly SIMD, relaxed multiply-add, 1 thread". */
export function describeBackend({ kind, adapter, software }: BackendInfo): string {
  const name = backendNames[kind]
  const place = adapter.startsWith(name) ? adapter : `${name} on ${adapter}`
  return software ? `${place} (software)` : place
}

/** The same for the header's one line: "WebAssembly, 2 threads". */
export const nameInHeader = (backend: BackendInfo): string =>
  backend.kind === 'wasm'
    ? `${backendNames.wasm}, ${backend.threads} ${backend.threads === 1 ? 'thread' : 'threads'}`
    : describeBackend(backend)
