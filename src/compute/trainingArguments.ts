/** What both backends check of the arguments of network.ts's operations that train; all throw a RangeError by name. */
import type { Tensor } from './backend.ts'
import type { AdamArguments, Matrices, ModelProductArguments, RunningAverageArguments } from './network.ts'
import {
  type CheckedMatrices,
  checkMatrices,
  checkModels,
  checkSeparate,
  checkSize,
  checkWritten,
  describeMatrices,
  type MatrixChecks,
  type OwnTensor,
  type TensorChecks,
} from './networkArguments.ts'

/** Of `adam`. */
const [decay1, decay2] = [0.9, 0.999]

export interface CheckedModelProduct<T extends OwnTensor> {
  readonly models: number
  readonly rows: number
  readonly inner: number
  readonly columns: number
  readonly output: CheckedMatrices<T>
  /** As stored: [inner, rows] where transposed. */
  readonly left: CheckedMatrices<T>
  readonly transposeLeft: boolean
  /** As stored: [columns, inner] where transposed. */
  readonly right: CheckedMatrices<T>
  readonly transposeRight: boolean
  readonly bias: CheckedMatrices<T> | undefined
  readonly relu: boolean
  readonly gate: CheckedMatrices<T> | undefined
  readonly accumulate: boolean
}

export function checkModelProduct<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: ModelProductArguments,
): CheckedModelProduct<T> {
  const { transposeLeft = false, transposeRight = false, relu = false, accumulate = false } = parameters
  const models = checkModels(given, parameters.models)
  const left = checkMatrices(given, 'left', parameters.left, models)
  const right = checkMatrices(given, 'right', parameters.right, models)
  const output = checkWritten(given, 'output', parameters.output, models)
  const bias = parameters.bias && checkMatrices(given, 'bias', parameters.bias, models)
  const gate = parameters.gate && checkMatrices(given, 'gate', parameters.gate, models)

  const [rows, inner] = transposeLeft ? [left.columns, left.rows] : [left.rows, left.columns]
  const columns = transposeRight ? right.rows : right.columns
  const leftText = `${transposeLeft ? 'the transposed ' : ''}${describeMatrices(left)}`
  const rightText = `${transposeRight ? 'the transposed ' : ''}${describeMatrices(right)}`
  checkSize(given, right, transposeRight ? [columns, inner] : [inner, columns], leftText)
  checkSize(given, output, [rows, columns], `${leftText} · ${rightText}`)
  if (bias) checkSize(given, bias, [1, columns], describeMatrices(output))
  if (gate) checkSize(given, gate, [rows, columns], describeMatrices(output))
  checkSeparate(given, output, [left, right, bias, gate])
  if (accumulate && (bias || relu || gate))
    given.fail('accumulate does not go together with bias, relu or gate.')
  return {
    models,
    rows,
    inner,
    columns,
    output,
    left,
    transposeLeft,
    right,
    transposeRight,
    bias,
    relu,
    gate,
    accumulate,
  }
}

export function checkColumnSums<T extends OwnTensor>(
  given: MatrixChecks<T>,
  models: number,
  output: Matrices,
  input: Matrices,
): { readonly output: CheckedMatrices<T>; readonly input: CheckedMatrices<T> } {
  checkModels(given, models)
  const from = checkMatrices(given, 'input', input, models)
  const to = checkWritten(given, 'output', output, models)
  checkSize(given, to, [1, from.columns], describeMatrices(from))
  checkSeparate(given, to, [from])
  return { output: to, input: from }
}

export function checkMarkFinite<T extends OwnTensor>(
  given: TensorChecks<T>,
  models: number,
  alive: Tensor,
  values: Matrices,
): { readonly alive: T; readonly values: CheckedMatrices<T> } {
  checkModels(given, models)
  const marks = given.tensor('alive', alive)
  given.shape('alive', marks, [models], `${models} models`)
  const checked = checkMatrices(given, 'values', values, models)
  checkSeparate(given, { name: 'alive', tensor: marks }, [checked])
  return { alive: marks, values: checked }
}

export interface CheckedAdam<T extends OwnTensor> {
  readonly models: number
  /** Parameters of a model. */
  readonly count: number
  readonly parameters: T
  readonly gradients: T
  readonly firstMoments: T
  readonly secondMoments: T
  readonly alive: T
  /** learningRate / (1 − β₁ᵗ), which the first moment is multiplied by. */
  readonly rate: number
  /** 1 / √(1 − β₂ᵗ), which the root of the second moment is multiplied by. */
  readonly rootFactor: number
}

/** A tensor [models, parameters], and the check of those that go with it. */
function checkRows<T extends OwnTensor>(given: TensorChecks<T>, name: string, tensor: Tensor) {
  const rows = given.tensor(name, tensor)
  const { shape } = rows
  if (shape.length !== 2) given.fail(`${name} is [models, parameters], not [${shape.join(', ')}].`)
  const [models, count] = shape
  const matching = (other: string, one: Tensor, expected: readonly number[] = shape): T => {
    const checked = given.tensor(other, one)
    given.shape(other, checked, expected, `${name} [${shape.join(', ')}]`)
    return checked
  }
  return { rows, models, count, matching }
}

export function checkAdam<T extends OwnTensor>(
  given: TensorChecks<T>,
  { learningRate, step, ...tensors }: AdamArguments,
): CheckedAdam<T> {
  const { rows: parameters, models, count, matching } = checkRows(given, 'parameters', tensors.parameters)
  const gradients = matching('gradients', tensors.gradients)
  const firstMoments = matching('firstMoments', tensors.firstMoments)
  const secondMoments = matching('secondMoments', tensors.secondMoments)
  const alive = matching('alive', tensors.alive, [models])
  const all: { name: string; tensor: Tensor }[] = [
    { name: 'parameters', tensor: parameters },
    { name: 'firstMoments', tensor: firstMoments },
    { name: 'secondMoments', tensor: secondMoments },
    { name: 'gradients', tensor: gradients },
    { name: 'alive', tensor: alive },
  ]
  // the first three are written
  for (const [i, written] of all.slice(0, 3).entries()) checkSeparate(given, written, all.slice(i + 1))
  if (!(Number.isFinite(learningRate) && learningRate >= 0))
    given.fail(`learningRate must be finite and not below 0, not ${learningRate}.`)
  if (given.unsigned('step', step) < 1) given.fail(`step must be 1 or more, not ${step}.`)
  return {
    ...{ models, count, parameters, gradients, firstMoments, secondMoments, alive },
    rate: learningRate / (1 - decay1 ** step),
    rootFactor: 1 / Math.sqrt(1 - decay2 ** step),
  }
}

export interface CheckedRunningAverage<T extends OwnTensor> {
  readonly models: number
  /** Parameters of a model. */
  readonly count: number
  readonly average: T
  readonly parameters: T
  readonly alive: T
  readonly kept: number
}

export function checkRunningAverage<T extends OwnTensor>(
  given: TensorChecks<T>,
  { kept, ...tensors }: RunningAverageArguments,
): CheckedRunningAverage<T> {
  const { rows: average, models, count, matching } = checkRows(given, 'average', tensors.average)
  const parameters = matching('parameters', tensors.parameters)
  const alive = matching('alive', tensors.alive, [models])
  checkSeparate(given, { name: 'average', tensor: average }, [
    { name: 'parameters', tensor: parameters },
    { name: 'alive', tensor: alive },
  ])
  if (!(kept >= 0 && kept <= 1)) given.fail(`kept must be from 0 to 1, not ${kept}.`)
  return { models, count, average, parameters, alive, kept }
}
