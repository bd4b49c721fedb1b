/** Tensors in the kernels' memory. */
import type { CheckedMatrices } from '../matrices.ts'
import type { ElementKind, OwnTensor } from '../tensor.ts'
import type { KernelMemory } from './memory.ts'

export const elementBytes = 4

export class WasmTensor implements OwnTensor {
  disposed = false
  readonly length: number

  constructor(
    readonly memory: KernelMemory,
    readonly address: number,
    readonly shape: readonly number[],
    readonly kind: ElementKind,
  ) {
    this.length = shape.reduce((product, size) => product * size, 1)
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.release(this.address)
  }
}

/** Address of a model's matrix. */
export const place = ({ tensor, offset, stride, period }: CheckedMatrices<WasmTensor>, model: number) =>
  tensor.address + elementBytes * (offset + (model % period) * stride)

/** Calls `run` for each model with the addresses of its matrices, 0 for one that is absent. */
export function eachModel<const List extends readonly (CheckedMatrices<WasmTensor> | undefined)[]>(
  models: number,
  matrices: List,
  run: (...addresses: [...{ [Index in keyof List]: number }, model: number]) => void,
): void {
  for (let model = 0; model < models; model++) {
    const addresses = matrices.map((each) => (each ? place(each, model) : 0))
    run(...(addresses as { [Index in keyof List]: number }), model)
  }
}
