/** The backends that have an operation of transformer.ts already; its tests run on all of these. */
import type { Backend } from '../../src/compute/backend.ts'
import type { TransformerOperations } from '../../src/compute/transformer.ts'
import { WasmBackend } from '../../src/compute/wasm/operations.ts'
import { WebGpuBackend } from '../../src/compute/webgpu/backend.ts'
import { networkBackends } from './manyModels.ts'
import { variants } from './variants.ts'

export type TransformerBackend = Backend & TransformerOperations

interface Named {
  readonly name: string
  readonly create: () => Promise<Backend>
}

/** Every variant of WebGPU's, cut into many dispatches too, and the CPU's kernels without relaxed SIMD. */
export const allVariants: readonly Named[] = [
  ...variants,
  ...networkBackends.filter(({ name }) => name.includes('without')),
]

export const backendsWith = (
  operation: keyof TransformerOperations,
  among: readonly Named[] = networkBackends,
) =>
  among
    .filter(
      ({ name }) => operation in (name.startsWith('wasm') ? WasmBackend.prototype : WebGpuBackend.prototype),
    )
    .map(({ name, create }) => ({ name, create: async () => (await create()) as TransformerBackend }))
