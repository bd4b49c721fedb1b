/** The operations of transformer.ts on the CPU: one model after the other. */
import type { Tensor } from '../backend.ts'
import type { Matrices } from '../network.ts'
import type {
  AttentionArguments,
  AttentionGradientArguments,
  GatherRowsArguments,
  ScatterAddRowsArguments,
  VocabularyLossArguments,
  VocabularyLossGradientArguments,
} from '../transformer.ts'
import {
  checkAttention,
  checkAttentionGradient,
  checkClipNorm,
  checkEntries,
  checkGatherRows,
  checkGelu,
  checkLayerNormGradient,
  checkRowNorms,
  checkScatterAddRows,
  checkVocabularyLoss,
  checkVocabularyLossGradient,
} from '../transformerArguments.ts'
import type { KernelMemory } from './memory.ts'
import { place } from './network.ts'
import type { Arguments } from './tensor.ts'

/** As layerNorm's. */
const epsilon = 1e-5

export function gatherRows(given: Arguments, parameters: GatherRowsArguments): void {
  const { models, output, table, indices, scale, positions } = checkGatherRows(given, parameters)
  for (let model = 0; model < models; model++)
    given.kernels.gatherRows(
      ...[place(output, model), place(table, model), place(indices, model)],
      ...[positions ? place(positions, model) : 0, scale, output.rows, table.rows, positions?.rows ?? 1],
      output.columns,
    )
}

export function scatterAddRows(given: Arguments, parameters: ScatterAddRowsArguments): void {
  const { models, output, input, indices, scale } = checkScatterAddRows(given, parameters)
  for (let model = 0; model < models; model++) {
    const [to, from, chosen] = [output, input, indices].map((each) => place(each, model))
    given.kernels.scatterAddRows(to, from, chosen, scale, input.rows, output.rows, input.columns)
  }
}

export function layerNormGradient(given: Arguments, output: Tensor, input: Tensor, gradient: Tensor): void {
  const checked = checkLayerNormGradient(given, output, input, gradient)
  const [to, from, slopes] = [checked.output, checked.input, checked.gradient].map(({ address }) => address)
  given.kernels.layerNormGradient(to, from, slopes, checked.rows, checked.columns, epsilon)
}

export function gelu(given: Arguments, output: Tensor, input: Tensor): void {
  const { output: to, input: from } = checkGelu(given, output, input)
  given.kernels.gelu(to.address, from.address, from.length)
}

export function geluGradient(given: Arguments, output: Tensor, input: Tensor, gradient: Tensor): void {
  const { output: to, input: from, gradient: slopes } = checkEntries(given, output, input, gradient)
  given.kernels.geluGradient(to.address, from.address, slopes.address, from.length)
}

export function causalAttention(
  given: Arguments,
  memory: KernelMemory,
  parameters: AttentionArguments,
): void {
  const checked = checkAttention(given, parameters)
  const { models, sequences, context, heads, width, projected, probabilities, output } = checked
  memory.withScratch(given.kernels.causalAttentionScratch(context, width) >>> 0, (scratch) => {
    for (let model = 0; model < models; model++) {
      const [shares, to, from] = [probabilities, output, projected].map((each) => place(each, model))
      given.kernels.causalAttention(shares, to, from, sequences, context, heads, width, scratch)
    }
  })
}

/** `scoreGradients` stays as it is: one head's at a time lie in the cache. */
export function causalAttentionGradient(
  given: Arguments,
  memory: KernelMemory,
  parameters: AttentionGradientArguments,
): void {
  const checked = checkAttentionGradient(given, parameters)
  const { models, sequences, context, heads, width, projectedGradient, projected } = checked
  memory.withScratch(given.kernels.causalAttentionGradientScratch(context, width) >>> 0, (scratch) => {
    for (let model = 0; model < models; model++)
      given.kernels.causalAttentionGradient(
        ...[place(projectedGradient, model), place(projected, model), place(checked.probabilities, model)],
        ...[place(checked.outputGradient, model), sequences, context, heads, width, scratch],
      )
  })
}

export function vocabularyLoss(
  given: Arguments,
  memory: KernelMemory,
  parameters: VocabularyLossArguments,
): void {
  const { models, rows, words, width, ...checked } = checkVocabularyLoss(given, parameters)
  memory.withScratch(given.kernels.vocabularyLossScratch(rows, width) >>> 0, (scratch) => {
    for (let model = 0; model < models; model++)
      given.kernels.vocabularyLoss(
        ...[place(checked.logSumExps, model), place(checked.losses, model), place(checked.hidden, model)],
        ...[place(checked.table, model), place(checked.labels, model), rows, words, width, scratch],
      )
  })
}

export function vocabularyLossGradient(
  given: Arguments,
  memory: KernelMemory,
  parameters: VocabularyLossGradientArguments,
): void {
  const { models, rows, words, width, ...checked } = checkVocabularyLossGradient(given, parameters)
  memory.withScratch(given.kernels.vocabularyLossGradientScratch(rows, width) >>> 0, (scratch) => {
    for (let model = 0; model < models; model++)
      given.kernels.vocabularyLossGradient(
        ...[place(checked.hiddenGradient, model), place(checked.tableGradient, model)],
        ...[place(checked.hidden, model), place(checked.table, model), place(checked.labels, model)],
        ...[place(checked.logSumExps, model), rows, words, width, scratch],
      )
  })
}

export function rowNorms(given: Arguments, models: number, output: Matrices, input: Matrices): void {
  const { output: to, input: from } = checkRowNorms(given, models, output, input)
  for (let model = 0; model < models; model++)
    given.kernels.rowNorms(place(to, model), place(from, model), from.rows, from.columns)
}

export function clipNorm(
  given: Arguments,
  memory: KernelMemory,
  models: number,
  values: Matrices,
  norms: Tensor,
  limit: number,
): void {
  const checked = checkClipNorm(given, models, values, norms, limit)
  const { rows, columns } = checked.values
  const measured = memory.float32(checked.norms.address, models)
  for (let model = 0; model < models; model++)
    measured[model] = given.kernels.clipNorm(place(checked.values, model), rows * columns, limit)
}
