/**
 * A run on the line or in the plane: shown fits and many starts descend step by step together. Beside that, the starts
 * are followed ahead to the minima in which they end. The family decides what is shown.
 */
import type { Experiment, FrameContent, Metrics } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { FitRun, type ShownFit } from './fitRun.ts'
import { type DescentRule, type FitSetting, updatesColumn } from './fitSpace.ts'
import { type DistancesToMinima, Following } from './following.ts'
import { type KlFrame, type Rest, unknownBasin } from './frame.ts'
import { type KlValues, typed } from './parameters.ts'
import type { Parts } from './parts.ts'
import type { ThinnedPath } from './thinnedPath.ts'

/** Steps between two checks whether the shown fits are at rest. */
const lookEvery = 128

/** The shown fits are at rest once all are this near to a minimum, in its standard deviations … */
const restDistance = 2e-4

/**
 * … or, near a minimum, change their distance by less than this from one check to the next: the minima of the backends'
 * quadrature differ slightly from the minima in float64.
 */
const restChange = 1e-5
const nearDistance = 1e-2

/** Playing ends at rest, or after this many steps, counted from the last change of the optimizer or learning rate. */
const mostSteps = 8192

/** While steps are due: milliseconds for following the starts, per millisecond for steps. */
const followingShare = 1 / 2

/** The state from which frames and metrics are made. */
export interface DescentState {
  readonly step: number
  readonly shown: readonly ShownFit[]
  readonly paths: readonly ThinnedPath[]
  /** Rows of the state, one a start. */
  readonly starts: Float32Array
  readonly startCount: number
  readonly startsDiverged: number
  /** [starts]: index into the local minima of the starts' objective, or `unknownBasin`. */
  readonly basins: Uint8Array<ArrayBuffer>
  /** Share of the starts that end in each local minimum, once all are followed. */
  readonly shares: readonly number[] | undefined
  /** The starts that end in no minimum, once all are followed. */
  readonly rest: Rest | undefined
  readonly followed: number
  /** Whether playing ended before the shown fits were at rest. */
  readonly cutShort: boolean
}

/** The parts of a run that differ between the families. */
export interface DescentFamily {
  readonly setting: FitSetting
  /** Updated when a live parameter changes. */
  values: KlValues
  /** Rows of the state for the starts of the shown fits. */
  readonly shownRows: readonly (readonly number[])[]
  /** Rows of the state for the many starts. */
  readonly startRows: Float32Array
  /** Everything that decides the starts and their ends, except the rule of descent. */
  readonly startSource: unknown
  /** Number of local minima of the starts' objective. */
  readonly minimumCount: number
  readonly distances: DistancesToMinima
  /** Distance of this shown fit to the nearest minimum of its own objective; Infinity if it has none. */
  shownDistance(index: number, point: Float32Array): number
  /** The present rule of descent of this shown fit, or of the starts. */
  rule(index: number | 'starts'): DescentRule
  /** Works on the other content of the first frame while there is time. True once all of it is ready. */
  prepare(left: () => number): Promise<boolean>
  /** Share of that work that is done. */
  readonly preparation: number
  data(state: DescentState): KlFrame
  metrics(state: DescentState): Metrics
}

export class DescentExperiment implements Experiment {
  /** Whether the content of the first frame is ready. */
  ready = false
  complete = false
  private mostSteps = mostSteps
  /** The step at which the shown fits were at rest. */
  private restedAt: number | undefined
  /** The step of the latest check. A second check at the same step does not show that the fits rest. */
  private lookedAt: number | undefined
  private looks: readonly { readonly point: Float32Array; readonly distance: number }[] = []
  private readonly run: FitRun
  private following: Following | undefined
  /** From this step on all fits descend by the present rule. */
  private ruleSince = 0
  /** Milliseconds of steps that do not count for the share of following. */
  private tookBefore = 0
  /** Number of changes of the rule. */
  private changes = 0
  private handedOver = false

  constructor(
    private readonly family: DescentFamily,
    private readonly parts: Parts,
  ) {
    const { setting, shownRows, startRows } = family
    this.run = new FitRun(
      setting,
      shownRows,
      startRows,
      (index) => family.rule(index),
      lookEvery,
      () => this.look(),
    )
    this.follow([family.startSource, family.rule('starts')], startRows)
  }

  /** Evaluates the divergence at the starts of the shown fits. */
  async begin(): Promise<this> {
    await this.run.evaluate()
    return this
  }

  get step(): number {
    return this.run.step
  }

  get lastStep(): number {
    return this.restedAt ?? this.mostSteps
  }

  get begun(): number {
    return this.run.begun
  }

  get progress(): number {
    return this.ready ? 1 : this.family.preparation
  }

  get news(): number {
    return this.run.news + this.changes + (this.following?.news ?? 0)
  }

  private get followed(): number {
    return this.run.starts === 0 ? 1 : (this.following?.share ?? 0)
  }

  async advance(steps: number, budget: number): Promise<void> {
    const begin = performance.now()
    const left = () => budget - (performance.now() - begin)
    const last = this.step + steps
    this.complete = false
    this.ready ||= await this.family.prepare(left)
    if (!this.ready) return
    if (this.followingDue(steps > 0)) {
      if (!this.following)
        this.follow(['from step', this.step, this.family.rule('starts')], this.run.startRows)
      await this.following?.work(left, this.family.distances)
    } else await this.runTo(last, left)
    this.complete = this.run.settled && this.followed === 1
  }

  /** Whether following the starts is the next work. */
  private followingDue(stepsToo: boolean): boolean {
    if (this.followed === 1 || this.step < this.ruleSince) return false
    if (!stepsToo) return this.run.settled
    const { following, run } = this
    return !following?.waiting && (following?.took ?? 0) < followingShare * (run.took - this.tookBefore)
  }

  /** Runs to `last` or as far as there is time, but not beyond the step at which the shown fits are at rest. */
  private async runTo(last: number, left: () => number): Promise<void> {
    const { run, restedAt } = this
    // while the answer for one check is on its way, the fits go on to the next
    const nextLook = () => (Math.floor(this.step / lookEvery) + 2) * lookEvery
    await run.advance(() => (this.restedAt === restedAt ? Math.min(last, nextLook()) : this.step), left)
    if (run.settled) this.look()
  }

  /** Ends playing where the shown fits are at rest, and takes back their steps beyond. */
  private look(): void {
    const due = this.step % lookEvery === 0 && this.step !== this.lookedAt
    if (!due || this.restedAt !== undefined) return
    if (this.atRest()) this.run.takeBack()
  }

  /** Checks whether every shown fit lies in a minimum, has diverged, or does not move at all. */
  private atRest(): boolean {
    const { family, run, looks: before } = this
    this.lookedAt = run.step
    this.looks = run.shown.map(({ row }, index) => {
      const point = row.subarray(0, family.setting.space.coordinates)
      return { point, distance: family.shownDistance(index, point) }
    })
    const all = this.looks.every(({ point, distance }, index) => {
      if (run.shown[index].divergedAt !== undefined || distance < restDistance) return true
      const last = before[index]
      if (!last) return false
      const stays = distance < nearDistance && Math.abs(distance - last.distance) < restChange
      return stays || point.every((entry, axis) => entry === last.point[axis])
    })
    if (all) this.restedAt = this.step
    return all
  }

  /** Follows the starts from these rows. Results that a former run got from the same source are kept. */
  private follow(source: unknown, rows: Float32Array): void {
    const { family } = this
    if (rows.length === 0) return
    this.following = this.parts.obtain(
      'following',
      source,
      () => new Following(family.setting, family.rule('starts'), rows),
    )
    this.tookBefore = this.run.took - this.following.took / followingShare
  }

  /** A new optimizer or learning rate applies from the present points on, to all fits and to the ends of the starts. */
  update(values: ParameterValues): void {
    const { family } = this
    const next = typed(values)
    const { optimizer, learningRate } = family.values
    if (next.optimizer === optimizer && next.learningRate === learningRate) return
    family.values = next
    if (next.optimizer !== optimizer) this.run.restartOptimizer()
    this.parts.forget('following')
    this.following = undefined
    this.restedAt = undefined
    this.lookedAt = undefined
    this.looks = []
    this.mostSteps = this.step + mostSteps
    this.complete = false
    this.ruleSince = this.run.begun
    this.changes++
  }

  private state(): DescentState {
    const { run, following, family } = this
    const starts = run.startRows
    const { columns } = family.setting.space
    const followed = this.ready && following?.complete ? following : undefined
    let startsDiverged = 0
    for (let at = updatesColumn(family.setting.space); at < starts.length; at += columns)
      if (starts[at] < 0) startsDiverged++
    return {
      step: run.step,
      shown: run.shown,
      paths: run.paths,
      starts,
      startCount: run.starts,
      startsDiverged,
      basins: following?.basins.slice() ?? new Uint8Array(run.starts).fill(unknownBasin),
      shares: followed?.shares(family.minimumCount),
      rest: followed?.rest,
      followed: this.followed,
      cutShort: this.restedAt === undefined && run.step >= this.mostSteps,
    }
  }

  async frame(): Promise<FrameContent<KlFrame>> {
    const state = this.state()
    const data = this.family.data(state)
    return { metrics: this.family.metrics(state), data, transfer: buffers(data) }
  }

  async metrics(): Promise<Metrics> {
    return this.family.metrics(this.state())
  }

  /** Gives the parts that are still valid to the next run. */
  handOver(): Parts {
    this.handedOver = true
    return this.parts
  }

  /** Whether a run of this family may take over the parts. */
  serves(family: KlValues['family']): boolean {
    return this.family.values.family === family
  }

  dispose(): void {
    this.run.dispose()
    if (!this.handedOver) this.parts.dispose()
  }
}

/** The buffers of the arrays that are made anew for every frame. */
function buffers(frame: KlFrame): Transferable[] {
  if (frame.family === 'uniform') return []
  const third = frame.family === 'gaussian1d' ? frame.third : undefined
  const fits = [frame.forward, frame.reverse, ...(third ? [third] : [])]
  return [frame.particles, frame.particleBasins, ...fits.map(({ path }) => path)].map(({ buffer }) => buffer)
}
