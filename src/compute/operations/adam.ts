import { type Arguments, described } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface AdamArguments {
  /** float32 [models, parameters], all four. */
  readonly parameters: Tensor
  readonly gradients: Tensor
  readonly firstMoments: Tensor
  readonly secondMoments: Tensor
  /** float32 [models]: models with the entry 0 are not changed. */
  readonly alive: Tensor
  readonly learningRate: number
  /** 1 for the first update: the bias correction's t. */
  readonly step: number
  /** β₁, from 0 to below 1; default: 0.9. β₂ = 0.999, ε = 1e-8. */
  readonly decay1?: number
}

/** Kingma and Ba's decay rates of both moments (the first one may differ), and the ε beside the root of the second. */
export const adamConstants = { decay1: 0.9, decay2: 0.999, epsilon: 1e-8 } as const

export interface AdamOperations {
  /** One update by Adam (Kingma and Ba 2015) of every model that is alive. */
  adam(parameters: AdamArguments): void
}

export function checkAdam<T extends OwnTensor>(
  given: Arguments<T>,
  { learningRate, step, decay1 = adamConstants.decay1, ...tensors }: AdamArguments,
) {
  const { rows: parameters, models, count } = given.modelRows('parameters', tensors.parameters)
  const gradients = given.alike('gradients', tensors.gradients, 'parameters', parameters)
  const firstMoments = given.alike('firstMoments', tensors.firstMoments, 'parameters', parameters)
  const secondMoments = given.alike('secondMoments', tensors.secondMoments, 'parameters', parameters)
  const alive = given.tensor('alive', tensors.alive)
  given.shape('alive', alive, [models], described('parameters', parameters))
  const tensorsOf = { parameters, firstMoments, secondMoments, gradients, alive }
  const all = Object.entries(tensorsOf).map(([name, tensor]) => ({ name, tensor }))
  // the first three are written
  for (const [i, written] of all.slice(0, 3).entries()) given.separate(written, all.slice(i + 1))
  given.notNegative('learningRate', learningRate)
  given.unsigned('step', step, 1)
  if (!(decay1 >= 0 && decay1 < 1)) given.fail(`decay1 must be from 0 to below 1, not ${decay1}.`)
  return {
    ...{ models, count, ...tensorsOf },
    /** Weight of the old first moment; the gradient has the rest. */
    decay1,
    share1: 1 - decay1,
    /** Factor of the first moment. */
    rate: learningRate / (1 - decay1 ** step),
    /** Factor of the root of the second moment. */
    rootFactor: 1 / Math.sqrt(1 - adamConstants.decay2 ** step),
  }
}
