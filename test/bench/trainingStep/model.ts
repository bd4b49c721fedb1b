/**
 * A training step of the init lab's default model (pre-norm, one layer, the head tied to the embedding): the numbers
 * that every contestant begins with.
 */
import { inputValues, seeds, type TrainingStepTask } from '../contestant.ts'

export const dModel = 128
export const heads = 4
export const headWidth = dModel / heads
export const context = 64
export const sequences = 8
export const rows = sequences * context
export const learningRate = 1e-3
/** Added to the variance before its root. */
export const normEpsilon = 1e-5

export interface ParameterShape {
  readonly name: 'table' | 'positions' | 'attend' | 'combine' | 'widen' | 'narrow' | `${string}Bias`
  /** Rows and columns. */
  readonly shape: readonly [number, number]
  readonly standardDeviation: number
}

/** In the order in which they lie behind one another. Products are input · weights. */
const parameterShapes = ({ words }: TrainingStepTask): readonly ParameterShape[] => {
  const layer = (name: 'attend' | 'combine' | 'widen' | 'narrow', inputs: number, outputs: number) => [
    { name, shape: [inputs, outputs] as const, standardDeviation: inputs ** -0.5 },
    { name: `${name}Bias` as const, shape: [1, outputs] as const, standardDeviation: 0 },
  ]
  return [
    { name: 'table', shape: [words, dModel], standardDeviation: dModel ** -0.5 },
    { name: 'positions', shape: [context, dModel], standardDeviation: dModel ** -0.5 },
    ...layer('attend', dModel, 3 * dModel),
    ...layer('combine', dModel, dModel),
    ...layer('widen', dModel, 4 * dModel),
    ...layer('narrow', 4 * dModel, dModel),
  ]
}

const parameterCount = (task: TrainingStepTask) =>
  parameterShapes(task).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0)

/** Each with its first values, of the standard deviation that the lab draws it with. */
export const firstParameters = (task: TrainingStepTask) =>
  parameterShapes(task).map(({ name, shape, standardDeviation }, index) => ({
    name,
    shape,
    values: inputValues(shape[0] * shape[1], seeds.table + index, standardDeviation),
  }))

/** What belongs to each parameter, behind one another. */
export function joined(all: readonly ArrayLike<number>[]): Float32Array<ArrayBuffer> {
  const row = new Float32Array(all.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const values of all) {
    row.set(values, place)
    place += values.length
  }
  return row
}

/** One batch, the same in every step: [rows] words and the words that follow, frequent ones often, as in a text. */
export function batch({ words }: TrainingStepTask) {
  const text = Uint32Array.from(inputValues(sequences * (context + 1), seeds.left), (value) =>
    Math.floor(words * (value / Math.sqrt(12) + 0.5) ** 3),
  )
  const window = (first: number) =>
    Uint32Array.from({ length: rows }, (_, row) => text[row + Math.floor(row / context) + first])
  return { inputs: window(0), labels: window(1) }
}

/** Bytes of the batch alone, so that what is held beyond the inputs holds the parameters too. */
export const inputBytes = 4 * 2 * rows

/** Bytes of parameters, gradients and Adam's two moments. */
export const stateBytes = (task: TrainingStepTask) => 4 * 4 * parameterCount(task)

/** Multiplications and additions of the products, attention's as if it saw all positions: two backward for each forward. */
export const stepOperations = ({ words }: TrainingStepTask) =>
  3 * rows * (2 * 12 * dModel ** 2 + 4 * context * dModel + 2 * dModel * words)
