/** The same step in float64, its gradient written out by hand: the reference of losses and gradients. */
import { adam } from '../adam.ts'
import type { Prepared, TrainingStepTask } from '../contestant.ts'
import {
  batch,
  context,
  dModel,
  firstParameters,
  heads,
  headWidth,
  joined,
  learningRate,
  normEpsilon,
  type ParameterShape,
  rows,
} from './model.ts'

type Values = Float64Array
type Parameters = Record<ParameterShape['name'], Values>

/** output [m, n] += left [m, k] · right [k, n] */
function addProduct(output: Values, left: Values, right: Values, m: number, k: number, n: number): void {
  for (let row = 0; row < m; row++)
    for (let inner = 0; inner < k; inner++) {
      const factor = left[row * k + inner]
      for (let column = 0; column < n; column++)
        output[row * n + column] += factor * right[inner * n + column]
    }
}

function transposed(values: Values, columns: number): Values {
  const height = values.length / columns
  return Float64Array.from(values, (_, at) => values[(at % height) * columns + Math.floor(at / height)])
}

/** input [rows, inputs] · weights [inputs, outputs] + bias [outputs] */
function layer(input: Values, weights: Values, bias: Values): Values {
  const output = Float64Array.from({ length: rows * bias.length }, (_, at) => bias[at % bias.length])
  addProduct(output, input, weights, rows, input.length / rows, bias.length)
  return output
}

/** The gradient of `layer`: with respect to its input, and added to its weights' and bias'. */
function layerGradient(
  gradient: Values,
  input: Values,
  weights: Values,
  weightsGradient: Values,
  biasGradient: Values,
) {
  const outputs = biasGradient.length
  const inputs = input.length / rows
  for (let at = 0; at < gradient.length; at++) biasGradient[at % outputs] += gradient[at]
  addProduct(weightsGradient, transposed(input, inputs), gradient, inputs, rows, outputs)
  const output = new Float64Array(input.length)
  addProduct(output, gradient, transposed(weights, outputs), rows, outputs, inputs)
  return output
}

const mean = (values: Values) => values.reduce((sum, value) => sum + value, 0) / values.length

function norm(input: Values) {
  const output = new Float64Array(input.length)
  const scales = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const one = input.subarray(row * dModel, (row + 1) * dModel)
    const middle = mean(one)
    scales[row] = 1 / Math.sqrt(mean(one.map((value) => (value - middle) ** 2)) + normEpsilon)
    output.set(
      one.map((value) => (value - middle) * scales[row]),
      row * dModel,
    )
  }
  return { output, scales }
}

/** Added to `sum`, the gradient of what `norm` was given. */
function addNormGradient(sum: Values, gradient: Values, { output, scales }: ReturnType<typeof norm>): void {
  for (let row = 0; row < rows; row++) {
    const [g, y] = [gradient, output].map((values) => values.subarray(row * dModel, (row + 1) * dModel))
    const middle = mean(g)
    const along = mean(g.map((value, at) => value * y[at]))
    for (let at = 0; at < dModel; at++)
      sum[row * dModel + at] += (g[at] - middle - y[at] * along) * scales[row]
  }
}

/** Calls `use` with every sequence and head: the first row of its sequence, its first column in the queries. */
function eachHead(use: (firstRow: number, column: number, place: number) => void): void {
  for (let firstRow = 0, place = 0; firstRow < rows; firstRow += context)
    for (let head = 0; head < heads; head++, place += context * context)
      use(firstRow, head * headWidth, place)
}

/** Σ over a head's width of what stands from these places on. */
function dot(left: Values, leftAt: number, right: Values, rightAt: number): number {
  let sum = 0
  for (let j = 0; j < headWidth; j++) sum += left[leftAt + j] * right[rightAt + j]
  return sum
}

const wide = 3 * dModel
const keys = dModel
const valuesAt = 2 * dModel

function attention(projected: Values) {
  const probabilities = new Float64Array(rows * heads * context)
  const output = new Float64Array(rows * dModel)
  eachHead((firstRow, column, place) => {
    for (let i = 0; i < context; i++) {
      const query = (firstRow + i) * wide + column
      const p = probabilities.subarray(place + i * context, place + i * context + i + 1)
      for (let j = 0; j <= i; j++) {
        const key = (firstRow + j) * wide + keys + column
        p[j] = Math.exp(dot(projected, query, projected, key) / Math.sqrt(headWidth))
      }
      const total = p.reduce((sum, one) => sum + one, 0)
      for (let j = 0; j <= i; j++) {
        p[j] /= total
        for (let k = 0; k < headWidth; k++)
          output[(firstRow + i) * dModel + column + k] +=
            p[j] * projected[(firstRow + j) * wide + valuesAt + column + k]
      }
    }
  })
  return { probabilities, output }
}

function attentionGradient(gradient: Values, projected: Values, probabilities: Values): Values {
  const output = new Float64Array(projected.length)
  const byScore = new Float64Array(context)
  eachHead((firstRow, column, place) => {
    for (let i = 0; i < context; i++) {
      const row = firstRow + i
      const p = probabilities.subarray(place + i * context, place + (i + 1) * context)
      let along = 0
      for (let j = 0; j <= i; j++) {
        const value = (firstRow + j) * wide + valuesAt + column
        byScore[j] = dot(gradient, row * dModel + column, projected, value)
        along += p[j] * byScore[j]
      }
      for (let j = 0; j <= i; j++) {
        const other = (firstRow + j) * wide + column
        const score = (p[j] * (byScore[j] - along)) / Math.sqrt(headWidth)
        for (let k = 0; k < headWidth; k++) {
          output[row * wide + column + k] += score * projected[other + keys + k]
          output[other + keys + k] += score * projected[row * wide + column + k]
          output[other + valuesAt + k] += p[j] * gradient[row * dModel + column + k]
        }
      }
    }
  })
  return output
}

const inner = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)
const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(inner(x)))
function geluSlope(x: number): number {
  const t = Math.tanh(inner(x))
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x)
}

const sumOf = (left: Values, right: Values) => left.map((value, at) => value + right[at])

/** The mean loss of the batch, nats; its gradient is added to `gradient`. */
function lossAndGradient(
  parameters: Parameters,
  gradient: Parameters,
  { inputs, labels }: ReturnType<typeof batch>,
): number {
  const { table, positions } = parameters
  const words = table.length / dModel
  const x = Float64Array.from({ length: rows * dModel }, (_, at) => {
    const row = Math.floor(at / dModel)
    const column = at % dModel
    return table[inputs[row] * dModel + column] + positions[(row % context) * dModel + column]
  })
  const first = norm(x)
  const projected = layer(first.output, parameters.attend, parameters.attendBias)
  const attended = attention(projected)
  const middle = sumOf(x, layer(attended.output, parameters.combine, parameters.combineBias))
  const second = norm(middle)
  const widened = layer(second.output, parameters.widen, parameters.widenBias)
  const units = widened.map(gelu)
  const last = norm(sumOf(middle, layer(units, parameters.narrow, parameters.narrowBias)))

  // logits, and in their place the gradient of the mean loss with respect to them
  const logits = new Float64Array(rows * words)
  addProduct(logits, last.output, transposed(table, dModel), rows, dModel, words)
  let loss = 0
  for (let row = 0; row < rows; row++) {
    const one = logits.subarray(row * words, (row + 1) * words)
    const largest = one.reduce((a, b) => Math.max(a, b))
    const total = one.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)
    loss += (largest + Math.log(total) - one[labels[row]]) / rows
    for (let word = 0; word < words; word++) one[word] = Math.exp(one[word] - largest) / total / rows
    one[labels[row]] -= 1 / rows
  }
  addProduct(gradient.table, transposed(logits, words), last.output, words, rows, dModel)
  const byState = new Float64Array(rows * dModel)
  addProduct(byState, logits, table, rows, words, dModel)

  const byX = new Float64Array(rows * dModel)
  addNormGradient(byX, byState, last)
  const byUnits = layerGradient(byX, units, parameters.narrow, gradient.narrow, gradient.narrowBias)
  const byWidened = byUnits.map((value, at) => value * geluSlope(widened[at]))
  const bySecond = layerGradient(
    byWidened,
    second.output,
    parameters.widen,
    gradient.widen,
    gradient.widenBias,
  )
  addNormGradient(byX, bySecond, second)
  const { combine, combineBias, attend, attendBias } = gradient
  const byAttended = layerGradient(byX, attended.output, parameters.combine, combine, combineBias)
  const byProjected = attentionGradient(byAttended, projected, attended.probabilities)
  addNormGradient(byX, layerGradient(byProjected, first.output, parameters.attend, attend, attendBias), first)
  for (let at = 0; at < byX.length; at++) {
    const row = Math.floor(at / dModel)
    const column = at % dModel
    gradient.table[inputs[row] * dModel + column] += byX[at]
    gradient.positions[(row % context) * dModel + column] += byX[at]
  }
  return loss
}

export function trainingStep(task: TrainingStepTask): Prepared {
  const words = batch(task)
  const named = (values: (first: Float32Array) => Values) =>
    Object.fromEntries(
      firstParameters(task).map(({ name, values: first }) => [name, values(first)]),
    ) as Parameters
  const zeros = () => named(({ length }) => new Float64Array(length))
  const parameters = named((first) => Float64Array.from(first))
  const first = zeros()
  const second = zeros()
  let losses = new Float32Array()
  let done = 0

  function update(gradients: Parameters): void {
    const { beta1, beta2, epsilon } = adam
    done++
    for (const [name, values] of Object.entries(parameters) as [ParameterShape['name'], Values][])
      for (let at = 0; at < values.length; at++) {
        const gradient = gradients[name][at]
        first[name][at] = beta1 * first[name][at] + (1 - beta1) * gradient
        second[name][at] = beta2 * second[name][at] + (1 - beta2) * gradient ** 2
        const size = Math.sqrt(second[name][at] / (1 - beta2 ** done)) + epsilon
        values[at] -= (learningRate * first[name][at]) / (1 - beta1 ** done) / size
      }
  }

  return {
    inputBytes: 0,
    async run() {
      losses = Float32Array.from({ length: task.steps }, () => {
        const gradients = zeros()
        const loss = lossAndGradient(parameters, gradients, words)
        update(gradients)
        return loss
      })
    },
    result: async () => losses,
    async gradient() {
      const gradients = zeros()
      lossAndGradient(parameters, gradients, words)
      return joined(Object.values(gradients))
    },
  }
}
