/** What both backends check of the matrices that the operations of network.ts are given. */
import type { ElementKind, Tensor } from './backend.ts'
import type { Matrices } from './network.ts'

/** What either backend's `Arguments` offers, and its tensors. */
export interface MatrixChecks<T extends OwnTensor> {
  fail(problem: string): never
  unsigned(name: string, value: number): number
  tensor(name: string, tensor: Tensor, kind?: ElementKind): T
}

export interface TensorChecks<T extends OwnTensor> extends MatrixChecks<T> {
  shape(name: string, tensor: NoInfer<T>, shape: readonly number[], because: string): void
}

export interface OwnTensor extends Tensor {
  /** Elements. */
  readonly length: number
}

/** `Matrices` with every default filled in. */
export interface CheckedMatrices<T extends OwnTensor> {
  readonly name: string
  readonly tensor: T
  readonly offset: number
  readonly stride: number
  readonly rows: number
  readonly columns: number
  /** 1 to the number of models, which it is where none share. */
  readonly period: number
}

/** The whole number of models, 1 or more. Throws a RangeError. */
export function checkModels(given: Pick<MatrixChecks<never>, 'fail'>, models: number): number {
  return atLeastOne(given, 'models', models)
}

/** Throws a RangeError that names the argument unless every model's matrix lies in its tensor. */
export function checkMatrices<T extends OwnTensor>(
  given: MatrixChecks<T>,
  name: string,
  matrices: Matrices,
  models: number,
  kind: ElementKind = 'float32',
): CheckedMatrices<T> {
  const tensor = given.tensor(name, matrices.tensor, kind)
  const rows = atLeastOne(given, `${name}.rows`, matrices.rows)
  const columns = atLeastOne(given, `${name}.columns`, matrices.columns)
  const offset = given.unsigned(`${name}.offset`, matrices.offset ?? 0)
  const stride = given.unsigned(`${name}.stride`, matrices.stride ?? rows * columns)
  const period = Math.min(models, atLeastOne(given, `${name}.period`, matrices.period ?? models))
  const end = offset + (period - 1) * stride + rows * columns
  if (end > tensor.length)
    given.fail(
      `${name} needs the elements up to ${end} of a tensor [${tensor.shape.join(', ')}] of ${tensor.length}: ` +
        `${period} times [${rows}, ${columns}] from ${offset}, ${stride} apart.`,
    )
  return { name, tensor, offset, stride, rows, columns, period }
}

/** As `checkMatrices`, for matrices that are written: no two models may share an element. */
export function checkWritten<T extends OwnTensor>(
  given: MatrixChecks<T>,
  name: string,
  matrices: Matrices,
  models: number,
  kind: ElementKind = 'float32',
): CheckedMatrices<T> {
  const checked = checkMatrices(given, name, matrices, models, kind)
  const { period, stride, rows, columns } = checked
  if (period < models)
    given.fail(
      `${name}.period must not be below the ${models} models, not ${period}: models write their own.`,
    )
  if (models > 1 && stride < rows * columns)
    given.fail(`${name}.stride must not be below the ${rows * columns} elements of a matrix, not ${stride}.`)
  return checked
}

/** Throws unless the matrices have this size, which `because` explains, as in "left [2, 3]". */
export function checkSize(
  given: Pick<MatrixChecks<never>, 'fail'>,
  { name, rows, columns }: Pick<CheckedMatrices<never>, 'name' | 'rows' | 'columns'>,
  expected: readonly [rows: number, columns: number],
  because: string,
): void {
  if (rows !== expected[0] || columns !== expected[1])
    given.fail(`${name} is [${rows}, ${columns}]; it must be [${expected.join(', ')}] for ${because}.`)
}

/** Throws unless what is written lies in a tensor of its own: the GPU cannot bind one for writing and for more. */
export function checkSeparate(
  given: Pick<MatrixChecks<never>, 'fail'>,
  written: { readonly name: string; readonly tensor: Tensor },
  others: readonly ({ readonly name: string; readonly tensor: Tensor } | undefined)[],
): void {
  for (const other of others)
    if (other?.tensor === written.tensor)
      given.fail(`${written.name} must not lie in the tensor that ${other.name} lies in.`)
}

/** "name [rows, columns]", for messages. */
export const describeMatrices = ({
  name,
  rows,
  columns,
}: Pick<CheckedMatrices<never>, 'name' | 'rows' | 'columns'>) => `${name} [${rows}, ${columns}]`

/** The whole number, 1 or more. Throws a RangeError that names it. */
export function atLeastOne(given: Pick<MatrixChecks<never>, 'fail'>, name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 0xffffffff)
    given.fail(`${name} must be a whole number from 1 to 4294967295, not ${value}.`)
  return value
}
