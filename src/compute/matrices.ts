/**
 * The operations that train networks take many models side by side: every one has a leading model dimension, and
 * model m's result depends on no other model. Parameters of one model lie behind one another in one row of a tensor
 * [models, parameters], so that Adam and a check are one dispatch; layers are `Matrices` inside it.
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

/** "name [rows, columns]", for messages. */
export const describeMatrices = ({
  name,
  rows,
  columns,
}: Pick<CheckedMatrices<never>, 'name' | 'rows' | 'columns'>) => `${name} [${rows}, ${columns}]`
