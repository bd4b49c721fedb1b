/** Gaussians fitted to a mixture on the line, one after another: see `FitArguments` in fits.ts. */
import { evaluateChiSquared } from './fitChiSquared'
import { evaluateDensity, placePanels, TERMS_BYTES } from './fitDensity'
import { slopeOfLogSd, slopeOfMean, sumDivergence, value } from './fitDivergence'
import { ADAM, CHI_SQUARED, FitTask, MOMENTUM, Panel, PANEL_BYTES } from './fitTask'

const MOST_MEAN: f32 = 1e6
const MOST_LOG_SD: f32 = 40

/** The part of a row that is read and written; see `FitArguments.state`. */
@unmanaged
class FitState {
  mean: f32
  logSd: f32
  firstOfMean: f32
  firstOfLogSd: f32
  secondOfMean: f32
  secondOfLogSd: f32
  divergence: f32
  updates: f32
}

/** Bytes of scratch memory that `gaussianFit` needs for so many panels. */
export function gaussianFitScratch(panels: i32): usize {
  return TERMS_BYTES + <usize>panels * (2 * PANEL_BYTES + offsetof<Panel>())
}

let workspace: usize

/** `address` is a `FitTask`'s; fits `count` rows from the row `first` on. */
export function gaussianFit(address: usize, first: i32, count: i32, scratch: usize): void {
  const task = changetype<FitTask>(address)
  workspace = scratch
  let row = task.state + <usize>first * offsetof<FitState>()
  let record = task.history
  if (record) record += <usize>first << 4
  for (let fit = 0; fit < count; fit++) {
    const state = changetype<FitState>(row)
    if (task.steps == 0 && state.updates >= 0) {
      evaluate(task, state)
      state.divergence = <f32>value
    }
    let historyRow = record
    for (let step = 0; step < task.steps; step++) {
      const mean = state.mean
      const logSd = state.logSd
      const largest = advance(task, state)
      if (record == 0) continue
      store<f32>(historyRow, mean)
      store<f32>(historyRow, logSd, 4)
      store<f32>(historyRow, state.divergence, 8)
      store<f32>(historyRow, largest, 12)
      historyRow += task.historyStride
    }
    row += offsetof<FitState>()
    if (record) record += 16
  }
}

function evaluate(task: FitTask, state: FitState): void {
  const mean = <f64>state.mean
  const logSd = <f64>state.logSd
  const sd = Math.exp(logSd)
  if (task.divergence == CHI_SQUARED) {
    evaluateChiSquared(task, mean, sd, logSd)
    return
  }
  const most = <usize>(task.breakpointCount + task.edgeCount - 1)
  const terms = workspace
  const logDensity = terms + TERMS_BYTES
  const score = logDensity + most * PANEL_BYTES
  const panels = score + most * PANEL_BYTES
  const count = placePanels(task, mean, sd, panels)
  evaluateDensity(task, mean, panels, count, terms, logDensity, score)
  sumDivergence(task.divergence, panels, count, logDensity, score, sd, logSd, task.alpha)
}

/** One update; the largest absolute entry of the gradient, +∞ where there is none to follow. */
function advance(task: FitTask, state: FitState): f32 {
  if (!(state.updates >= 0)) return Infinity
  evaluate(task, state)
  state.divergence = <f32>value
  if (value == Infinity && task.divergence == CHI_SQUARED) return Infinity
  const byMean = <f32>slopeOfMean
  const byLogSd = task.fixedSigma ? <f32>0 : <f32>slopeOfLogSd
  const largest = max<f32>(abs<f32>(byMean), abs<f32>(byLogSd))
  if (!(largest < task.tolerance)) update(task, state, byMean, byLogSd)
  return largest
}

/** Kingma & Ba (2015) for adam, with their β₁, β₂ and ε. */
function update(task: FitTask, state: FitState, byMean: f32, byLogSd: f32): void {
  const updates = state.updates + 1
  let firstOfMean = state.firstOfMean
  let firstOfLogSd = state.firstOfLogSd
  let secondOfMean = state.secondOfMean
  let secondOfLogSd = state.secondOfLogSd
  let stepOfMean = byMean
  let stepOfLogSd = byLogSd
  if (task.optimizer == MOMENTUM) {
    stepOfMean = firstOfMean = <f32>0.9 * firstOfMean + byMean
    stepOfLogSd = firstOfLogSd = <f32>0.9 * firstOfLogSd + byLogSd
  } else if (task.optimizer == ADAM) {
    firstOfMean = <f32>0.9 * firstOfMean + <f32>0.1 * byMean
    firstOfLogSd = <f32>0.9 * firstOfLogSd + <f32>0.1 * byLogSd
    secondOfMean = <f32>0.999 * secondOfMean + <f32>0.001 * (byMean * byMean)
    secondOfLogSd = <f32>0.999 * secondOfLogSd + <f32>0.001 * (byLogSd * byLogSd)
    const first = 1 - Math.pow(0.9, <f64>updates)
    const second = 1 - Math.pow(0.999, <f64>updates)
    stepOfMean = <f32>(<f64>firstOfMean / first / (Math.sqrt(<f64>secondOfMean / second) + 1e-8))
    stepOfLogSd = <f32>(<f64>firstOfLogSd / first / (Math.sqrt(<f64>secondOfLogSd / second) + 1e-8))
  }
  const mean = state.mean - task.learningRate * stepOfMean
  const logSd = state.logSd - task.learningRate * stepOfLogSd
  // a moment that overflowed would hold the point in place for good; comparisons are false for a NaN
  const moments = abs<f32>(firstOfMean) + abs<f32>(firstOfLogSd) + secondOfMean + secondOfLogSd
  if (abs<f32>(mean) <= MOST_MEAN && abs<f32>(logSd) <= MOST_LOG_SD && moments < Infinity) {
    state.mean = mean
    state.logSd = logSd
    state.firstOfMean = firstOfMean
    state.firstOfLogSd = firstOfLogSd
    state.secondOfMean = secondOfMean
    state.secondOfLogSd = secondOfLogSd
    state.updates = updates
  } else state.updates = -1 - state.updates
}
