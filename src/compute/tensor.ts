/** Tensors are dense, row-major, and live in a backend's memory until `dispose`. */

export type ElementKind = 'float32' | 'uint32'

export interface Tensor {
  readonly shape: readonly number[]
  readonly kind: ElementKind
  dispose(): void
}

/** An object that a backend makes in its memory: a tensor, a target or a running result. */
export interface Owned {
  readonly memory: object
  readonly disposed: boolean
}

/** A tensor as its own backend knows it. */
export interface OwnTensor extends Tensor, Owned {
  /** Elements. */
  readonly length: number
}

/** "[2, 3]", for messages. */
export const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`

/** Elements of a shape. Throws a RangeError that names the operation unless every size is a whole number above 0. */
export function elementCount(operation: string, shape: readonly number[]): number {
  if (!shape.every((size) => Number.isInteger(size) && size > 0))
    throw new RangeError(
      `${operation}: every size of a shape is a whole number above 0, not ${shapeText(shape)}.`,
    )
  return shape.reduce((product, size) => product * size, 1)
}

/** The same, for data that must fill the shape. Throws a RangeError if they do not. */
export function filledCount(operation: string, shape: readonly number[], data: ArrayLike<number>): number {
  const count = elementCount(operation, shape)
  if (data.length !== count)
    throw new RangeError(`${operation}: data [${data.length}] does not fill the shape ${shapeText(shape)}.`)
  return count
}
