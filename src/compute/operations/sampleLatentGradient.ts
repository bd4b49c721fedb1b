import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'
import { checkEncoded } from './sampleLatent.ts'

export interface SampleLatentGradientArguments {
  readonly models: number
  readonly encoded: Matrices
  readonly noise: Matrices
  /** [batch, K]: the loss' gradient with respect to z. */
  readonly latentGradient: Matrices
  /** float32 [models]: β of each; the rate's share of the loss is β · mean rate. */
  readonly betas: Tensor
  /** Written: [batch, 2 K], gradient of the loss of `latentGradient` + β · mean rate over the batch. */
  readonly output: Matrices
}

export interface SampleLatentGradientOperations {
  /** The gradient through `sampleLatent`, and the gradient of the rate. */
  sampleLatentGradient(parameters: SampleLatentGradientArguments): void
}

export function checkSampleLatentGradient<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: SampleLatentGradientArguments,
) {
  const models = given.unsigned('models', parameters.models, 1)
  const latentGradient = given.matrices('latentGradient', parameters.latentGradient, models)
  const { encoded, noise } = checkEncoded(given, models, parameters, latentGradient)
  const output = given.written('output', parameters.output, models)
  given.size(output, [encoded.rows, encoded.columns], encoded)
  const betas = given.perModel('betas', parameters.betas, models)
  given.separate(output, [encoded, noise, latentGradient, { name: 'betas', tensor: betas }])
  const { rows, columns } = latentGradient
  return { models, rows, columns, encoded, noise, latentGradient, betas, output }
}
