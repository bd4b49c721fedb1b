/** Steps of a run: the shown fits and the many starts descend together, the same number of steps. */
import type { Tensor } from '../../compute/backend.ts'
import { Pace, worthwhile } from '../common/pace.ts'
import { DividedRows } from './dividedRows.ts'
import { type DescentRule, divergenceColumn, type FitSetting, updatesColumn } from './fitSpace.ts'
import { ThinnedPath } from './thinnedPath.ts'

/** A shown fit at the current step. */
export interface ShownFit {
  /** Its row of the state. */
  readonly row: Float32Array
  /** Last step with a finite point, if the fit diverged after it. */
  readonly divergedAt: number | undefined
}

export class FitRun {
  /** Steps with known results; everything shown is of this step. */
  step = 0
  /** Steps that were sent, including those under way. */
  begun = 0
  readonly paths: readonly ThinnedPath[]
  shown: readonly ShownFit[]
  readonly starts: number
  /** Rows of the state, one a start. */
  startRows: Float32Array
  /** Counts arrived results. */
  news = 0
  /** Milliseconds taken by all steps so far. */
  took = 0
  private shownState: Tensor
  private startState: DividedRows | undefined
  /** Steps of the present stride, the number of starts already sent on it, and the rule until all starts are sent. */
  private stride = 0
  private done: number
  private startRule: DescentRule
  private history: Tensor | undefined
  /** The step at which the optimizer last restarted. */
  private origin = 0
  private optimizerChanged = false
  /** Counts calls that take steps back: results from before are ignored. */
  private takenBack = 0
  private readonly pace: Pace

  /**
   * @param shownRows rows of the state, one a shown fit
   * @param startRows rows of the state, one a start; may be empty
   * @param rule of the shown fit with this index, or of the starts
   * @param stridesEnd strides end at multiples of this many steps
   * @param arrived called after every stride
   */
  constructor(
    private readonly setting: FitSetting,
    shownRows: readonly (readonly number[])[],
    startRows: Float32Array,
    private readonly rule: (index: number | 'starts') => DescentRule,
    private readonly stridesEnd: number,
    private readonly arrived: () => void,
  ) {
    const { space } = setting
    const state = new Float32Array(shownRows.length * space.columns)
    for (const [index, row] of shownRows.entries()) state.set(row, index * space.columns)
    this.starts = startRows.length / space.columns
    this.startRows = startRows
    this.shownState = this.upload(state)
    this.startState = this.starts > 0 ? new DividedRows(setting, startRows) : undefined
    this.done = this.starts
    this.startRule = rule('starts')
    this.paths = shownRows.map(() => new ThinnedPath())
    this.shown = shownRows.map((_, index) => ({
      row: state.slice(index * space.columns, (index + 1) * space.columns),
      divergedAt: undefined,
    }))
    this.pace = new Pace(setting.backend, space.firstPace)
  }

  private upload(rows: Float32Array): Tensor {
    const { backend, space } = this.setting
    return backend.upload(rows, [rows.length / space.columns, space.columns])
  }

  /** Whether no fit is under way. */
  get settled(): boolean {
    return this.stride === 0 && this.step === this.begun
  }

  /** Restarts the optimizer after it was changed: at the present points, without the moments of the former one. */
  restartOptimizer(): void {
    this.optimizerChanged = true
  }

  /** Evaluates the divergence at the start, so that the first point of every path has one. */
  async evaluate(): Promise<void> {
    this.fitShown(0)
    this.takeShown((await this.setting.backend.read(this.shownState)) as Float32Array)
  }

  /**
   * Sends the fits on up to step `last()`, while `left` returns enough time, but at least one slice. Waits if there is
   * nothing to send.
   */
  async advance(last: () => number, left: () => number): Promise<void> {
    do {
      await this.pace.turn()
      const due = last() - this.begun
      if (this.stride === 0 && due <= 0) {
        if (this.settled || !(await this.pace.arrival())) return
        continue
      }
      if (this.stride === 0) await this.begin(due, left())
      await this.slice(left())
    } while (worthwhile(left()))
  }

  private async begin(due: number, milliseconds: number): Promise<void> {
    const { backend, space } = this.setting
    if (this.optimizerChanged) await this.forgetMoments()
    else if (this.startState?.outdated && this.settled) this.replaceStarts(this.startRows)
    const fits = this.starts + this.shown.length
    const most = Math.min(due, this.stridesEnd - (this.begun % this.stridesEnd))
    this.stride = Math.min(most, Math.max(1, Math.floor(this.pace.units(milliseconds) / fits)))
    this.startRule = this.rule('starts')
    this.history = backend.createTensor([this.stride, this.shown.length, space.historyColumns])
    this.fitShown(this.stride, this.history)
    this.fitShown(0)
    this.done = 0
  }

  /** Queues steps of the shown fits; 0 steps evaluate the divergence at the present points. */
  private fitShown(steps: number, history?: Tensor): void {
    const { backend, space, targets } = this.setting
    const [state, target] = [this.shownState, targets.on(backend)]
    for (const index of this.shown.keys())
      space.fit(backend, { ...this.rule(index), target, state, firstFit: index, fits: 1, steps, history })
  }

  /** Sends some of the starts through the stride, and ends it once all are sent. */
  private async slice(milliseconds: number): Promise<void> {
    const { stride, startState } = this
    const left = this.starts - this.done
    const budget = this.pace.units(milliseconds, left * stride) / stride
    const fits = Math.min(left, Math.max(1, Math.floor(budget)))
    if (startState && fits > 0)
      startState.fit({ ...this.startRule, firstFit: this.done, fits, steps: stride })
    const units = (fits + (this.done === 0 ? this.shown.length : 0)) * stride
    this.done += fits
    if (startState && this.done < this.starts)
      await this.pace.sent(units, startState.finished(), (_, milliseconds) => {
        this.took += milliseconds
      })
    else await this.end(units)
  }

  /** Reads the results of the stride; the next one may be queued behind it. */
  private async end(units: number): Promise<void> {
    const { backend, space } = this.setting
    const { stride, takenBack, startState } = this
    const history = this.history as Tensor
    const read = (tensor: Tensor) => backend.read(tensor) as Promise<Float32Array>
    const rows = Promise.all([read(history), read(this.shownState), startState?.read()])
    history.dispose()
    this.history = undefined
    this.stride = 0
    this.begun += stride
    await this.pace.sent(units, rows, ([points, shown, starts], milliseconds) => {
      this.took += milliseconds
      if (takenBack !== this.takenBack) return
      const first = this.step
      this.step += stride
      this.startRows = starts ?? this.startRows
      this.takeShown(
        shown,
        (index, step) => {
          const offset = ((step - first) * this.shown.length + index) * space.historyColumns
          return points.subarray(offset, offset + space.coordinates + 1)
        },
        first,
      )
      this.news++
      this.arrived()
    })
  }

  /** Takes the shown fits from `state`. Paths grow by the points of the steps from `first` on, and the present one. */
  private takeShown(
    state: Float32Array,
    pointAt?: (index: number, step: number) => Float32Array,
    first = this.step,
  ): void {
    const { space } = this.setting
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
      if (pointAt) for (let step = first; step < last; step++) path.add([step, ...pointAt(index, step)])
      path.add([last, ...row.subarray(0, space.coordinates), row[divergenceColumn(space)]])
    }
  }

  /** Returns the fits to their points at `step`; results under way are ignored. */
  takeBack(): void {
    if (this.settled) return
    this.takenBack++
    this.history?.dispose()
    this.history = undefined
    this.stride = 0
    this.done = this.starts
    this.begun = this.step
    this.replaceStates((rows) => rows)
  }

  /** Sets the moments and updates of all fits to 0 and keeps their points. Diverged fits stay diverged. */
  private async forgetMoments(): Promise<void> {
    await this.pace.all()
    const { space } = this.setting
    this.replaceStates((rows) => {
      for (let at = 0; at < rows.length; at += space.columns) {
        rows.fill(0, at + space.coordinates, at + divergenceColumn(space))
        const updates = at + updatesColumn(space)
        rows[updates] = Math.min(0, rows[updates])
      }
      return rows
    })
    this.origin = this.step
    this.optimizerChanged = false
  }

  /** Makes new states from the rows at `step`, changed by `change`. */
  private replaceStates(change: (rows: Float32Array) => Float32Array): void {
    const { columns } = this.setting.space
    const shown = new Float32Array(this.shown.length * columns)
    for (const [index, { row }] of this.shown.entries()) shown.set(row, index * columns)
    this.shownState.dispose()
    this.shownState = this.upload(change(shown))
    if (this.startState) this.replaceStarts(change(this.startRows.slice()))
  }

  private replaceStarts(rows: Float32Array): void {
    this.startState?.dispose()
    this.startState = new DividedRows(this.setting, rows)
  }

  dispose(): void {
    this.takenBack++
    this.shownState.dispose()
    this.startState?.dispose()
    this.history?.dispose()
  }
}
