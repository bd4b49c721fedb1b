/** Fits on the line: their objectives, frames and metrics. */
import type { Backend, Divergence, MixtureComponent } from '../../compute/backend.ts'
import type { DescentFamily, DescentState } from './descentExperiment.ts'
import { type DescentRule, type FitSetting, FitTargets, lineSpace } from './fitSpace.ts'
import { FittedFamily } from './fittedFamily.ts'
import type { LineFit, LineFrame, Optimum } from './frame.ts'
import { LandscapeWork } from './landscapeWork.ts'
import { lineRegion, lineStarts } from './lattice.ts'
import { localMinima } from './minima.ts'
import type { KlValues } from './parameters.ts'
import type { Parts } from './parts.ts'
import { lineComponents } from './targets.ts'
import { divergence, leastChiSquaredSigma, momentMatch, outsideMass } from './theory.ts'

interface Gaussian {
  readonly mu: number
  readonly sigma: number
  readonly logSigma: number
}

/** The metrics' names. */
export type LineMetric = keyof ReturnType<LineFamily['metrics']>

export class LineFamily extends FittedFamily<Gaussian, Optimum, Divergence> implements DescentFamily {
  readonly setting: FitSetting
  readonly shownRows: readonly (readonly number[])[]
  readonly startRows: Float32Array
  readonly startSource: unknown
  protected readonly components: readonly MixtureComponent[]
  private readonly moment: { readonly mu: number; readonly sigma: number }
  protected readonly kinds: readonly Divergence[]
  protected readonly startKind: Divergence
  private readonly fixedSigma: number | undefined
  private readonly landscapeWork: LandscapeWork

  constructor(
    backend: Backend,
    values: KlValues,
    private readonly parts: Parts,
  ) {
    super(values)
    const { third, basinsThird, mu0, sigma0, starts } = values
    const components = lineComponents(values)
    const create = (on: Backend) => on.createFitTarget(components)
    const targets = parts.obtain('target', components, () => new FitTargets(create))
    this.setting = { backend, space: lineSpace, targets }
    this.components = components
    this.moment = momentMatch(components)
    this.kinds = third === 'none' ? ['forward', 'reverse'] : ['forward', 'reverse', third]
    this.startKind = third !== 'none' && basinsThird ? third : 'reverse'
    this.fixedSigma = values.fixedSigma ? sigma0 : undefined
    this.shownRows = this.kinds.map(() => [mu0, Math.log(sigma0)])
    const region = lineRegion(components, this.moment.sigma)
    const finiteAbove = this.startKind === 'chiSquared' ? leastChiSquaredSigma(components) : 0
    const startRegion = lineRegion(components, this.moment.sigma, finiteAbove)
    this.startRows = lineStarts(starts, startRegion, this.fixedSigma)
    const objective = [components, this.startKind, this.alphaOf(this.startKind)]
    this.startSource = [objective, starts, this.fixedSigma]
    this.landscapeWork = parts.obtain(
      'landscape',
      objective,
      () => new LandscapeWork(this.setting, this.ruleOf(this.startKind), region),
    )
  }

  /** α, or undefined where the objective does not depend on it. */
  private alphaOf(kind: Divergence): number | undefined {
    return kind === 'alpha' ? this.values.alpha : undefined
  }

  protected ruleOf(kind: Divergence): DescentRule {
    const { optimizer, learningRate, fixedSigma } = this.values
    return { divergence: kind, alpha: this.alphaOf(kind), optimizer, learningRate, fixedSigma }
  }

  get preparation(): number {
    return this.landscapeWork.share
  }

  async prepare(left: () => number): Promise<boolean> {
    const { components, fixedSigma } = this
    if (this.optima.length === 0)
      this.optima = this.kinds.map((kind, index) => {
        const alpha = this.alphaOf(kind)
        return this.parts.obtain(`minima ${index}`, [components, kind, alpha, fixedSigma], () =>
          localMinima(kind, components, { alpha, fixedSigma }),
        )
      })
    return this.landscapeWork.work(left)
  }

  protected pointOf([mu, logSigma]: Float32Array): Gaussian {
    return { mu, sigma: Math.exp(logSigma), logSigma }
  }

  protected distance({ mu, logSigma }: Gaussian, { mu: to, sigma }: Optimum): number {
    return Math.hypot((mu - to) / sigma, Math.SQRT2 * (logSigma - Math.log(sigma)))
  }

  protected valueOf(kind: Divergence, { mu, sigma }: Gaussian): number {
    return divergence(kind, this.components, mu, sigma, this.values.alpha).value
  }

  metrics(state: DescentState) {
    const { components, moment } = this
    const { fits } = this.measured(state)
    const [forward, reverse, third] = fits
    const outside = fits.map(({ mu, sigma }) => outsideMass(components, mu, sigma))
    return {
      ...this.commonMetrics(state),
      forwardMu: forward.mu,
      forwardSigma: forward.sigma,
      reverseMu: reverse.mu,
      reverseSigma: reverse.sigma,
      momentMu: moment.mu,
      momentSigma: moment.sigma,
      thirdMu: third?.mu ?? Number.NaN,
      thirdSigma: third?.sigma ?? Number.NaN,
      thirdValue: third?.value ?? Number.NaN,
      thirdDiverged: third?.divergedAt ?? -1,
      outsideMass: Math.max(...outside),
      basins: this.basins(state).map(({ mu, sigma, divergence, share }) => [mu, sigma, divergence, share]),
    }
  }

  data(state: DescentState): LineFrame {
    const fits = this.measured(state).fits.map(
      ({ mu, sigma, value, divergedAt }, index): LineFit => ({
        divergence: this.kinds[index],
        mu,
        sigma,
        value,
        diverged: divergedAt !== undefined,
        path: state.paths[index].points(),
        optima: this.optima[index] ?? [],
      }),
    )
    const { columns, coordinates } = this.setting.space
    const particles = new Float32Array(state.startCount * coordinates)
    for (let start = 0; start < state.startCount; start++)
      for (let axis = 0; axis < coordinates; axis++)
        particles[start * coordinates + axis] = state.starts[start * columns + axis]
    return {
      family: 'gaussian1d',
      components: this.components,
      forward: fits[0],
      reverse: fits[1],
      third: fits.at(2),
      landscape: this.landscapeWork.landscape,
      particles,
      ...this.commonData(state),
    }
  }
}
