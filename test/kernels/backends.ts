/** Every operation's test runs on both backends: `describe.each(backends)('$kind', ({ create }) => …)`. */
import type { Backend, BackendKind } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { createWebGpuBackend } from '../../src/compute/webgpu/index.ts'

export const backends: { kind: BackendKind; create: () => Promise<Backend> }[] = [
  { kind: 'wasm', create: () => createWasmBackend() },
  { kind: 'webgpu', create: () => createWebGpuBackend(navigator.gpu) },
]
