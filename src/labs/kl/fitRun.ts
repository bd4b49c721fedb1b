/** The clock of a run: the shown fits and the many starts descend together, every step of all of them. */
import type { Tensor } from '../../compute/backend.ts'
import { Pace, worthwhile } from '../pace.ts'
import { type DescentRule, divergenceColumn, type FitSetting, updatesColumn } from './fitSpace.ts'
import { ThinnedPath } from './thinnedPath.ts'

/** Most updates in one go: the shown fits' history of them is kept. */
const longestStride = 128

/** A fit that is shown, as it is at the current step. */
export interface ShownFit {
  /** Its row of the state. */
  readonly row: Float32Array
  /** Last step at which it was finite, where its next point would not have been. */
  readonly divergedAt: number | undefined
}

export class FitRun {
  step = 0
  readonly paths: readonly ThinnedPath[]
  shown: readonly ShownFit[]
  readonly starts: number
  private shownState: Tensor
  private startState: Tensor | undefined
  /** The rows of the starts as last read, and the step at which. */
  private startRows: Float32Array
  private readAt = 0
  /** Steps that all fits do in one go, how many of the starts have, and what they descend by until they all have. */
  private stride = 0
  private done: number
  private rules: readonly DescentRule[] = []
  private history: Tensor | undefined
  /** The step at which the optimizer last began anew. */
  private origin = 0
  private optimizerChanged = false
  private readonly pace: Pace
  private begun = 0

  /**
   * @param shownRows rows of a state, one a shown fit
   * @param startRows rows of a state, one a start; may be empty
   * @param rule of the shown fit of this index, or of the starts
   */
  constructor(
    private readonly setting: FitSetting,
    shownRows: readonly (readonly number[])[],
    startRows: Float32Array,
    private readonly rule: (index: number | 'starts') => DescentRule,
  ) {
    const { backend, space } = setting
    const state = new Float32Array(shownRows.length * space.columns)
    for (const [index, row] of shownRows.entries()) state.set(row, index * space.columns)
    this.shownState = backend.upload(state, [shownRows.length, space.columns])
    this.starts = startRows.length / space.columns
    this.startRows = startRows
    this.startState = this.starts > 0 ? backend.upload(startRows, [this.starts, space.columns]) : undefined
    this.done = this.starts
    this.paths = shownRows.map(() => new ThinnedPath())
    this.shown = shownRows.map((_, index) => ({
      row: state.slice(index * space.columns, (index + 1) * space.columns),
      divergedAt: undefined,
    }))
    this.pace = new Pace(setting.space.firstPace)
  }

  /** All fits are at the current step. */
  get ready(): boolean {
    return this.stride === 0
  }

  /** Share of the steps under way that is done. */
  get progress(): number {
    return this.ready ? 1 : this.done / Math.max(1, this.starts)
  }

  /** The optimizer was changed: it begins anew, without the moments of the other, where the fits are. */
  restartOptimizer(): void {
    this.optimizerChanged = true
  }

  /** The divergence at the start, so that the first point of every path has one. */
  async evaluate(): Promise<void> {
    this.evaluateShown()
    await this.readShown()
  }

  /** Steps up to `last` while `left` says that there is time, at least one slice where anything is to do. */
  async advance(last: number, left: () => number): Promise<void> {
    while (!this.ready || this.step < last) {
      if (this.ready) await this.begin(last - this.step, left())
      await this.slice(left())
      if (!worthwhile(left())) return
    }
  }

  private async begin(due: number, milliseconds: number): Promise<void> {
    const { backend, space, target } = this.setting
    if (this.optimizerChanged) await this.forgetMoments()
    this.begun = performance.now()
    const fits = this.starts + this.shown.length
    this.stride = Math.min(due, longestStride, Math.max(1, Math.floor(this.pace.units(milliseconds) / fits)))
    this.rules = [...this.shown.keys(), 'starts' as const].map((index) => this.rule(index))
    this.history = backend.createTensor([this.stride, this.shown.length, space.historyColumns])
    for (const index of this.shown.keys())
      space.fit(backend, {
        ...this.rules[index],
        target,
        state: this.shownState,
        firstFit: index,
        fits: 1,
        steps: this.stride,
        history: this.history,
      })
    this.evaluateShown()
    this.done = 0
    this.step += this.stride
  }

  /** Queued: the divergence at the present points. */
  private evaluateShown(): void {
    const { backend, space, target } = this.setting
    for (const index of this.shown.keys())
      space.fit(backend, {
        ...this.rule(index),
        target,
        state: this.shownState,
        firstFit: index,
        fits: 1,
        steps: 0,
      })
  }

  /** Some of the starts through the stride; ends it once they all are. */
  private async slice(milliseconds: number): Promise<void> {
    const { backend, space, target } = this.setting
    const begin = this.done === 0 ? this.begun : performance.now()
    const budget = this.pace.units(milliseconds) / this.stride
    const fits = Math.min(this.starts - this.done, Math.max(1, Math.floor(budget)))
    if (this.startState && fits > 0)
      space.fit(backend, {
        ...this.rules[this.shown.length],
        target,
        state: this.startState,
        firstFit: this.done,
        fits,
        steps: this.stride,
      })
    const units = (fits + (this.done === 0 ? this.shown.length : 0)) * this.stride
    this.done += fits
    if (this.done < this.starts) await backend.finished()
    else await this.end()
    this.pace.note(units, performance.now() - begin)
  }

  private async end(): Promise<void> {
    const { backend, space } = this.setting
    const history = this.history as Tensor
    const points = (await backend.read(history)) as Float32Array
    history.dispose()
    this.history = undefined
    await this.readShown((index, step) => {
      const offset = ((step - (this.step - this.stride)) * this.shown.length + index) * space.historyColumns
      return points.subarray(offset, offset + space.coordinates + 1)
    })
    this.stride = 0
  }

  /** The shown fits as they are; their paths grow by `pointAt` the steps of the stride, and by the present point. */
  private async readShown(pointAt?: (index: number, step: number) => Float32Array): Promise<void> {
    const { space } = this.setting
    const state = (await this.setting.backend.read(this.shownState)) as Float32Array
    const before = this.shown
    this.shown = before.map(({ divergedAt }, index) => {
      const row = state.slice(index * space.columns, (index + 1) * space.columns)
      const updates = row[updatesColumn(space)]
      return { row, divergedAt: divergedAt ?? (updates < 0 ? this.origin - 1 - updates : undefined) }
    })
    for (const [index, { row, divergedAt }] of this.shown.entries()) {
      if (before[index].divergedAt !== undefined) continue
      const last = divergedAt ?? this.step
      const path = this.paths[index]
      if (pointAt)
        for (let step = this.step - this.stride; step < last; step++)
          path.add([step, ...pointAt(index, step)])
      path.add([last, ...row.subarray(0, space.coordinates), row[divergenceColumn(space)]])
    }
  }

  /** The rows of the starts at the current step (of those that are there, while it is under way). */
  async readStarts(): Promise<Float32Array> {
    const { backend } = this.setting
    if (this.startState && (this.readAt !== this.step || !this.ready)) {
      this.startRows = (await backend.read(this.startState)) as Float32Array
      this.readAt = this.ready ? this.step : -1
    }
    return this.startRows
  }

  /** The fits stay where they are, their moments and updates at 0; those that diverged stay so. */
  private async forgetMoments(): Promise<void> {
    this.shownState = await this.withoutMoments(this.shownState)
    if (this.startState) this.startState = await this.withoutMoments(this.startState)
    this.origin = this.step
    this.optimizerChanged = false
  }

  /** A new state in place of this one. */
  private async withoutMoments(state: Tensor): Promise<Tensor> {
    const { backend, space } = this.setting
    const rows = (await backend.read(state)) as Float32Array
    for (let at = 0; at < rows.length; at += space.columns) {
      rows.fill(0, at + space.coordinates, at + divergenceColumn(space))
      const updates = at + updatesColumn(space)
      rows[updates] = Math.min(0, rows[updates])
    }
    state.dispose()
    return backend.upload(rows, state.shape)
  }

  dispose(): void {
    this.shownState.dispose()
    this.startState?.dispose()
    this.history?.dispose()
  }
}
