/**
 * The run on the line or in the plane: shown fits and many starts on one clock, and beside it the starts followed
 * ahead to the minima that they end in. What is shown of it is up to the family.
 */
import type { Experiment, FrameContent, Metrics } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { FitRun, type ShownFit } from './fitRun.ts'
import { type DescentRule, type FitSetting, updatesColumn } from './fitSpace.ts'
import { type DistancesToMinima, Following } from './following.ts'
import { type KlFrame, unknownBasin } from './frame.ts'
import { type KlValues, typed } from './parameters.ts'
import type { Parts } from './parts.ts'
import type { ThinnedPath } from './thinnedPath.ts'

/** Steps between two looks at whether the shown fits have come to rest. */
const lookEvery = 128

/** They have once all are this near to a minimum, in its standard deviations … */
const restDistance = 2e-4

/**
 * … or come no nearer, by this much from one look to the next, where they are near already: the minima of the
 * backends' quadrature lie beside those of float64.
 */
const restChange = 1e-5
const nearDistance = 1e-2

/** Playing ends then, or after this many steps, counted from the last change of what they descend by. */
const mostSteps = 8192

/** While steps are due, milliseconds for following the starts to one of theirs. */
const followingShare = 1 / 2

/** Everything that a frame or a metric is made from. */
export interface DescentState {
  readonly step: number
  readonly shown: readonly ShownFit[]
  readonly paths: readonly ThinnedPath[]
  /** Rows of a state, one a start. */
  readonly starts: Float32Array
  readonly startCount: number
  readonly startsDiverged: number
  /** [starts]: index into the local minima of what the starts descend, or `unknownBasin`. */
  readonly basins: Uint8Array<ArrayBuffer>
  /** Share of the starts that end in each of the local minima, once all are followed. */
  readonly shares: readonly number[] | undefined
  readonly followed: number
  /** Playing ended before the shown fits were at rest. */
  readonly cutShort: boolean
}

/** What the families differ in. */
export interface DescentFamily {
  readonly setting: FitSetting
  /** Live parameters are written here. */
  values: KlValues
  /** Rows of a state where the shown fits start. */
  readonly shownRows: readonly (readonly number[])[]
  /** Rows of a state where the many starts lie. */
  readonly startRows: Float32Array
  /** What decides the place of the starts and their ends, beside the rule they descend by. */
  readonly startSource: unknown
  /** How many local minima what the starts descend has. */
  readonly minimumCount: number
  readonly distances: DistancesToMinima
  /** The same of the shown fit of this index, to the nearest minimum of its own objective; Infinity without one. */
  shownDistance(index: number, point: Float32Array): number
  /** What the shown fit of this index, or the starts, descend by now. */
  rule(index: number | 'starts'): DescentRule
  /** Works on what the first frame shows beside the fits while there is time; true once it is there. */
  prepare(left: () => number): Promise<boolean>
  /** Share of it that is done. */
  readonly preparation: number
  data(state: DescentState): KlFrame
  metrics(state: DescentState): Metrics
}

export class DescentExperiment implements Experiment {
  complete = false
  private mostSteps = mostSteps
  /** The step at which the shown fits were at rest; and where they were at the latest look. */
  private restedAt: number | undefined
  /** The step of the latest look: what is asked for again without a step in between has not come to rest by that. */
  private lookedAt: number | undefined
  private looks: readonly { readonly point: Float32Array; readonly distance: number }[] = []
  private readonly run: FitRun
  private following: Following | undefined
  /** From this step on everything descends by the present rule. */
  private ruleSince = 0
  /** Milliseconds that the steps before the starts are followed had taken. */
  private tookBefore = 0
  /** Changes of the rule. */
  private changes = 0
  /** What the first frame shows beside the fits is there. */
  private prepared = false
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

  /** The divergence where the shown fits start. */
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

  get ready(): boolean {
    return this.prepared
  }

  get progress(): number {
    return this.prepared ? 1 : this.family.preparation
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
    this.prepared ||= await this.family.prepare(left)
    if (!this.prepared) return
    if (this.followingDue(steps > 0)) {
      if (!this.following)
        this.follow(['from step', this.step, this.family.rule('starts')], this.run.startRows)
      await this.following?.work(left, this.family.distances)
    } else await this.runTo(last, left)
    this.complete = this.ready && this.run.settled && this.followed === 1
  }

  /** Whether it is the turn of following the starts. */
  private followingDue(stepsToo: boolean): boolean {
    if (this.followed === 1 || this.step < this.ruleSince) return false
    if (!stepsToo) return this.run.settled
    const { following, run } = this
    return !following?.waiting && (following?.took ?? 0) < followingShare * (run.took - this.tookBefore)
  }

  /** As far as there is time, and not beyond the step at which the shown fits turn out to be at rest. */
  private async runTo(last: number, left: () => number): Promise<void> {
    const { run, restedAt } = this
    // while one look is waited for, the fits go on to the next
    const nextLook = () => (Math.floor(this.step / lookEvery) + 2) * lookEvery
    await run.advance(() => (this.restedAt === restedAt ? Math.min(last, nextLook()) : this.step), left)
    if (run.settled) this.look()
  }

  /** Ends playing where the shown fits are at rest: what they did beyond it is taken back. */
  private look(): void {
    const due = this.step % lookEvery === 0 && this.step !== this.lookedAt
    if (!due || this.restedAt !== undefined) return
    if (this.atRest()) this.run.takeBack()
  }

  /** Looks whether every shown fit lies in a minimum, has diverged, or does not move at all. */
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

  /** Follows the starts from these rows on; what a former run followed from the same source stays right. */
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

  /** Optimizer and learning rate count from the present points on, for the starts and for where they end. */
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
      shares: this.prepared && following?.complete ? following.shares(family.minimumCount) : undefined,
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

  /** The next run took over what stays right. */
  handOver(): Parts {
    this.handedOver = true
    return this.parts
  }

  /** Whether a run of this family may take over. */
  serves(family: KlValues['family']): boolean {
    return this.family.values.family === family
  }

  dispose(): void {
    this.run.dispose()
    if (!this.handedOver) this.parts.dispose()
  }
}

/** What is made anew for every frame. */
function buffers(frame: KlFrame): Transferable[] {
  if (frame.family === 'uniform') return []
  const third = frame.family === 'gaussian1d' ? frame.third : undefined
  const fits = [frame.forward, frame.reverse, ...(third ? [third] : [])]
  return [frame.particles, frame.particleBasins, ...fits.map(({ path }) => path)].map(({ buffer }) => buffer)
}
