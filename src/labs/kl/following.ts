/** Follows many starts ahead to the minima in which they end, slice by slice. Starts that have arrived are left out. */
import { Pace, worthwhile } from '../common/pace.ts'
import { DividedRows } from './dividedRows.ts'
import { type DescentRule, type FitSetting, updatesColumn } from './fitSpace.ts'
import { type Rest, unknownBasin } from './frame.ts'

/** Updates between two checks for arrived starts. */
const stretch = 32

/** Updates after which starts that have not settled are given up. */
const mostUpdates = 3008

/** A start has settled if no entry of its gradient is above this … */
const gradientTolerance = 1e-4

/** … or if it lies this near to the same minimum in two checks in a row: float32 may resolve no gradient there. */
const near = 0.01

/** A settled start ends in a minimum within this distance. Farther off (a plateau, a saddle) it ends in none. */
const reach = 0.1

/** Distances of a row's point to the local minima, in the Fisher metric there: in standard deviations. */
export type DistancesToMinima = (point: Float32Array) => readonly number[]

export class Following {
  /** [starts]: index of the local minimum in which each start ends, or `unknownBasin`. */
  readonly basins: Uint8Array
  private readonly lastNear: Uint8Array
  private diverged = 0
  /** The starts still under way, and their rows. */
  private active: number[]
  private rows: Float32Array
  private divided: DividedRows | undefined
  /** Rows done in the present stretch. */
  private done = 0
  private updates = 0
  /** Resolves when the arrived starts of the last stretch are known. */
  private looking: Promise<void> | undefined
  /** Milliseconds of the work so far. */
  took = 0
  private readonly pace: Pace

  /** @param rows rows of the state with the present points of the starts */
  constructor(
    private readonly setting: FitSetting,
    private readonly rule: DescentRule,
    rows: Float32Array,
  ) {
    const count = rows.length / setting.space.columns
    this.rows = rows
    this.basins = new Uint8Array(count).fill(unknownBasin)
    this.lastNear = new Uint8Array(count).fill(unknownBasin)
    this.active = Array.from({ length: count }, (_, start) => start)
    this.pace = new Pace(setting.backend, setting.space.firstPace)
  }

  get complete(): boolean {
    return this.active.length === 0 || this.updates >= mostUpdates
  }

  /** Share of the starts that are followed to their ends. */
  get share(): number {
    return this.complete ? 1 : 1 - this.active.length / this.basins.length
  }

  /** Share of the starts that end in each of the minima. */
  shares(minima: number): number[] {
    const counts = new Array<number>(minima).fill(0)
    for (const basin of this.basins) if (basin !== unknownBasin) counts[basin]++
    return counts.map((count) => count / this.basins.length)
  }

  /** Shares of the starts that end in no minimum. With those of the minima they sum to 1. */
  get rest(): Rest {
    const count = this.basins.length
    const still = this.active.length
    const lost = this.basins.reduce((sum, basin) => sum + (basin === unknownBasin ? 1 : 0), 0)
    const held = lost - still - this.diverged
    return { diverged: this.diverged / count, held: held / count, moving: still / count }
  }

  /** Changes when more is known. */
  get news(): number {
    return this.updates
  }

  /** Whether the check for arrived starts is under way: no other work is possible until then. */
  get waiting(): boolean {
    return this.looking !== undefined
  }

  /** Works while `left` returns enough time, but at least one slice. */
  async work(left: () => number, distances: DistancesToMinima): Promise<void> {
    do {
      await this.looking
      if (!this.complete) await this.slice(left, distances)
    } while (!this.waiting && !this.complete && worthwhile(left()))
  }

  private async slice(left: () => number, distances: DistancesToMinima): Promise<void> {
    const { pace } = this
    await pace.turn()
    if (this.done === 0 && this.divided?.outdated) this.release()
    const divided = (this.divided ??= new DividedRows(this.setting, this.rows))
    const rest = this.active.length - this.done
    const budget = pace.units(left(), rest * stretch) / stretch
    const fits = Math.min(rest, Math.max(1, Math.floor(budget)))
    divided.fit({ ...this.rule, firstFit: this.done, fits, steps: stretch, tolerance: gradientTolerance })
    this.done += fits
    const take = (_: unknown, milliseconds: number) => {
      this.took += milliseconds
    }
    if (this.done < this.active.length) return pace.sent(fits * stretch, divided.finished(), take)
    const looked = divided.read().then((after) => this.look(after, distances))
    this.looking = looked
    await pace.sent(fits * stretch, looked, take)
  }

  /** Ends the stretch: arrived starts are left out of the next one. */
  private look(after: Float32Array, distances: DistancesToMinima): void {
    const { space } = this.setting
    this.looking = undefined
    const stay: number[] = []
    for (const index of this.active.keys()) {
      const row = after.subarray(index * space.columns, (index + 1) * space.columns)
      if (!this.arrived(index, row, distances(row))) stay.push(index)
    }
    this.done = 0
    this.updates += stretch
    if (stay.length < this.active.length) {
      this.rows = new Float32Array(stay.length * space.columns)
      for (const [place, index] of stay.entries())
        this.rows.set(
          after.subarray(index * space.columns, (index + 1) * space.columns),
          place * space.columns,
        )
      this.active = stay.map((index) => this.active[index])
      this.release()
    } else this.rows = after
    if (this.complete) this.release()
  }

  /** Whether this row's start needs no more following. Notes the minimum in which it ended. */
  private arrived(index: number, row: Float32Array, distances: readonly number[]): boolean {
    const { space } = this.setting
    const start = this.active[index]
    const updates = row[updatesColumn(space)]
    if (updates < 0) {
      this.diverged++
      return true
    }
    // an update is left out where the gradient is below the tolerance
    const settled = updates - this.rows[index * space.columns + updatesColumn(space)] < stretch
    const nearest = distances.indexOf(Math.min(...distances))
    const distance = distances[nearest] ?? Number.POSITIVE_INFINITY
    const close = distance < near ? nearest : unknownBasin
    const stayed = close !== unknownBasin && close === this.lastNear[start]
    this.lastNear[start] = close
    if (!settled && !stayed) return false
    if (distance < reach) this.basins[start] = nearest
    return true
  }

  private release(): void {
    this.divided?.dispose()
    this.divided = undefined
  }

  dispose(): void {
    this.release()
  }
}
