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

/** Float32 of a cache line. Where threads share a tensor, no line of it is written by two of them. */
export const line = 16

/** Address of an element. */
export const at = (tensor: WasmTensor, element: number) => tensor.address + elementBytes * element

/** Address of an element of a model's matrix. */
export const placeAt = (matrices: CheckedMatrices<WasmTensor>, model: number, element: number) =>
  place(matrices, model) + elementBytes * element

/** The models that `alive` [models] does not mark with 0. */
export const marked = (memory: KernelMemory, alive: WasmTensor, models: number): number[] =>
  [...memory.float32(alive.address, models).entries()].flatMap(([model, mark]) => (mark === 0 ? [] : [model]))

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
