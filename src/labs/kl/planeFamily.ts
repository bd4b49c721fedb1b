/** Fits in the plane: their objectives, frames and metrics. */
import type { Backend, PlaneComponent } from '../../compute/backend.ts'
import type { DescentFamily, DescentState } from './descentExperiment.ts'
import { type DescentRule, type FitSetting, FitTargets, planeSpace } from './fitSpace.ts'
import { FittedFamily, type Kind } from './fittedFamily.ts'
import type { PlaneFit, PlaneFrame, PlaneOptimum } from './frame.ts'
import { type Lower, planeLower, planeRow, planeStarts } from './lattice.ts'
import type { KlValues } from './parameters.ts'
import type { Parts } from './parts.ts'
import { planeLocalMinima } from './planeMinima.ts'
import { planeDivergence, planeMomentMatch } from './planeTheory.ts'
import { planeComponents } from './targets.ts'

type Gaussian = Pick<PlaneFit, 'mean' | 'covariance'>

const kinds: readonly Kind[] = ['forward', 'reverse']

/** Columns of a path's points for the frame: step, μx, μy, divergence. */
const shownColumns = [0, 1, 2, 1 + planeSpace.coordinates]

interface Factored extends Gaussian {
  /** L₁₁, L₂₁, L₂₂ of the covariance L Lᵀ. */
  readonly lower: Lower
}

const matrix = ([xx, xy, yy]: PlaneFit['covariance']) => [
  [xx, xy],
  [xy, yy],
]

/** The metrics' names. */
export type PlaneMetric = keyof ReturnType<PlaneFamily['metrics']>

export class PlaneFamily extends FittedFamily<Factored, PlaneOptimum, never> implements DescentFamily {
  readonly setting: FitSetting
  readonly shownRows: readonly (readonly number[])[]
  readonly startRows: Float32Array
  readonly startSource: unknown
  readonly preparation = 0
  protected readonly kinds = kinds
  protected readonly startKind = 'reverse'
  protected readonly components: readonly PlaneComponent[]
  private readonly diagonal: boolean
  /** L of the covariance if it stays fixed. */
  private readonly fixedLower: Lower | undefined
  private readonly moment: Gaussian

  constructor(
    backend: Backend,
    values: KlValues,
    private readonly parts: Parts,
  ) {
    super(values)
    const { mu0, mu0Y, sigma0, sigmaRatio0, rho0, starts, covariance, fixedSigma } = values
    const components = planeComponents(values)
    const create = (on: Backend) => on.createPlaneTarget(components)
    const targets = parts.obtain('target', components, () => new FitTargets(create))
    this.setting = { backend, space: planeSpace, targets }
    this.components = components
    this.diagonal = covariance === 'diagonal'
    this.moment = planeMomentMatch(components, this.diagonal)
    const lower = planeLower(sigma0, sigmaRatio0, this.diagonal ? 0 : rho0)
    this.fixedLower = fixedSigma ? lower : undefined
    this.shownRows = kinds.map(() => planeRow([mu0, mu0Y], lower))
    // a circle as large as the shown start, so that no direction is preferred
    const startLower = this.fixedLower ?? planeLower(Math.sqrt(lower[0] * lower[2]))
    this.startRows = planeStarts(starts, components, startLower)
    this.startSource = [components, starts, startLower, this.diagonal, fixedSigma]
  }

  protected ruleOf(divergence: Kind): DescentRule {
    const { optimizer, learningRate, fixedSigma } = this.values
    return { divergence, optimizer, learningRate, fixedSigma, diagonal: this.diagonal }
  }

  async prepare(): Promise<boolean> {
    const { components, diagonal, fixedLower } = this
    this.optima = kinds.map((kind) =>
      this.parts.obtain(`minima ${kind}`, [components, diagonal, fixedLower], () =>
        planeLocalMinima(kind, components, diagonal, fixedLower),
      ),
    )
    return true
  }

  /** The Gaussian of a row of the state. */
  protected pointOf([x, y, log11, l21, log22]: Float32Array): Factored {
    const [l11, l22] = [Math.exp(log11), Math.exp(log22)]
    return { mean: [x, y], covariance: [l11 ** 2, l11 * l21, l21 ** 2 + l22 ** 2], lower: [l11, l21, l22] }
  }

  protected valueOf(kind: Kind, { mean, covariance, lower }: Factored): number {
    return planeDivergence(kind, this.components, mean, covariance, lower)
  }

  /**
   * Distance from a minimum in the Fisher metric there: √(δᵀ Σ⁻¹ δ + ½ tr (Σ⁻¹ Δ)²), where δ and Δ are the differences
   * of mean and covariance.
   */
  protected distance(at: Gaussian, minimum: Gaussian): number {
    const [xx, xy, yy] = minimum.covariance
    const determinant = xx * yy - xy * xy
    const [dx, dy] = [at.mean[0] - minimum.mean[0], at.mean[1] - minimum.mean[1]]
    const [dxx, dxy, dyy] = at.covariance.map((entry, index) => entry - minimum.covariance[index])
    // Σ⁻¹ Δ, times the determinant
    const [a, b] = [yy * dxx - xy * dxy, yy * dxy - xy * dyy]
    const [c, d] = [xx * dxy - xy * dxx, xx * dyy - xy * dxy]
    const ofMean = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant
    return Math.sqrt(ofMean + (0.5 * (a * a + 2 * b * c + d * d)) / determinant ** 2)
  }

  metrics(state: DescentState) {
    const { moment } = this
    const [forward, reverse] = this.measured(state).fits
    return {
      ...this.commonMetrics(state),
      forwardMean: forward.mean,
      forwardCovariance: matrix(forward.covariance),
      reverseMean: reverse.mean,
      reverseCovariance: matrix(reverse.covariance),
      momentMean: moment.mean,
      momentCovariance: matrix(moment.covariance),
      basins: this.basins(state).map(({ mean, covariance, divergence, share }) => [
        mean,
        matrix(covariance),
        divergence,
        share,
      ]),
    }
  }

  data(state: DescentState): PlaneFrame {
    const [forward, reverse] = this.measured(state).fits.map(
      ({ mean, covariance, value, divergedAt }, index): PlaneFit => ({
        divergence: kinds[index],
        mean,
        covariance,
        value,
        diverged: divergedAt !== undefined,
        path: state.paths[index].points(shownColumns),
        optima: this.optima[index] ?? [],
      }),
    )
    const { columns } = this.setting.space
    const particles = new Float32Array(state.startCount * 5)
    for (let start = 0; start < state.startCount; start++) {
      const { mean, covariance } = this.pointOf(state.starts.subarray(start * columns, (start + 1) * columns))
      particles.set([...mean, ...covariance], start * 5)
    }
    return {
      family: 'gaussian2d',
      components: this.components,
      forward,
      reverse,
      particles,
      ...this.commonData(state),
    }
  }
}
