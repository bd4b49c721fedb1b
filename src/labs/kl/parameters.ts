/** The KL lab's parameter table; the panel, the address, validation and the console API all use it. */
import { choice, flag, logNumber, number } from '../common/parameters.ts'
import { type Conflict, defineParameters, type ParameterValues, type ValuesOf } from '../parameter.ts'
import { componentsFault, planeComponentsFault } from './components.ts'

export type LineTarget = 'bimodal' | 'unequal' | 'widths' | 'three' | 'near' | 'narrowBroad'
export type PlaneTarget = 'two' | 'correlated' | 'triangle' | 'cross'

/** Largest half distance of the target `pair`. */
export const farthest = 10

const isLine = (values: ParameterValues) => values.family === 'gaussian1d'
const isPlane = (values: ParameterValues) => values.family === 'gaussian2d'
const isUniform = (values: ParameterValues) => values.family === 'uniform'

function edge<Id extends string>(id: Id, label: string, start: number, help: string) {
  return number(id, label, [-10, 10], start, { step: 0.05, help, relevant: isUniform })
}

export const parameters = defineParameters([
  choice('family', 'family', 'gaussian1d', {
    options: [
      { value: 'gaussian1d', label: 'Gaussian on the line' },
      { value: 'gaussian2d', label: 'Gaussian in the plane' },
      { value: 'uniform', label: 'uniform: infinity' },
    ],
    help: 'The family of Q: a Gaussian that is fitted to a mixture, or a uniform distribution, whose support may differ from that of P.',
  }),
  choice('target', 'target P', 'bimodal', {
    options: [
      { value: 'bimodal', label: 'two modes at ±3' },
      { value: 'pair', label: 'two modes, distance as set' },
      { value: 'unequal', label: 'unequal weights' },
      { value: 'widths', label: 'unequal widths' },
      { value: 'three', label: 'three modes' },
      { value: 'near', label: 'two near modes' },
      { value: 'narrowBroad', label: 'narrow on broad' },
      { value: 'two', label: 'plane: two modes' },
      { value: 'correlated', label: 'plane: correlated' },
      { value: 'triangle', label: 'plane: triangle' },
      { value: 'cross', label: 'plane: cross' },
      { value: 'custom', label: 'custom' },
    ],
    help: 'The mixture that Q is fitted to. A target of another family is replaced by the first one of this family.',
    relevant: (values) => !isUniform(values),
  }),
  number('distance', 'half the distance of the modes', [0, farthest], 3, {
    step: 0.1,
    help: 'The target “pair” has two modes of sd 1: one at minus this value, one at plus this value.',
    relevant: (values) => isLine(values) && values.target === 'pair',
  }),
  {
    id: 'components',
    kind: 'text',
    label: 'custom components',
    maximumLength: 200,
    permitted:
      '1 to 6 components weight,mean,sd separated by ; (weight 0 to 1e6, mean −100 to 100, sd 0.001 to 100)',
    fault: componentsFault,
    default: '0.5,-3,1;0.5,3,1',
    help: 'The target “custom” on the line: weight,mean,sd;… (weights are normalised).',
    relevant: (values) => isLine(values) && values.target === 'custom',
  },
  {
    id: 'planeComponents',
    kind: 'text',
    label: 'custom components',
    maximumLength: 400,
    permitted:
      '1 to 6 components weight,x,y,sdX,sdY,correlation separated by ; (weight 0 to 1e6, x and y −20 to 20, sd 0.05 to 20, correlation −0.99 to 0.99)',
    fault: planeComponentsFault,
    default: '0.5,-2,0,0.7,0.7,0;0.5,2,0,0.7,0.7,0',
    help: 'The target “custom” in the plane: weight,x,y,sdX,sdY,correlation;… (weights are normalised).',
    relevant: (values) => isPlane(values) && values.target === 'custom',
  },
  number('mu0', 'start μ', [-100, 100], 1.5, {
    step: 0.1,
    help: 'Mean of Q where the descent starts (its x in the plane).',
    relevant: (values) => !isUniform(values),
  }),
  number('mu0Y', 'start μ, y', [-20, 20], 0.5, {
    step: 0.1,
    help: 'The second coordinate of the mean where the descent in the plane starts.',
    relevant: isPlane,
  }),
  logNumber('sigma0', 'start σ', [0.001, 100], 0.5, {
    help: 'Standard deviation of Q where the descent starts (that of x in the plane).',
    relevant: (values) => !isUniform(values),
  }),
  logNumber('sigmaRatio0', 'σ_y / σ_x at start', [0.01, 100], 1, {
    help: 'Standard deviation of y divided by that of x, where the descent in the plane starts.',
    relevant: isPlane,
  }),
  number('rho0', 'start ρ', [-0.99, 0.99], 0, {
    step: 0.01,
    help: 'Correlation of x and y where the descent in the plane starts; a diagonal Q has none.',
    relevant: (values) => isPlane(values) && values.covariance === 'full',
  }),
  choice('optimizer', 'optimizer', 'adam', {
    options: [
      { value: 'gradientDescent', label: 'gradient descent' },
      { value: 'momentum', label: 'momentum 0.9' },
      { value: 'adam', label: 'Adam' },
    ],
    live: true,
    help: 'The rule that turns the gradient with respect to (μ, log σ) into a step.',
    relevant: (values) => !isUniform(values),
  }),
  logNumber('learningRate', 'learning rate', [1e-4, 10], 0.05, {
    live: true,
    help: 'Size of a step. When it is too large, the fit diverges, and the page shows where.',
    relevant: (values) => !isUniform(values),
  }),
  flag('fixedSigma', 'keep σ fixed', {
    help: 'Only the mean is fitted. σ keeps its start value.',
    relevant: (values) => !isUniform(values),
  }),
  choice('covariance', 'covariance of Q', 'full', {
    options: [
      { value: 'full', label: 'full' },
      { value: 'diagonal', label: 'diagonal (mean-field)' },
    ],
    help: 'Whether Q in the plane may be correlated.',
    relevant: isPlane,
  }),
  choice('third', 'third objective', 'none', {
    options: [
      { value: 'none', label: 'none' },
      { value: 'jeffreys', label: 'Jeffreys: the sum of both' },
      { value: 'jensenShannon', label: 'Jensen–Shannon' },
      { value: 'alpha', label: 'α-divergence' },
      { value: 'chiSquared', label: 'χ²(P‖Q)' },
    ],
    help: 'A further divergence that Q is fitted by, beside forward and reverse KL.',
    relevant: isLine,
  }),
  number('alpha', 'α', [0, 1], 0.5, {
    step: 0.01,
    help: 'The α-divergence’s α in Minka’s convention: 0 is reverse KL, 1 is forward KL.',
    relevant: (values) => isLine(values) && values.third === 'alpha',
  }),
  number('starts', 'number of starts', [0, 16384], 1024, {
    integer: true,
    step: 64,
    help: 'Number of fits that descend in parallel from a lattice of starts. 0 means none.',
    relevant: (values) => !isUniform(values),
  }),
  flag('basinsThird', 'starts by third objective', {
    help: 'The many starts descend on the third objective in place of reverse KL.',
    relevant: (values) => isLine(values) && values.third !== 'none',
  }),
  edge('a', 'P from a', 0, 'Left edge of P = U(a, b).'),
  edge('b', 'P to b', 1, 'Right edge of P = U(a, b).'),
  edge('c', 'Q from c', 0, 'Left edge of Q = U(c, d).'),
  edge('d', 'Q to d', 2, 'Right edge of Q = U(c, d).'),
  flag('smoothing', 'smoothing floor ε', {
    help: 'Shows a finite surrogate: both densities are mixed with ε of a uniform over the whole range.',
    relevant: isUniform,
  }),
  logNumber('epsilon', 'ε', [1e-12, 0.5], 1e-3, {
    help: 'Share of the smoothing floor. As it goes to 0, the surrogate of an infinite KL grows like log(1/ε).',
    relevant: (values) => isUniform(values) && values.smoothing === true,
  }),
])

export type KlValues = ValuesOf<typeof parameters>

/** Values that were validated against the table, with their types. */
export function typed(values: ParameterValues): KlValues {
  return values as KlValues
}

/** Edges of a uniform distribution must lie in order. */
export function conflict(values: ParameterValues): Conflict<keyof KlValues> | undefined {
  const pairs = [['a', 'b'] as const, ['c', 'd'] as const]
  const disordered = pairs.filter(([low, high]) => !(typed(values)[low] < typed(values)[high]))
  if (disordered.length === 0) return undefined
  const messages = disordered.map(
    ([low, high]) =>
      `${low} = ${values[low]} is not permitted with ${high} = ${values[high]}: ${low} is below ${high}, within −10 to 10.`,
  )
  return { ids: disordered.flat(), message: messages.join(' ') }
}
