/** What fits on the line and in the plane have in common: their minima, and the numbers of one step. */
import type { Divergence } from '../../compute/backend.ts'
import type { DescentState } from './descentExperiment.ts'
import type { DescentRule, FitSetting } from './fitSpace.ts'
import type { KlValues } from './parameters.ts'

/** The numbers of a shown fit at one step, in float64. */
type Measured<Point> = Point & {
  /** The fit's own objective. */
  readonly value: number
  readonly divergedAt: number | undefined
}

export type Kind<Third extends Divergence = never> = 'forward' | 'reverse' | Third

interface Measurements<Point> {
  readonly of: DescentState['shown']
  readonly fits: readonly Measured<Point>[]
  /** Both KLs at both KLs' fits. */
  readonly kls: Readonly<Record<'forwardKl' | 'reverseKl' | 'forwardReverseKl' | 'reverseForwardKl', number>>
}

/** A fit is a `Point`, a local minimum of an objective a `Minimum`. `Third` are the objectives beside the two KLs. */
export abstract class FittedFamily<Point extends object, Minimum extends object, Third extends Divergence> {
  abstract readonly setting: FitSetting
  /** Objectives of the shown fits: forward, reverse and, if chosen, a third one. */
  protected abstract readonly kinds: readonly Kind<Third>[]
  protected abstract readonly startKind: Kind<Third>
  protected abstract readonly components: readonly object[]
  /** Local minima of each of `kinds`. */
  protected optima: readonly (readonly Minimum[])[] = []
  private measurements: Measurements<Point> | undefined

  constructor(public values: KlValues) {}

  /** The fit of a row of the state. */
  protected abstract pointOf(row: Float32Array): Point
  /** Distance from a minimum in the Fisher metric there. */
  protected abstract distance(at: Point, minimum: Minimum): number
  protected abstract valueOf(kind: Kind<Third>, at: Point): number
  protected abstract ruleOf(kind: Kind<Third>): DescentRule

  rule(index: number | 'starts'): DescentRule {
    return this.ruleOf(index === 'starts' ? this.startKind : this.kinds[index])
  }

  get componentCount(): number {
    return this.components.length
  }

  private get startMinima(): readonly Minimum[] {
    return this.optima[this.kinds.indexOf(this.startKind)]
  }

  get minimumCount(): number {
    return this.startMinima.length
  }

  distances = (row: Float32Array): readonly number[] => this.distancesTo(this.startMinima, row)

  shownDistance(index: number, row: Float32Array): number {
    return Math.min(...this.distancesTo(this.optima[index], row))
  }

  private distancesTo(minima: readonly Minimum[], row: Float32Array): readonly number[] {
    const at = this.pointOf(row)
    return minima.map((minimum) => this.distance(at, minimum))
  }

  protected measured(state: DescentState): Measurements<Point> {
    if (this.measurements?.of === state.shown) return this.measurements
    const fits = state.shown.map(({ row, divergedAt }, index) => {
      const at = this.pointOf(row)
      return { ...at, value: this.valueOf(this.kinds[index], at), divergedAt }
    })
    const [forward, reverse] = fits
    const kls = {
      forwardKl: forward.value,
      reverseKl: reverse.value,
      forwardReverseKl: this.valueOf('reverse', forward),
      reverseForwardKl: this.valueOf('forward', reverse),
    }
    this.measurements = { of: state.shown, fits, kls }
    return this.measurements
  }

  /** The minima of the starts' objective with the shares of the starts, once these are known. */
  protected basins({ shares }: DescentState): readonly (Minimum & { readonly share: number })[] {
    return shares ? this.startMinima.map((minimum, index) => ({ ...minimum, share: shares[index] })) : []
  }

  protected commonMetrics(state: DescentState) {
    const { fits, kls } = this.measured(state)
    const { targets, backend } = this.setting
    const [forwardDiverged, reverseDiverged] = fits.map(({ divergedAt }) => divergedAt ?? -1)
    return {
      ...kls,
      forwardDiverged,
      reverseDiverged,
      step: state.step,
      quadraturePoints: targets.on(backend).quadraturePoints,
      starts: state.startCount,
      startsDiverged: state.startsDiverged,
      followed: state.followed,
      rest: state.rest ? [state.rest.diverged, state.rest.held, state.rest.moving] : [],
    }
  }

  /** The parts of a frame that do not depend on the fits. */
  protected commonData(state: DescentState) {
    return {
      particleBasins: state.basins,
      basins: this.basins(state),
      rest: state.rest,
      followed: state.followed,
      cutShort: state.cutShort,
    }
  }
}
