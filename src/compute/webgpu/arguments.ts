/** The checks that every operation makes of its arguments; each throws an error that names both. */
import type { ElementKind, RandomSource, Tensor } from '../backend.ts'
import type { CheckedMatrices } from '../networkArguments.ts'
import { GpuTensor, type Memory } from './memory.ts'

export const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`

export class Arguments {
  constructor(
    private readonly operation: string,
    private readonly memory: Memory,
  ) {
    memory.owner.checkAlive(operation)
  }

  fail(problem: string): never {
    throw new RangeError(`${this.operation}: ${problem}`)
  }

  /** The tensor as this backend's own, alive and of the right kind. */
  tensor(name: string, tensor: Tensor, kind: ElementKind = 'float32'): GpuTensor {
    if (!(tensor instanceof GpuTensor) || tensor.memory !== this.memory)
      throw new TypeError(`${this.operation}: ${name} was not made by this backend.`)
    if (tensor.disposed) throw new Error(`${this.operation}: ${name} was disposed of and cannot be used.`)
    if (tensor.kind !== kind)
      this.fail(`${name} ${shapeText(tensor.shape)} holds ${tensor.kind}; it must hold ${kind}.`)
    return tensor
  }

  /** A tensor of two dimensions. */
  matrix(name: string, tensor: Tensor, kind: ElementKind = 'float32'): GpuTensor {
    const own = this.tensor(name, tensor, kind)
    if (own.shape.length !== 2) this.fail(`${name} is [rows, columns], not ${shapeText(own.shape)}.`)
    return own
  }

  /** Throws unless the tensor has this shape, which `because` explains, as in "output [2, 3]". */
  shape(name: string, tensor: Tensor, shape: readonly number[], because: string): void {
    const same = tensor.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i])
    if (!same)
      this.fail(`${name} is ${shapeText(tensor.shape)}; it must be ${shapeText(shape)} for ${because}.`)
  }

  /** A whole number that fits in 32 bits without a sign. */
  unsigned(name: string, value: number, minimum = 0, maximum = 0xffffffff): number {
    if (!Number.isInteger(value) || value < minimum || value > maximum)
      this.fail(`${name} must be a whole number from ${minimum} to ${maximum}, not ${value}.`)
    return value
  }

  /** A finite number above 0. */
  positive(name: string, value: number): number {
    if (!(value > 0 && Number.isFinite(value)))
      this.fail(`${name} must be positive and finite, not ${value}.`)
    return value
  }

  source({ seed, stream, batch = 0 }: RandomSource): Required<RandomSource> {
    return {
      seed: this.unsigned('seed', seed),
      stream: this.unsigned('stream', stream),
      batch: this.unsigned('batch', batch),
    }
  }
}

/** "name [2, 3]", for messages. */
export const described = (name: string, tensor: Tensor) => `${name} ${shapeText(tensor.shape)}`

/** The words by which a kernel finds every model's matrix: one that it reads, and one that it writes. */
export const readPlace = ({ offset, stride, period }: CheckedMatrices<GpuTensor>) => [offset, stride, period]
export const writtenPlace = ({ offset, stride }: CheckedMatrices<GpuTensor>) => [offset, stride]
