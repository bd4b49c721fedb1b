/** What both backends check of the arguments of network.ts's operations on latents, labels and images. */
import type { Tensor } from './backend.ts'
import type { CrossEntropyArguments, LatentArguments, LatentGradientArguments, Matrices } from './network.ts'
import {
  type CheckedMatrices,
  checkMatrices,
  checkModels,
  checkSeparate,
  checkSize,
  checkWritten,
  describeMatrices,
  type OwnTensor,
  type TensorChecks,
} from './networkArguments.ts'

/** All throw a RangeError that names the argument. */
export function checkGatherImages<T extends OwnTensor>(
  given: TensorChecks<T>,
  groups: number,
  output: Matrices,
  images: Tensor,
  indices: Tensor,
) {
  const to = checkWritten(given, 'output', output, checkModels(given, groups))
  if (to.columns % 4 !== 0) given.fail(`output.columns must be a multiple of 4, not ${to.columns}.`)
  const from = given.tensor('images', images, 'uint32')
  const words = to.columns / 4
  given.shape('images', from, [from.shape[0], words], `four pixels a word of ${describeMatrices(to)}`)
  const chosen = given.tensor('indices', indices, 'uint32')
  given.shape('indices', chosen, [groups * to.rows], `${groups} groups of ${describeMatrices(to)}`)
  return { output: to, images: from, indices: chosen, imageCount: from.shape[0], words }
}

/** `encoded` [batch, 2 K] and `noise` [batch, K] for `of`, which is [batch, K]. */
function checkEncoded<T extends OwnTensor>(
  given: TensorChecks<T>,
  models: number,
  parameters: Pick<LatentArguments, 'encoded' | 'noise'>,
  of: CheckedMatrices<T>,
) {
  const encoded = checkMatrices(given, 'encoded', parameters.encoded, models)
  const noise = checkMatrices(given, 'noise', parameters.noise, models)
  checkSize(given, encoded, [of.rows, 2 * of.columns], describeMatrices(of))
  checkSize(given, noise, [of.rows, of.columns], describeMatrices(of))
  return { encoded, noise }
}

export function checkLatent<T extends OwnTensor>(given: TensorChecks<T>, parameters: LatentArguments) {
  const models = checkModels(given, parameters.models)
  const latent = checkWritten(given, 'latent', parameters.latent, models)
  const rates = checkWritten(given, 'rates', parameters.rates, models)
  const { encoded, noise } = checkEncoded(given, models, parameters, latent)
  checkSize(given, rates, [1, latent.rows], describeMatrices(latent))
  checkSeparate(given, latent, [encoded, noise, rates])
  checkSeparate(given, rates, [encoded, noise])
  return { models, encoded, noise, latent, rates }
}

export function checkLatentGradient<T extends OwnTensor>(
  given: TensorChecks<T>,
  parameters: LatentGradientArguments,
) {
  const models = checkModels(given, parameters.models)
  const latentGradient = checkMatrices(given, 'latentGradient', parameters.latentGradient, models)
  const { encoded, noise } = checkEncoded(given, models, parameters, latentGradient)
  const output = checkWritten(given, 'output', parameters.output, models)
  checkSize(given, output, [encoded.rows, encoded.columns], describeMatrices(encoded))
  const betas = given.tensor('betas', parameters.betas)
  given.shape('betas', betas, [models], `${models} models`)
  checkSeparate(given, output, [encoded, noise, latentGradient, { name: 'betas', tensor: betas }])
  return { models, encoded, noise, latentGradient, betas, output }
}

export function checkCrossEntropy<T extends OwnTensor>(
  given: TensorChecks<T>,
  parameters: CrossEntropyArguments,
) {
  const models = checkModels(given, parameters.models)
  const logits = checkMatrices(given, 'logits', parameters.logits, models)
  const labels = checkMatrices(given, 'labels', parameters.labels, models, 'uint32')
  const losses = checkWritten(given, 'losses', parameters.losses, models)
  const gradient = parameters.gradient && checkWritten(given, 'gradient', parameters.gradient, models)
  for (const perRow of [labels, losses]) checkSize(given, perRow, [1, logits.rows], describeMatrices(logits))
  if (gradient) {
    checkSize(given, gradient, [logits.rows, logits.columns], describeMatrices(logits))
    checkSeparate(given, gradient, [logits, losses])
  }
  checkSeparate(given, losses, [logits])
  return { models, logits, labels, losses, gradient }
}

export function checkAddSoftmax<T extends OwnTensor>(
  given: TensorChecks<T>,
  models: number,
  probabilities: Matrices,
  logits: Matrices,
) {
  checkModels(given, models)
  const to = checkWritten(given, 'probabilities', probabilities, models)
  const from = checkMatrices(given, 'logits', logits, models)
  checkSize(given, to, [from.rows, from.columns], describeMatrices(from))
  checkSeparate(given, to, [from])
  return { models, probabilities: to, logits: from }
}

export function checkCountErrors<T extends OwnTensor>(
  given: TensorChecks<T>,
  models: number,
  errors: Tensor,
  scores: Matrices,
  labels: Matrices,
) {
  checkModels(given, models)
  const to = given.tensor('errors', errors)
  given.shape('errors', to, [models], `${models} models`)
  const from = checkMatrices(given, 'scores', scores, models)
  const targets = checkMatrices(given, 'labels', labels, models, 'uint32')
  checkSize(given, targets, [1, from.rows], describeMatrices(from))
  checkSeparate(given, { name: 'errors', tensor: to }, [from])
  return { models, errors: to, scores: from, labels: targets }
}
