/**
 * The operations that train networks work on many models side by side. Every operation has a leading model dimension,
 * and model m's result depends on no other model. All parameters of one model lie in one row of a tensor
 * [models, parameters], so that Adam and a check are one dispatch each; layers are `Matrices` inside this tensor.
 */
import type { OwnTensor, Tensor } from './tensor.ts'

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
  /** Models may share matrices: with period 4, model 5 reads (never writes) the matrix of model 1. Default: none. */
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
  /** From 1 to the number of models; equal to this number if no models share. */
  readonly period: number
}

/** "name [rows, columns]", for messages. */
export const describeMatrices = ({
  name,
  rows,
  columns,
}: Pick<CheckedMatrices<never>, 'name' | 'rows' | 'columns'>) => `${name} [${rows}, ${columns}]`
