/** Tensors in the kernels' memory, and the checks that every operation makes of them. */
import type { ElementKind, Tensor } from '../backend.ts'
import type { KernelMemory } from './memory.ts'
import type { Kernels } from './module.ts'

export const elementBytes = 4

const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`

export function elementCount(operation: string, shape: readonly number[]): number {
  if (!shape.every((size) => Number.isInteger(size) && size > 0))
    throw new RangeError(
      `${operation}: every size of a shape is a whole number above 0, not ${shapeText(shape)}.`,
    )
  return shape.reduce((product, size) => product * size, 1)
}

export class WasmTensor implements Tensor {
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

/** The arguments of one call of an operation; each check throws an error that names operation and argument. */
export class Arguments {
  constructor(
    private readonly operation: string,
    private readonly memory: KernelMemory,
    /** What then runs the call. */
    readonly kernels: Kernels,
  ) {}

  /** The tensor as this backend's own, alive and of the right kind. */
  tensor(name: string, tensor: Tensor, kind: ElementKind = 'float32'): WasmTensor {
    if (!(tensor instanceof WasmTensor) || tensor.memory !== this.memory) return this.foreign(name)
    if (tensor.disposed) return this.gone(name)
    if (tensor.kind !== kind)
      throw new RangeError(
        `${this.operation}: ${name} ${shapeText(tensor.shape)} holds ${tensor.kind}; it must hold ${kind}.`,
      )
    return tensor
  }

  /** A tensor of two dimensions. */
  matrix(name: string, tensor: Tensor, kind: ElementKind = 'float32'): WasmTensor {
    const own = this.tensor(name, tensor, kind)
    if (own.shape.length !== 2)
      throw new RangeError(`${this.operation}: ${name} is [rows, columns], not ${shapeText(own.shape)}.`)
    return own
  }

  /** Throws unless the tensor has this shape, which `because` explains, as in "left [2, 3] · right [3, 4]". */
  shape(name: string, tensor: WasmTensor, shape: readonly number[], because: string): void {
    const same = tensor.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i])
    if (!same)
      throw new RangeError(
        `${this.operation}: ${name} is ${shapeText(tensor.shape)}; it must be ${shapeText(shape)} for ${because}.`,
      )
  }

  /** "name [2, 3]", for messages. */
  describe(name: string, tensor: WasmTensor): string {
    return `${name} ${shapeText(tensor.shape)}`
  }

  foreign(name: string): never {
    throw new TypeError(`${this.operation}: ${name} was not made by this backend.`)
  }

  gone(name: string): never {
    throw new Error(`${this.operation}: ${name} was disposed of and cannot be used.`)
  }

  fail(problem: string): never {
    throw new RangeError(`${this.operation}: ${problem}`)
  }

  /** A whole number that fits in 32 bits without a sign. */
  unsigned(name: string, value: number): number {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
      this.fail(`${name} must be a whole number from 0 to 4294967295, not ${value}.`)
    return value
  }

  finite(name: string, value: number): number {
    if (!Number.isFinite(value)) this.fail(`${name} must be a finite number, not ${value}.`)
    return value
  }
}
