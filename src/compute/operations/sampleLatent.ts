import type { Arguments } from '../arguments.ts'
import {
  type CheckedMatrices,
  checkMatrices,
  checkSeparate,
  checkSize,
  checkWritten,
  describeMatrices,
  type Matrices,
} from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface SampleLatentArguments {
  readonly models: number
  /** [batch, 2 K]: μ, then ρ with σ = softplus(ρ − 5). */
  readonly encoded: Matrices
  /** [batch, K] standard normals. */
  readonly noise: Matrices
  /** Written: [batch, K], z = μ + σ · noise. */
  readonly latent: Matrices
  /** Written: [1, batch], KL(N(μ, diag σ²) ‖ N(0, I)) of each example, nats. */
  readonly rates: Matrices
}

export interface SampleLatentOperations {
  /** Samples z by reparameterisation, and the rate of each example. */
  sampleLatent(parameters: SampleLatentArguments): void
}

export function checkSampleLatent<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: SampleLatentArguments,
) {
  const models = given.unsigned('models', parameters.models, 1)
  const latent = checkWritten(given, 'latent', parameters.latent, models)
  const rates = checkWritten(given, 'rates', parameters.rates, models)
  const { encoded, noise } = checkEncoded(given, models, parameters, latent)
  checkSize(given, rates, [1, latent.rows], describeMatrices(latent))
  checkSeparate(given, latent, [encoded, noise, rates])
  checkSeparate(given, rates, [encoded, noise])
  return { models, encoded, noise, latent, rates }
}

/** `encoded` [batch, 2 K] and `noise` [batch, K] for `of`, which is [batch, K]. */
export function checkEncoded<T extends OwnTensor>(
  given: Arguments<T>,
  models: number,
  parameters: Pick<SampleLatentArguments, 'encoded' | 'noise'>,
  of: CheckedMatrices<T>,
) {
  const encoded = checkMatrices(given, 'encoded', parameters.encoded, models)
  const noise = checkMatrices(given, 'noise', parameters.noise, models)
  checkSize(given, encoded, [of.rows, 2 * of.columns], describeMatrices(of))
  checkSize(given, noise, [of.rows, of.columns], describeMatrices(of))
  return { encoded, noise }
}
