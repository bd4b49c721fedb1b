/** The checks of an operation's arguments; each throws an error that names the operation and the argument. */
import { type CheckedMatrices, describeMatrices, type Matrices } from './matrices.ts'
import { type ElementKind, type Owned, type OwnTensor, shapeText, type Tensor } from './tensor.ts'

/** The constructor of a class: `instanceof` recognises its objects. */
export type Class<Made> = abstract new (...given: never[]) => Made

interface Named {
  readonly name: string
  readonly tensor: Tensor
}

export class Arguments<T extends OwnTensor> {
  /** `memory` is the memory of the backend, and `tensors` the class of its tensors. */
  constructor(
    private readonly operation: string,
    private readonly memory: object,
    private readonly tensors: Class<T>,
  ) {}

  fail(problem: string): never {
    throw new RangeError(`${this.operation}: ${problem}`)
  }

  /** Checks that the argument is an object of this class, made by this backend and not disposed of; returns it. */
  own<Made extends Owned>(name: string, given: unknown, made: Class<Made>): Made {
    if (!(given instanceof made) || given.memory !== this.memory)
      throw new TypeError(`${this.operation}: ${name} was not made by this backend.`)
    if (given.disposed) throw new Error(`${this.operation}: ${name} was disposed of and cannot be used.`)
    return given
  }

  /** Checks that the tensor is this backend's own, not disposed of and of the right kind; returns it. */
  tensor(name: string, tensor: Tensor, kind: ElementKind = 'float32'): T {
    const own = this.own(name, tensor, this.tensors)
    if (own.kind !== kind)
      this.fail(`${name} ${shapeText(own.shape)} holds ${own.kind}; it must hold ${kind}.`)
    return own
  }

  /** A tensor of two dimensions, which `dimensions` names in the message. */
  matrix(name: string, tensor: Tensor, kind?: ElementKind, dimensions = '[rows, columns]'): T {
    const own = this.tensor(name, tensor, kind)
    if (own.shape.length !== 2) this.fail(`${name} is ${dimensions}, not ${shapeText(own.shape)}.`)
    return own
  }

  /** A float32 tensor of the shape of another one. */
  alike(name: string, tensor: Tensor, otherName: string, other: Tensor): T {
    const own = this.tensor(name, tensor)
    this.shape(name, own, other.shape, described(otherName, other))
    return own
  }

  /** Throws unless the tensor has this shape, which `because` explains, as in "output [2, 3]". */
  shape(name: string, tensor: Tensor, shape: readonly number[], because: string): void {
    const same = tensor.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i])
    if (!same)
      this.fail(`${name} is ${shapeText(tensor.shape)}; it must be ${shapeText(shape)} for ${because}.`)
  }

  /** Checks that every model's matrix lies in its tensor. */
  matrices(
    name: string,
    matrices: Matrices,
    models: number,
    kind: ElementKind = 'float32',
  ): CheckedMatrices<T> {
    const tensor = this.tensor(name, matrices.tensor, kind)
    const rows = this.unsigned(`${name}.rows`, matrices.rows, 1)
    const columns = this.unsigned(`${name}.columns`, matrices.columns, 1)
    const offset = this.unsigned(`${name}.offset`, matrices.offset ?? 0)
    const stride = this.unsigned(`${name}.stride`, matrices.stride ?? rows * columns)
    const period = Math.min(models, this.unsigned(`${name}.period`, matrices.period ?? models, 1))
    const end = offset + (period - 1) * stride + rows * columns
    if (end > tensor.length)
      this.fail(
        `${name} needs the elements up to ${end} of a tensor ${shapeText(tensor.shape)} of ${tensor.length}: ` +
          `${period} times [${rows}, ${columns}] from ${offset}, ${stride} apart.`,
      )
    return { name, tensor, offset, stride, rows, columns, period }
  }

  /** As `matrices`, for written matrices: no two models may share an element. */
  written(name: string, matrices: Matrices, models: number): CheckedMatrices<T> {
    const checked = this.matrices(name, matrices, models)
    const { period, stride, rows, columns } = checked
    if (period < models)
      this.fail(
        `${name}.period must not be below the ${models} models, not ${period}: models write their own.`,
      )
    if (models > 1 && stride < rows * columns)
      this.fail(`${name}.stride must not be below the ${rows * columns} elements of a matrix, not ${stride}.`)
    return checked
  }

  /** Checks that the matrices have this size, for other matrices or for a reason such as "left [2, 3]". */
  size(
    matrices: CheckedMatrices<T>,
    expected: readonly [rows: number, columns: number],
    because: CheckedMatrices<T> | string,
  ): void {
    if (matrices.rows === expected[0] && matrices.columns === expected[1]) return
    const reason = typeof because === 'string' ? because : describeMatrices(because)
    this.fail(
      `${matrices.name} is [${matrices.rows}, ${matrices.columns}]; it must be ${shapeText(expected)} for ${reason}.`,
    )
  }

  /** A matrix that each model writes into a tensor of its own, of the size that `sizeFor` gives for its input. */
  result(
    models: number,
    output: Matrices,
    input: Matrices,
    sizeFor: (input: CheckedMatrices<T>) => readonly [rows: number, columns: number],
  ) {
    this.unsigned('models', models, 1)
    const from = this.matrices('input', input, models)
    const to = this.written('output', output, models)
    this.size(to, sizeFor(from), from)
    this.separate(to, [from])
    return { models, rows: from.rows, columns: from.columns, output: to, input: from }
  }

  /** The gradient with respect to `input` of a function that keeps the shape; it may replace `gradient`. */
  pulledBack(output: Tensor, input: Tensor, gradient: Tensor) {
    const from = this.tensor('input', input)
    const slopes = this.alike('gradient', gradient, 'input', from)
    const to = this.alike('output', output, 'input', from)
    this.separate({ name: 'output', tensor: to }, [{ name: 'input', tensor: from }])
    return { output: to, input: from, gradient: slopes }
  }

  /** A float32 tensor [models]. */
  perModel(name: string, tensor: Tensor, models: number): T {
    const own = this.tensor(name, tensor)
    this.shape(name, own, [models], `${models} models`)
    return own
  }

  /** A tensor [models, parameters]. */
  modelRows(name: string, tensor: Tensor) {
    const rows = this.matrix(name, tensor, 'float32', '[models, parameters]')
    const [models, count] = rows.shape
    return { rows, models, count }
  }

  /** Checks that a written tensor is none of the others: the GPU cannot bind one for writing and for more. */
  separate(written: Named, others: readonly (Named | undefined)[]): void {
    for (const other of others)
      if (other?.tensor === written.tensor)
        this.fail(`${written.name} must not lie in the tensor that ${other.name} lies in.`)
  }

  /** A whole number that fits in 32 bits without a sign. */
  unsigned(name: string, value: number, minimum = 0, maximum = 0xffffffff): number {
    if (!Number.isInteger(value) || value < minimum || value > maximum)
      this.fail(`${name} must be a whole number from ${minimum} to ${maximum}, not ${value}.`)
    return value
  }

  finite(name: string, value: number): number {
    if (!Number.isFinite(value)) this.fail(`${name} must be a finite number, not ${value}.`)
    return value
  }

  /** A finite number above 0. */
  positive(name: string, value: number): number {
    if (!(value > 0 && Number.isFinite(value)))
      this.fail(`${name} must be positive and finite, not ${value}.`)
    return value
  }

  /** A finite number, 0 or above. */
  notNegative(name: string, value: number): number {
    if (!(value >= 0 && Number.isFinite(value)))
      this.fail(`${name} must be finite and not below 0, not ${value}.`)
    return value
  }
}

/** "name [2, 3]", for messages. */
export const described = (name: string, { shape }: Pick<Tensor, 'shape'>) => `${name} ${shapeText(shape)}`
