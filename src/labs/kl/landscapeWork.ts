/** An objective evaluated by the backend over a lattice of (μ, log σ), slice by slice. */
import { Pace, worthwhile } from '../common/pace.ts'
import { DividedRows } from './dividedRows.ts'
import { type DescentRule, divergenceColumn, type FitSetting } from './fitSpace.ts'
import type { Landscape } from './frame.ts'
import type { LineRegion } from './lattice.ts'

const columns = 64
const rows = 40

/** Width of the lattice beyond the starts on each side, as a share of their range. */
const margin = 0.08

function axis([from, to]: readonly [number, number], points: number): Float32Array {
  const beyond = margin * (to - from)
  const width = to - from + 2 * beyond
  return Float32Array.from({ length: points }, (_, index) => from - beyond + (index / (points - 1)) * width)
}

export class LandscapeWork {
  /** Present once all values are evaluated. */
  landscape: Landscape | undefined
  private readonly mu: Float32Array
  private readonly logSigma: Float32Array
  private points: DividedRows | undefined
  private done = 0
  private readonly pace: Pace

  constructor(
    private readonly setting: FitSetting,
    private readonly rule: DescentRule,
    region: LineRegion,
  ) {
    this.mu = axis(region.mu, columns)
    this.logSigma = axis(region.logSigma, rows)
    this.pace = new Pace(setting.backend, setting.space.firstPace)
  }

  /** Share of the lattice that is evaluated. */
  get share(): number {
    return this.done / (rows * columns)
  }

  /** Works while `left` returns enough time, but at least one slice. True once all is done. */
  async work(left: () => number): Promise<boolean> {
    while (!this.landscape) {
      await this.slice(left)
      if (!worthwhile(left())) break
    }
    return this.landscape !== undefined
  }

  private async slice(left: () => number): Promise<void> {
    const { pace } = this
    await pace.turn()
    if (this.done === rows * columns) {
      await pace.arrival()
      return
    }
    const points = (this.points ??= new DividedRows(this.setting, this.lattice()))
    const rest = rows * columns - this.done
    const fits = Math.min(rest, pace.units(left(), rest))
    points.fit({ ...this.rule, firstFit: this.done, fits, steps: 0 })
    this.done += fits
    if (this.done < rows * columns) return pace.sent(fits, points.finished())
    const values = points.read()
    this.dispose()
    await pace.sent(fits, values, (state) => {
      this.landscape = this.read(state)
    })
  }

  private lattice(): Float32Array {
    const { columns: width } = this.setting.space
    const state = new Float32Array(rows * columns * width)
    for (let point = 0; point < rows * columns; point++) {
      state[point * width] = this.mu[point % columns]
      state[point * width + 1] = this.logSigma[Math.floor(point / columns)]
    }
    return state
  }

  /** Values from the state; the backend gives χ² as ln(1 + χ²). */
  private read(state: Float32Array): Landscape {
    const { divergence } = this.rule
    const { space } = this.setting
    const { mu, logSigma } = this
    const values = Float32Array.from({ length: rows * columns }, (_, point) => {
      const value = state[point * space.columns + divergenceColumn(space)]
      return divergence === 'chiSquared' ? Math.expm1(value) : value
    })
    return { divergence, mu, logSigma, values }
  }

  dispose(): void {
    this.points?.dispose()
    this.points = undefined
  }
}
