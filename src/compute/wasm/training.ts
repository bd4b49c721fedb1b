/** The operations that train small networks on the CPU: products, their biases' gradients, Adam and its check. */
import type { Tensor } from '../backend.ts'
import type { AdamArguments, Matrices, ModelProductArguments, RunningAverageArguments } from '../network.ts'
import type { CheckedMatrices } from '../networkArguments.ts'
import {
  checkAdam,
  checkColumnSums,
  checkMarkFinite,
  checkModelProduct,
  checkRunningAverage,
} from '../trainingArguments.ts'
import type { KernelMemory } from './memory.ts'
import { place } from './network.ts'
import { type Arguments, elementBytes, type WasmTensor } from './tensor.ts'

/** Bytes of kernels/modelProduct.ts's ModelProduct; what follows it stays aligned. */
const productBytes = 96

export function modelProduct(
  given: Arguments,
  memory: KernelMemory,
  parameters: ModelProductArguments,
): void {
  const checked = checkModelProduct(given, parameters)
  const { output, left, right, bias, gate, rows, inner, columns } = checked
  const words = (matrices: CheckedMatrices<WasmTensor> | undefined) =>
    matrices ? [place(matrices, 0), elementBytes * matrices.stride, matrices.period] : [0, 0, 1]
  const scratchBytes = given.kernels.matrixProductScratch(rows, inner, columns) >>> 0
  memory.withScratch(productBytes + scratchBytes, (address) => {
    memory
      .uint32(address, 23)
      .set([
        ...[place(output, 0), elementBytes * output.stride],
        ...[left, right, bias, gate].flatMap(words),
        ...[checked.transposeLeft, checked.transposeRight, checked.relu, checked.accumulate].map(Number),
        ...[checked.models, rows, inner, columns, address + productBytes],
      ])
    given.kernels.modelProduct(address)
  })
}

export function columnSums(given: Arguments, models: number, output: Matrices, input: Matrices): void {
  const { output: to, input: from } = checkColumnSums(given, models, output, input)
  for (let model = 0; model < models; model++)
    given.kernels.columnSums(place(to, model), place(from, model), from.rows, from.columns)
}

export function markFinite(
  given: Arguments,
  memory: KernelMemory,
  models: number,
  alive: Tensor,
  values: Matrices,
): void {
  const checked = checkMarkFinite(given, models, alive, values)
  const { rows, columns } = checked.values
  const marks = memory.float32(checked.alive.address, models)
  for (let model = 0; model < models; model++)
    if (!given.kernels.allFinite(place(checked.values, model), rows * columns)) marks[model] = 0
}

export function adam(given: Arguments, memory: KernelMemory, parameters: AdamArguments): void {
  const { models, count, alive, rate, rootFactor, ...checked } = checkAdam(given, parameters)
  const rows = [checked.parameters, checked.gradients, checked.firstMoments, checked.secondMoments]
  const marks = memory.float32(alive.address, models)
  for (let model = 0; model < models; model++) {
    if (marks[model] === 0) continue
    const [to, slopes, first, second] = rows.map(({ address }) => address + elementBytes * count * model)
    given.kernels.adam(to, slopes, first, second, count, rate, rootFactor)
  }
}

export function runningAverage(
  given: Arguments,
  memory: KernelMemory,
  parameters: RunningAverageArguments,
): void {
  const { models, count, alive, kept, ...checked } = checkRunningAverage(given, parameters)
  const marks = memory.float32(alive.address, models)
  for (let model = 0; model < models; model++) {
    if (marks[model] === 0) continue
    const [average, from] = [checked.average, checked.parameters].map(
      ({ address }) => address + elementBytes * count * model,
    )
    given.kernels.runningAverage(average, from, count, kept)
  }
}
