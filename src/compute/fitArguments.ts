/** What both backends check of a fit's arguments, and the numbers that the kernels know the choices by. */
import type { Divergence, GaussianFitArguments, MixtureComponent, Optimizer, Tensor } from './backend.ts'

/** The place of each is its number in the kernels. */
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

/** What either backend's `Arguments` offers. */
export interface Checks<T extends Tensor> {
  fail(problem: string): never
  unsigned(name: string, value: number): number
  tensor(name: string, tensor: Tensor): T
  shape(name: string, tensor: T, shape: readonly number[], because: string): void
}

export interface CheckedFit<T extends Tensor> {
  readonly state: T
  readonly history: T | undefined
  /** Rows of `state`. */
  readonly rows: number
  readonly firstFit: number
  readonly fits: number
  readonly divergence: number
  /** 0 unless the divergence is alpha. */
  readonly alpha: number
  /** Whose panels have to reach far out on the line, if any's: see `tailedEdges`. */
  readonly tails: 'P' | 'Q' | undefined
  readonly optimizer: number
  readonly learningRate: number
  readonly fixedSigma: boolean
  readonly steps: number
  readonly tolerance: number
}

/** Throws a RangeError that names the argument; alpha's ends come back as the divergences that they are. */
export function checkFit<T extends Tensor>(
  given: Checks<T>,
  parameters: GaussianFitArguments,
  columns: { readonly state: number; readonly history: number },
): CheckedFit<T> {
  const { learningRate, tolerance = 0, fixedSigma = false } = parameters
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
  if (!(Number.isFinite(learningRate) && learningRate >= 0))
    given.fail(`learningRate must be finite and not below 0, not ${learningRate}.`)
  if (!(tolerance >= 0)) given.fail(`tolerance must not be below 0, not ${tolerance}.`)
  const optimizer = optimizers.indexOf(parameters.optimizer)
  if (optimizer < 0) given.fail(`optimizer ${parameters.optimizer} is none of ${optimizers.join(', ')}.`)
  const { divergence, alpha } = checkDivergence(given, parameters)
  return {
    ...{ state, history, rows, firstFit, fits, divergence: divergences.indexOf(divergence), alpha },
    ...{ optimizer, learningRate, fixedSigma, steps, tolerance, tails: tailsFor(alpha) },
  }
}

/** Whose panels have to reach far out for a D_α with this α; both ends of α are other divergences. */
export const tailsFor = (alpha: number) => (alpha === 0 ? undefined : alpha <= 0.5 ? 'P' : 'Q')

function checkDivergence(given: Pick<Checks<never>, 'fail'>, { divergence, alpha }: GaussianFitArguments) {
  if (!divergences.includes(divergence))
    given.fail(`divergence ${divergence} is none of ${divergences.join(', ')}.`)
  if (divergence !== 'alpha') return { divergence, alpha: 0 }
  if (alpha === undefined || !(alpha >= 0 && alpha <= 1)) given.fail(`alpha must be 0 to 1, not ${alpha}.`)
  if (alpha === 0) return { divergence: 'reverse' as const, alpha: 0 }
  if (alpha === 1) return { divergence: 'forward' as const, alpha: 0 }
  return { divergence, alpha }
}

/**
 * The components with means and standard deviations as float32, as the GPU has them: on both backends P is then
 * the same. Throws a RangeError.
 */
export function checkComponents(
  given: Pick<Checks<never>, 'fail'>,
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
