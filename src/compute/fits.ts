/** Arguments of the fits on the line and in the plane, and the check of these arguments. */
import type { Arguments, Class } from './arguments.ts'
import type { Owned, OwnTensor, Tensor } from './tensor.ts'

/**
 * The divergence by which a Gaussian Q is fitted to a target P. forward = KL(P‖Q), reverse = KL(Q‖P), jeffreys = their
 * sum, jensenShannon = ½ KL(P‖M) + ½ KL(Q‖M) with M = ½ (P + Q), alpha = Minka's D_α(P‖Q) (0 is reverse, 1 forward),
 * chiSquared = ∫ p²/q − 1. All are in nats except the last two, which have no unit.
 */
export type Divergence = 'forward' | 'reverse' | 'jeffreys' | 'jensenShannon' | 'alpha' | 'chiSquared'

export type Optimizer = 'gradientDescent' | 'momentum' | 'adam'

/** A target P in the backend's memory, with the quadrature grid for it. */
export interface FitTarget {
  readonly dimensions: 1 | 2
  /** Number of quadrature points of one evaluation; on the line, of P's and Q's panels together. */
  readonly quadraturePoints: number
  dispose(): void
}

export interface FitArguments {
  readonly target: FitTarget
  /**
   * One row a fit, read and written.
   * On the line (`gaussianFit`) float32 [fits, 8]: μ, log σ, the optimizer's first moments of both, its second
   * moments of both, the divergence, updates done.
   * In the plane (`planeFit`) float32 [fits, 20]: μx, μy, log L₁₁, L₂₁, log L₂₂ (Σ = L Lᵀ), the first moments of
   * the five, their second moments, the divergence, updates done, and three of padding.
   * The divergence belongs to the last evaluated point: `steps` = 0 evaluates the present one. For chiSquared it is
   * ln(1 + χ²), and the descent minimises this: it has the same minima, and no overflow far from them. If a fit's next
   * point would not be finite (or beyond |μ| 1e6, |log σ| 40), the fit keeps its present point. Its number of updates
   * is then stored as −1 − updates, and the fit is not changed any more.
   */
  readonly state: Tensor
  /** The fits to advance: `fits` rows from `firstFit`; default: all. */
  readonly firstFit?: number
  readonly fits?: number
  readonly divergence: Divergence
  /** For the divergence alpha, 0…1. */
  readonly alpha?: number
  readonly optimizer: Optimizer
  readonly learningRate: number
  /** μ only; σ (or Σ) stays. */
  readonly fixedSigma?: boolean
  /** Plane only: L₂₁ stays 0, a mean-field Q. */
  readonly diagonal?: boolean
  /** Updates to do, all in one go; 0 only evaluates. */
  readonly steps: number
  /** A step does not update fits with a largest gradient entry below this. Default 0: it updates all. */
  readonly tolerance?: number
  /**
   * float32 [steps, fits of `state`, 4 on the line, 8 in the plane]: the points before each update (μ, log σ or the
   * five), the divergence there, and the largest absolute entry of the gradient; padding of the plane 0.
   */
  readonly history?: Tensor
}

/** The index of each divergence is its number in the kernels. */
export const divergences: readonly Divergence[] = [
  'forward',
  'reverse',
  'jeffreys',
  'jensenShannon',
  'alpha',
  'chiSquared',
]
const optimizers: readonly Optimizer[] = ['gradientDescent', 'momentum', 'adam']

export const mostComponents = 6

/** Throws a RangeError that names the argument. For alpha 0 and 1, the result has the divergence reverse or forward. */
export function checkFit<T extends OwnTensor, Target extends FitTarget & Owned>(
  given: Arguments<T>,
  parameters: FitArguments,
  targets: Class<Target>,
  columns: { readonly state: number; readonly history: number },
) {
  const { learningRate, tolerance = 0, fixedSigma = false } = parameters
  const target = given.own('target', parameters.target, targets)
  const state = given.tensor('state', parameters.state)
  const rows = state.shape[0]
  given.shape('state', state, [rows, columns.state], `one row of ${columns.state} a fit`)
  const firstFit = given.unsigned('firstFit', parameters.firstFit ?? 0)
  const fits = given.unsigned('fits', parameters.fits ?? rows - firstFit)
  if (fits < 1 || firstFit + fits > rows)
    given.fail(`fits ${firstFit} to ${firstFit + fits - 1} do not lie in the ${rows} rows of state.`)
  const steps = given.unsigned('steps', parameters.steps)
  const history = parameters.history && given.tensor('history', parameters.history)
  if (history) {
    const because = `${steps} steps of the state's ${rows} fits`
    given.shape('history', history, [steps, rows, columns.history], because)
  }
  given.notNegative('learningRate', learningRate)
  if (!(tolerance >= 0)) given.fail(`tolerance must not be below 0, not ${tolerance}.`)
  const optimizer = optimizers.indexOf(parameters.optimizer)
  if (optimizer < 0) given.fail(`optimizer ${parameters.optimizer} is none of ${optimizers.join(', ')}.`)
  const { divergence, alpha } = checkDivergence(given, parameters)
  return {
    // rows of state; alpha is 0 unless the divergence is alpha
    ...{ target, state, history, rows, firstFit, fits, divergence: divergences.indexOf(divergence), alpha },
    // on the line: the density, P or Q, whose panels must reach far out, if any: see `tailedEdges`
    ...{ optimizer, learningRate, fixedSigma, steps, tolerance, tails: tailsFor(alpha) },
  }
}

/** The density whose panels must reach far out for a D_α with this α. Both ends of α are other divergences. */
export const tailsFor = (alpha: number) => (alpha === 0 ? undefined : alpha <= 0.5 ? 'P' : 'Q')

function checkDivergence(given: Pick<Arguments<never>, 'fail'>, { divergence, alpha }: FitArguments) {
  if (!divergences.includes(divergence))
    given.fail(`divergence ${divergence} is none of ${divergences.join(', ')}.`)
  if (divergence !== 'alpha') return { divergence, alpha: 0 }
  if (alpha === undefined || !(alpha >= 0 && alpha <= 1)) given.fail(`alpha must be 0 to 1, not ${alpha}.`)
  if (alpha === 0) return { divergence: 'reverse' as const, alpha: 0 }
  if (alpha === 1) return { divergence: 'forward' as const, alpha: 0 }
  return { divergence, alpha }
}
