import type { Arguments, Class } from '../arguments.ts'
import { checkFit, type FitArguments, type FitTarget, mostComponents } from '../fits.ts'
import type { Owned, OwnTensor } from '../tensor.ts'

/** One Gaussian of a mixture in the plane. */
export interface PlaneComponent {
  readonly weight: number
  readonly mean: readonly [number, number]
  /** Variance of x, covariance, variance of y. */
  readonly covariance: readonly [number, number, number]
}

export interface PlaneFitOperations {
  /** P in the plane: 1 to 6 components, weights that sum to 1. */
  createPlaneTarget(components: readonly PlaneComponent[]): FitTarget
  /** Fits many Gaussians in the plane on (μ, log L₁₁, L₂₁, log L₂₂); divergence forward or reverse. */
  planeFit(parameters: FitArguments): void
}

/** Throws a RangeError that names the fault. */
export function checkPlaneComponents(
  given: Pick<Arguments<never>, 'fail'>,
  components: readonly PlaneComponent[],
): readonly PlaneComponent[] {
  if (components.length < 1 || components.length > mostComponents)
    given.fail(`components are 1 to ${mostComponents} Gaussians, not ${components.length}.`)
  for (const { weight, mean, covariance } of components) {
    if (!(weight > 0)) given.fail(`every weight must be above 0, not ${weight}.`)
    if (!mean.every(Number.isFinite)) given.fail(`every mean must be finite, not [${mean.join(', ')}].`)
    const [xx, xy, yy] = covariance
    if (!(xx > 0 && xx * yy - xy * xy > 0 && Number.isFinite(xx * yy)))
      given.fail(`every covariance must be finite and positive definite, not [${covariance.join(', ')}].`)
  }
  const total = components.reduce((sum, { weight }) => sum + weight, 0)
  if (Math.abs(total - 1) > 1e-6) given.fail(`the weights must sum to 1, not ${total}.`)
  return components
}

/** Throws a RangeError that names the argument. */
export function checkPlaneFit<T extends OwnTensor, Target extends FitTarget & Owned>(
  given: Arguments<T>,
  parameters: FitArguments,
  targets: Class<Target>,
) {
  const { divergence, diagonal = false } = parameters
  if (divergence !== 'forward' && divergence !== 'reverse')
    given.fail(`divergence must be forward or reverse in the plane, not ${divergence}.`)
  return { ...checkFit(given, parameters, targets, { state: 20, history: 8 }), diagonal }
}
