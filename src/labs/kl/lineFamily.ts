/** Fits on the line: their objectives, frames and metrics. */
import type { Backend, Divergence, MixtureComponent } from '../../compute/backend.ts'
import type { DescentFamily, DescentState } from './descentExperiment.ts'
import { type DescentRule, type FitSetting, lineSpace } from './fitSpace.ts'
import type { Basin, LineFit, LineFrame, Optimum } from './frame.ts'
import { LandscapeWork } from './landscapeWork.ts'
import { lineRegion, lineStarts } from './lattice.ts'
import { localMinima } from './minima.ts'
import type { KlValues } from './parameters.ts'
import type { Parts } from './parts.ts'
import { lineComponents } from './targets.ts'
import { divergence, leastChiSquaredSigma, momentMatch, outsideMass } from './theory.ts'

/** The numbers of a shown fit at one step, in float64. */
interface Measured {
  readonly mu: number
  readonly sigma: number
  /** The fit's own objective. */
  readonly value: number
  readonly divergedAt: number | undefined
}

type FitMetric =
  | 'forwardMu'
  | 'forwardSigma'
  | 'forwardKl'
  | 'reverseMu'
  | 'reverseSigma'
  | 'reverseKl'
  | 'forwardReverseKl'
  | 'reverseForwardKl'
  | 'momentMu'
  | 'momentSigma'
  | 'thirdMu'
  | 'thirdSigma'
  | 'thirdValue'
  | 'forwardDiverged'
  | 'reverseDiverged'
  | 'thirdDiverged'
  | 'outsideMass'

interface Measurements {
  readonly of: DescentState['shown']
  readonly fits: readonly Measured[]
  readonly metrics: Readonly<Record<FitMetric, number>>
}

/** Distance from a minimum in the Fisher metric there. */
const distance = ([mu, logSigma]: Float32Array, { mu: to, sigma }: Optimum) =>
  Math.hypot((mu - to) / sigma, Math.SQRT2 * (logSigma - Math.log(sigma)))

/** The metrics' names. */
export type LineMetric = keyof ReturnType<LineFamily['metrics']>

export class LineFamily implements DescentFamily {
  readonly setting: FitSetting
  readonly shownRows: readonly (readonly number[])[]
  readonly startRows: Float32Array
  readonly startSource: unknown
  private readonly components: readonly MixtureComponent[]
  private readonly moment: { readonly mu: number; readonly sigma: number }
  /** Objectives of the shown fits: forward, reverse and, if chosen, a third one. */
  private readonly kinds: readonly Divergence[]
  private readonly startKind: Divergence
  private readonly fixedSigma: number | undefined
  private readonly landscapeWork: LandscapeWork
  /** Local minima of each of `kinds`. */
  private optima: readonly (readonly Optimum[])[] = []
  private measurements: Measurements | undefined

  constructor(
    backend: Backend,
    public values: KlValues,
    private readonly parts: Parts,
  ) {
    const { third, basinsThird, mu0, sigma0, starts } = values
    const components = lineComponents(values)
    const target = parts.obtain('target', components, () => backend.createFitTarget(components))
    this.setting = { backend, space: lineSpace, target }
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

  private ruleOf(kind: Divergence): DescentRule {
    const { optimizer, learningRate, fixedSigma } = this.values
    return { divergence: kind, alpha: this.alphaOf(kind), optimizer, learningRate, fixedSigma }
  }

  rule(index: number | 'starts'): DescentRule {
    return this.ruleOf(index === 'starts' ? this.startKind : this.kinds[index])
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

  get componentCount(): number {
    return this.components.length
  }

  private get startMinima(): readonly Optimum[] {
    return this.optima[this.kinds.indexOf(this.startKind)]
  }

  get minimumCount(): number {
    return this.startMinima.length
  }

  distances = (point: Float32Array): readonly number[] =>
    this.startMinima.map((minimum) => distance(point, minimum))

  shownDistance(index: number, point: Float32Array): number {
    return Math.min(...this.optima[index].map((minimum) => distance(point, minimum)))
  }

  private measured(state: DescentState): Measurements {
    if (this.measurements?.of === state.shown) return this.measurements
    const { components, kinds, moment } = this
    const value = (kind: Divergence, { mu, sigma }: { mu: number; sigma: number }) =>
      divergence(kind, components, mu, sigma, this.values.alpha).value
    const fits = state.shown.map(({ row, divergedAt }, index) => {
      const point = { mu: row[0], sigma: Math.exp(row[1]) }
      return { ...point, value: value(kinds[index], point), divergedAt }
    })
    const [forward, reverse, third] = fits
    const outside = fits.map(({ mu, sigma }) => outsideMass(components, mu, sigma))
    const metrics = {
      forwardMu: forward.mu,
      forwardSigma: forward.sigma,
      forwardKl: forward.value,
      reverseMu: reverse.mu,
      reverseSigma: reverse.sigma,
      reverseKl: reverse.value,
      forwardReverseKl: value('reverse', forward),
      reverseForwardKl: value('forward', reverse),
      momentMu: moment.mu,
      momentSigma: moment.sigma,
      thirdMu: third?.mu ?? Number.NaN,
      thirdSigma: third?.sigma ?? Number.NaN,
      thirdValue: third?.value ?? Number.NaN,
      forwardDiverged: forward.divergedAt ?? -1,
      reverseDiverged: reverse.divergedAt ?? -1,
      thirdDiverged: third?.divergedAt ?? -1,
      outsideMass: Math.max(...outside),
    }
    this.measurements = { of: state.shown, fits, metrics }
    return this.measurements
  }

  private basins({ shares }: DescentState): readonly Basin[] {
    return shares ? this.startMinima.map((minimum, index) => ({ ...minimum, share: shares[index] })) : []
  }

  metrics(state: DescentState) {
    return {
      ...this.measured(state).metrics,
      basins: this.basins(state).map(({ mu, sigma, divergence, share }) => [mu, sigma, divergence, share]),
      step: state.step,
      quadraturePoints: this.setting.target.quadraturePoints,
      starts: state.startCount,
      startsDiverged: state.startsDiverged,
      followed: state.followed,
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
      particleBasins: state.basins,
      basins: this.basins(state),
      followed: state.followed,
      cutShort: state.cutShort,
    }
  }
}
