import type { Arguments } from '../arguments.ts'
import type { CheckedMatrices, Matrices } from '../matrices.ts'
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
  const latent = given.written('latent', parameters.latent, models)
  const rates = given.written('rates', parameters.rates, models)
  const { encoded, noise } = checkEncoded(given, models, parameters, latent)
  given.size(rates, [1, latent.rows], latent)
  given.separate(latent, [encoded, noise, rates])
  given.separate(rates, [encoded, noise])
  return { models, rows: latent.rows, columns: latent.columns, encoded, noise, latent, rates }
}

/** `encoded` [batch, 2 K] and `noise` [batch, K] for `of`, which is [batch, K]. */
export function checkEncoded<T extends OwnTensor>(
  given: Arguments<T>,
  models: number,
  parameters: Pick<SampleLatentArguments, 'encoded' | 'noise'>,
  of: CheckedMatrices<T>,
) {
  const encoded = given.matrices('encoded', parameters.encoded, models)
  const noise = given.matrices('noise', parameters.noise, models)
  given.size(encoded, [of.rows, 2 * of.columns], of)
  given.size(noise, [of.rows, of.columns], of)
  return { encoded, noise }
}
