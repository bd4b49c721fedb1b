/** The operations of small networks on latents, labels and images: one model after the other. */
import type { Tensor } from '../backend.ts'
import {
  checkAddSoftmax,
  checkCountErrors,
  checkCrossEntropy,
  checkGatherImages,
  checkLatent,
  checkLatentGradient,
} from '../lossArguments.ts'
import type { CrossEntropyArguments, LatentArguments, LatentGradientArguments, Matrices } from '../network.ts'
import type { CheckedMatrices } from '../networkArguments.ts'
import type { KernelMemory } from './memory.ts'
import { type Arguments, elementBytes, type WasmTensor } from './tensor.ts'

/** Where a model's matrix begins. */
export const place = ({ tensor, offset, stride, period }: CheckedMatrices<WasmTensor>, model: number) =>
  tensor.address + elementBytes * (offset + (model % period) * stride)

export function gatherImages(
  given: Arguments,
  groups: number,
  output: Matrices,
  images: Tensor,
  indices: Tensor,
): void {
  const checked = checkGatherImages(given, groups, output, images, indices)
  const { output: to, words, imageCount } = checked
  for (let group = 0; group < groups; group++) {
    const chosen = checked.indices.address + elementBytes * group * to.rows
    const target = place(to, group)
    given.kernels.gatherImages(target, checked.images.address, chosen, to.rows, words, imageCount)
  }
}

export function sampleLatent(given: Arguments, parameters: LatentArguments): void {
  const { models, encoded, noise, latent, rates } = checkLatent(given, parameters)
  for (let model = 0; model < models; model++) {
    const [to, sums, from, normals] = [latent, rates, encoded, noise].map((each) => place(each, model))
    given.kernels.sampleLatent(to, sums, from, normals, latent.rows, latent.columns)
  }
}

export function sampleLatentGradient(
  given: Arguments,
  memory: KernelMemory,
  parameters: LatentGradientArguments,
): void {
  const checked = checkLatentGradient(given, parameters)
  const { models, encoded, noise, latentGradient, output } = checked
  const { rows, columns } = latentGradient
  const betas = memory.float32(checked.betas.address, models)
  for (let model = 0; model < models; model++) {
    const [to, from, normals, pull] = [output, encoded, noise, latentGradient].map((each) =>
      place(each, model),
    )
    given.kernels.sampleLatentGradient(to, from, normals, pull, betas[model] / rows, rows, columns)
  }
}

export function crossEntropy(given: Arguments, parameters: CrossEntropyArguments): void {
  const { models, logits, labels, losses, gradient } = checkCrossEntropy(given, parameters)
  for (let model = 0; model < models; model++) {
    const [sums, from, targets] = [losses, logits, labels].map((each) => place(each, model))
    const slope = gradient ? place(gradient, model) : 0
    given.kernels.crossEntropy(sums, slope, from, targets, logits.rows, logits.columns)
  }
}

export function addSoftmax(
  given: Arguments,
  models: number,
  probabilities: Matrices,
  logits: Matrices,
): void {
  const { probabilities: to, logits: from } = checkAddSoftmax(given, models, probabilities, logits)
  for (let model = 0; model < models; model++)
    given.kernels.addSoftmax(place(to, model), place(from, model), from.rows, from.columns)
}

export function countErrors(
  given: Arguments,
  memory: KernelMemory,
  models: number,
  errors: Tensor,
  scores: Matrices,
  labels: Matrices,
): void {
  const checked = checkCountErrors(given, models, errors, scores, labels)
  const { scores: from, labels: targets } = checked
  const counts = memory.float32(checked.errors.address, models)
  for (let model = 0; model < models; model++)
    counts[model] += given.kernels.countErrors(
      place(from, model),
      place(targets, model),
      from.rows,
      from.columns,
    )
}
