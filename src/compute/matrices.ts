/**
 * The operations that train networks take many models side by side: every one has a leading model dimension, and
 * model m's result depends on no other model. Parameters of one model lie behind one another in one row of a tensor
 * [models, parameters], so that Adam and a check are one dispatch; layers are `Matrices` inside it.
 */
import { type Arguments, described } from './arguments.ts'
import type { ElementKind, OwnTensor, Tensor } from './tensor.ts'

/**
 * One matrix a model inside a tensor: entry (m, row, column) is element
 * offset + (m mod period) · stride + row · columns + column. A vector a model is a matrix of one row.
 */
export interface Matrices {
  readonly tensor: Tensor
  readonly offset?: number
  /** Elements from one model's matrix to the next one's. Default: rows · columns. */
  readonly stride?: number
  readonly rows: number
  readonly columns: number
  /** Models that share: with period 4, model 5 reads (never writes) the matrix of model 1. Default: none share. */
  readonly period?: number
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

/** Throws a RangeError that names the argument unless every model's matrix lies in its tensor. */
export function checkMatrices<T extends OwnTensor>(
  given: Arguments<T>,
  name: string,
  matrices: Matrices,
  models: number,
  kind: ElementKind = 'float32',
): CheckedMatrices<T> {
  const tensor = given.tensor(name, matrices.tensor, kind)
  const rows = given.unsigned(`${name}.rows`, matrices.rows, 1)
  const columns = given.unsigned(`${name}.columns`, matrices.columns, 1)
  const offset = given.unsigned(`${name}.offset`, matrices.offset ?? 0)
  const stride = given.unsigned(`${name}.stride`, matrices.stride ?? rows * columns)
  const period = Math.min(models, given.unsigned(`${name}.period`, matrices.period ?? models, 1))
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
  given: Arguments<T>,
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
  given: Pick<Arguments<never>, 'fail'>,
  { name, rows, columns }: Pick<CheckedMatrices<never>, 'name' | 'rows' | 'columns'>,
  expected: readonly [rows: number, columns: number],
  because: string,
): void {
  if (rows !== expected[0] || columns !== expected[1])
    given.fail(`${name} is [${rows}, ${columns}]; it must be [${expected.join(', ')}] for ${because}.`)
}

/** Throws unless what is written lies in a tensor of its own: the GPU cannot bind one for writing and for more. */
export function checkSeparate(
  given: Pick<Arguments<never>, 'fail'>,
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

/** A tensor [models, parameters], and the check of those that go with it. Throws a RangeError. */
export function checkModelRows<T extends OwnTensor>(given: Arguments<T>, name: string, tensor: Tensor) {
  const rows = given.matrix(name, tensor, 'float32', '[models, parameters]')
  const [models, count] = rows.shape
  return {
    rows,
    models,
    count,
    /** float32 [models], one entry a model. */
    marks(other: string, one: Tensor): T {
      const checked = given.tensor(other, one)
      given.shape(other, checked, [models], described(name, rows))
      return checked
    },
  }
}
