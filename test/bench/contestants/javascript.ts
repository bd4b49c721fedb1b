/** Loops as anyone would write them, summed in float64: the scale of the table, and the reference of its results. */
import {
  type Contestant,
  fitComponents,
  fitLearningRate,
  fitPoints,
  fitStarts,
  inputValues,
  type Prepared,
  seeds,
  type Task,
  type TrainingStepTask,
  tableScale,
  type VibStepTask,
} from '../contestant.ts'
import { trainingStep } from '../trainingStep/javascript.ts'
import { vibStep } from '../vibStep/javascript.ts'

function matrixProduct({ m, k, n }: Extract<Task, { operation: 'matrixProduct' }>) {
  const left = inputValues(m * k, seeds.left)
  const right = inputValues(k * n, seeds.right)
  return () => {
    const output = new Float32Array(m * n)
    const sums = new Float64Array(n)
    for (let row = 0; row < m; row++) {
      sums.fill(0)
      for (let inner = 0; inner < k; inner++) {
        const factor = left[row * k + inner]
        const start = inner * n
        for (let column = 0; column < n; column++) sums[column] += factor * right[start + column]
      }
      output.set(sums, row * n)
    }
    return output
  }
}

function logSumExp({ tokens, dModel, words }: Extract<Task, { operation: 'logitLoss' }>) {
  const hidden = inputValues(tokens * dModel, seeds.hidden)
  const table = inputValues(words * dModel, seeds.table, tableScale(dModel))
  return () => {
    const output = new Float32Array(tokens)
    const logits = new Float64Array(words)
    for (let token = 0; token < tokens; token++) {
      for (let word = 0; word < words; word++) {
        let sum = 0
        for (let column = 0; column < dModel; column++)
          sum += hidden[token * dModel + column] * table[word * dModel + column]
        logits[word] = sum
      }
      const largest = logits.reduce((first, second) => Math.max(first, second))
      output[token] = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0))
    }
    return output
  }
}

/** Another generator than ours, the built-in one: what a page would otherwise use. */
function randomNormal({ rows, columns }: Extract<Task, { operation: 'randomNormal' }>) {
  return () => {
    const output = new Float32Array(rows * columns)
    for (let index = 0; index < output.length; index += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - Math.random()))
      const angle = 2 * Math.PI * Math.random()
      output[index] = radius * Math.cos(angle)
      output[index + 1] = radius * Math.sin(angle)
    }
    return output
  }
}

/** The trapezoid rule with as many points as our panels have, from 7 sd below the lowest Gaussian to 7 above. */
function gaussianFit({ fits, steps }: Extract<Task, { operation: 'gaussianFit' }>) {
  const starts = fitStarts(fits)
  const means = Float64Array.from(fitComponents, ({ mean }) => mean)
  const inverses = Float64Array.from(fitComponents, ({ sd }) => 1 / sd)
  const peaks = Float64Array.from(fitComponents, ({ weight, sd }) => weight / sd)
  const lowest = Math.min(...fitComponents.map(({ mean, sd }) => mean - 7 * sd))
  const highest = Math.max(...fitComponents.map(({ mean, sd }) => mean + 7 * sd))
  return () => {
    const output = new Float32Array(2 * fits)
    const divergences = new Float64Array(fits)
    for (let fit = 0; fit < fits; fit++) {
      let mean = starts[8 * fit]
      let logSd = starts[8 * fit + 1]
      for (let step = 0; step < steps; step++) {
        const sd = Math.exp(logSd)
        const inverse = 1 / sd
        const low = Math.min(lowest, mean - 7 * sd)
        const spacing = (Math.max(highest, mean + 7 * sd) - low) / (fitPoints - 1)
        let value = 0
        let byMean = 0
        let byLogSd = 0
        for (let point = 0; point < fitPoints; point++) {
          const x = low + point * spacing
          let p = 0
          let slope = 0
          for (let j = 0; j < means.length; j++) {
            const z = (x - means[j]) * inverses[j]
            const term = peaks[j] * Math.exp(-0.5 * z * z)
            p += term
            slope -= term * z * inverses[j]
          }
          const t = (x - mean) * inverse
          const q = Math.exp(-0.5 * t * t)
          const score = slope / p
          value += q * (-0.5 * t * t - logSd - Math.log(p))
          byMean -= q * score
          byLogSd -= q * score * (x - mean)
        }
        const weight = (spacing * inverse) / Math.sqrt(2 * Math.PI)
        divergences[fit] = value * weight
        mean -= fitLearningRate * byMean * weight
        logSd -= fitLearningRate * (byLogSd * weight - 1)
      }
      output[2 * fit] = mean
      output[2 * fit + 1] = logSd
    }
    return output
  }
}

function compute(task: Exclude<Task, VibStepTask | TrainingStepTask>): () => Float32Array {
  if (task.operation === 'matrixProduct') return matrixProduct(task)
  if (task.operation === 'logitLoss') return logSumExp(task)
  if (task.operation === 'gaussianFit') return gaussianFit(task)
  return randomNormal(task)
}

export function create(): Contestant {
  return {
    about: { adapter: 'float64 loops, 1 thread', software: false, threads: 1 },
    async prepare(task): Promise<Prepared> {
      if (task.operation === 'vibStep') return vibStep(task)
      if (task.operation === 'trainingStep') return trainingStep(task)
      const work = compute(task)
      let output = new Float32Array()
      return {
        inputBytes: 0,
        run: async () => {
          output = work() as Float32Array<ArrayBuffer>
        },
        result: async () => output,
      }
    },
  }
}
