import type { Arguments, Class } from '../arguments.ts'
import { checkFit, type FitArguments, type FitTarget, mostComponents } from '../fits.ts'
import type { Owned, OwnTensor } from '../tensor.ts'

/** One Gaussian of a mixture on the line. */
export interface MixtureComponent {
  /** Above 0; the weights of a mixture sum to 1. */
  readonly weight: number
  readonly mean: number
  readonly sd: number
}

export interface GaussianFitOperations {
  /** P on the line: 1 to 6 components, weights that sum to 1. */
  createFitTarget(components: readonly MixtureComponent[]): FitTarget
  /** Fits many Gaussians on the line by gradient descent on (μ, log σ), with quadrature over P's and Q's panels. */
  gaussianFit(parameters: FitArguments): void
}

/**
 * Returns the components with means and standard deviations rounded to float32, as on the GPU: P is then the same on
 * both backends. Throws a RangeError.
 */
export function checkComponents(
  given: Pick<Arguments<never>, 'fail'>,
  components: readonly MixtureComponent[],
): MixtureComponent[] {
  if (components.length < 1 || components.length > mostComponents)
    given.fail(`components must be 1 to ${mostComponents}, not ${components.length}.`)
  for (const [index, { weight, mean, sd }] of components.entries()) {
    const name = `components[${index}]`
    if (!(weight > 0 && weight <= 1))
      given.fail(`${name}.weight must be above 0 and at most 1, not ${weight}.`)
    if (!(Math.abs(mean) <= 1e6)) given.fail(`${name}.mean must be within ±1e6, not ${mean}.`)
    if (!(sd >= 1e-6 && sd <= 1e6)) given.fail(`${name}.sd must be 1e-6 to 1e6, not ${sd}.`)
  }
  const total = components.reduce((sum, { weight }) => sum + weight, 0)
  if (Math.abs(total - 1) > 1e-6) given.fail(`the weights of components must sum to 1, not ${total}.`)
  return components.map(({ weight, mean, sd }) => ({
    weight,
    mean: Math.fround(mean),
    sd: Math.fround(sd),
  }))
}

export const checkGaussianFit = <T extends OwnTensor, Target extends FitTarget & Owned>(
  given: Arguments<T>,
  parameters: FitArguments,
  targets: Class<Target>,
) => checkFit(given, parameters, targets, { state: 8, history: 4 })
