/**
 * The gradient of the mean loss over a vocabulary, one model. Logits are drawn again, slice by slice of words and part
 * by part of the rows, and become their own slopes in place, (softmax − label) / rows; both products with these are
 * made while they are in the cache. Scratch memory grows with the rows and the width, never with the vocabulary.
 */
import { exponentialOfDifference } from './exponential'
import {
  copyStrided, depthPart, multiplyIntoPanels, multiplyPanels, multiplyRowsOfPanels, packLeft, packLeftTransposed,
  packRight, packRightTransposed, PANEL_ROW, part, roundUp, transposeFour,
} from './panels'
import { BLOCK_COLUMNS, BLOCK_ROWS } from './vector'

/** Words of a slice and most rows of a part: with both factors' panels they stay in the second cache level. */
const SLICE: i32 = 128
const MOST_ROWS: i32 = 132
/**
 * Below this, 2^-80, a probability has no slope: an update does not notice it, and its products with weights and states
 * would be subnormal, which take a processor twenty times as long. With logits as wide as std 1 makes them there are many.
 */
const LEAST: f32 = 8.271806e-25

/** One call, of one model. A team has the panels and the slopes of some slices at once. */
@unmanaged
class VocabularyGradient {
  hiddenGradient: usize
  tableGradient: usize
  hidden: usize
  table: usize
  labels: usize
  logSumExps: usize
  /** [rows / BLOCK_ROWS][width][BLOCK_ROWS], inner part by inner part. */
  hiddenPanels: usize
  /** Of each part of the rows: [width / BLOCK_ROWS][rows][BLOCK_ROWS]. */
  transposedHidden: usize
  /** Of each slice: [width / BLOCK_COLUMNS][SLICE][BLOCK_COLUMNS]. */
  tablePanels: usize
  /** Of each slice, of each part of the rows: [SLICE / BLOCK_COLUMNS][rows][BLOCK_COLUMNS]. */
  slopes: usize
  rows: i32
  words: i32
  width: i32
}

/** Words of a slice. */
export function vocabularySliceWords(): i32 {
  return SLICE
}

/** Most rows of a part, for so many rows. */
// @ts-ignore: decorator
@inline
function partRows(rows: i32): i32 {
  return part(rows, MOST_ROWS, BLOCK_ROWS)
}

/** Bytes of the slopes of a part of the rows: rows behind the last one are read. */
// @ts-ignore: decorator
@inline
function slopeBytes(rows: i32): usize {
  return (<usize>SLICE * (partRows(rows) + BLOCK_ROWS)) << 2
}

/** Bytes of `hiddenPanels`, and of a slice's `tablePanels` and `slopes`. */
export function vocabularyHiddenPanelBytes(rows: i32, width: i32): usize {
  return (<usize>roundUp(rows, BLOCK_ROWS) * width) << 2
}
export function vocabularyTransposedBytes(rows: i32, width: i32): usize {
  return (<usize>rows * roundUp(width, BLOCK_ROWS)) << 2
}
export function vocabularyTablePanelBytes(width: i32): usize {
  return (<usize>SLICE * roundUp(width, BLOCK_COLUMNS)) << 2
}
export function vocabularySlopeBytes(rows: i32): usize {
  const most = partRows(rows)
  return slopeBytes(rows) * <usize>((rows + most - 1) / most)
}

/** Bytes of scratch memory that a slice needs. */
export function vocabularySliceScratch(width: i32): usize {
  return (<usize>2 * SLICE * width) << 2
}

/** Packs the hidden states, before the slices. */
export function vocabularyPanels(address: usize): void {
  const task = changetype<VocabularyGradient>(address)
  const stride = <usize>task.width << 2
  const innerPart = depthPart(task.width)
  const rowPart = partRows(task.rows)
  const panelRows = <usize>roundUp(task.rows, BLOCK_ROWS)
  const panelColumns = <usize>roundUp(task.width, BLOCK_ROWS)
  for (let inner = 0; inner < task.width; inner += innerPart) {
    const panels = task.hiddenPanels + ((panelRows * inner) << 2)
    packLeft(panels, task.hidden + (<usize>inner << 2), stride, task.rows, min(innerPart, task.width - inner))
  }
  for (let row = 0; row < task.rows; row += rowPart) {
    const target = task.transposedHidden + ((<usize>row * panelColumns) << 2)
    const source = task.hidden + <usize>row * stride
    packLeftTransposed(target, source, stride, min(rowPart, task.rows - row), task.width)
  }
}

/** The words from `word` on: their panels and slopes, at `place` among those of the team, and the table's gradient. */
export function vocabularySlice(address: usize, word: i32, place: i32, scratch: usize): void {
  const task = changetype<VocabularyGradient>(address)
  const width = task.width
  const rows = task.rows
  const stride = <usize>width << 2
  const innerPart = depthPart(width)
  const rowPart = partRows(rows)
  const panelRows = <usize>roundUp(rows, BLOCK_ROWS)
  const panelColumns = <usize>roundUp(width, BLOCK_ROWS)
  const transposedTable = scratch
  const transposedGradient = transposedTable + ((<usize>SLICE * width) << 2)
  const tablePanels = task.tablePanels + <usize>place * vocabularyTablePanelBytes(width)
  let slopes = task.slopes + <usize>place * vocabularySlopeBytes(rows)
  const count = min(SLICE, task.words - word)
  const source = task.table + <usize>word * stride
  packRight(tablePanels, source, stride, count, width)
  for (let inner = 0; inner < width; inner += innerPart) {
    const target = transposedTable + ((<usize>SLICE * inner) << 2)
    packRightTransposed(target, source + (<usize>inner << 2), stride, count, min(innerPart, width - inner))
  }
  for (let row = 0; row < rows; row += rowPart) {
    const height = min(rowPart, rows - row)
    for (let inner = 0; inner < width; inner += innerPart) {
      const depth = min(innerPart, width - inner)
      const left = task.hiddenPanels + ((panelRows * inner + <usize>row * depth) << 2)
      const right = transposedTable + ((<usize>SLICE * inner) << 2)
      multiplyIntoPanels(slopes, left, right, height, count, depth, inner > 0)
    }
    const at = <usize>row << 2
    slopesOfLogits(slopes, task.logSumExps + at, task.labels + at, height, word, count, task.words, 1 / <f32>rows)
    const left = task.transposedHidden + ((<usize>row * panelColumns) << 2)
    multiplyPanels(transposedGradient, SLICE << 2, left, slopes, width, count, height, row > 0)
    slopes += slopeBytes(rows)
  }
  transpose(task.tableGradient + <usize>word * stride, transposedGradient, count, width)
}

/** Adds the slopes of some slices, the first of which begins at `word`, to the gradient of some hidden states. */
export function vocabularyRows(address: usize, word: i32, slices: i32, first: i32, count: i32): void {
  const task = changetype<VocabularyGradient>(address)
  const width = task.width
  const stride = <usize>width << 2
  const rowPart = partRows(task.rows)
  const end = first + count
  for (let row = first; row < end; ) {
    const index = row / rowPart
    const begin = index * rowPart
    const height = min(rowPart, task.rows - begin)
    const next = min(end, begin + height)
    const left = task.slopes + <usize>index * slopeBytes(task.rows) + <usize>(row - begin) * PANEL_ROW
    for (let slice = 0; slice < slices; slice++) {
      const from = word + slice * SLICE
      const slopes = left + <usize>slice * vocabularySlopeBytes(task.rows)
      const panels = task.tablePanels + <usize>slice * vocabularyTablePanelBytes(width)
      const place = task.hiddenGradient + <usize>row * stride
      const depth = min(SLICE, task.words - from)
      multiplyRowsOfPanels(place, stride, slopes, <usize>height * PANEL_ROW, panels, next - row, width, depth, from > 0)
    }
    row = next
  }
}

/** Logits in panels [count / BLOCK_COLUMNS][rows][BLOCK_COLUMNS] → share · (softmax − 1 at the label). */
function slopesOfLogits(
  panels: usize, logSumExps: usize, labels: usize, rows: i32, word: i32, count: i32, words: i32, share: f32,
): void {
  const step = <usize>rows * PANEL_ROW
  const shares = f32x4.splat(share)
  const end = panels + <usize>(roundUp(count, BLOCK_COLUMNS) / BLOCK_COLUMNS) * step
  let logSum = logSumExps
  const logSumEnd = logSumExps + (<usize>rows << 2)
  for (let place = panels; place != end; place += PANEL_ROW) {
    const logSums = v128.load_splat<f32>(logSum)
    const first = exponentialOfDifference(f32x4.sub(v128.load(place), logSums))
    const second = exponentialOfDifference(f32x4.sub(v128.load(place, 16), logSums))
    v128.store(place, f32x4.mul(withoutLeast(first), shares))
    v128.store(place, f32x4.mul(withoutLeast(second), shares), 16)
    logSum += 4
    if (logSum == logSumEnd) logSum = logSumExps
  }
  for (let row = 0; row < rows; row++) {
    const label = <i32>min<u32>(load<u32>(labels + (<usize>row << 2)), words - 1) - word
    if (<u32>label >= <u32>count) continue
    const place =
      panels + <usize>(label / BLOCK_COLUMNS) * step + <usize>row * PANEL_ROW +
      (<usize>(label % BLOCK_COLUMNS) << 2)
    store<f32>(place, load<f32>(place) - share)
  }
}

/** NaN stays NaN. */
// @ts-ignore: decorator
@inline
function withoutLeast(probabilities: v128): v128 {
  return v128.andnot(probabilities, f32x4.lt(probabilities, f32x4.splat(LEAST)))
}

/** Rows of SLICE words of [width, count] → output [count, width]. */
function transpose(output: usize, source: usize, count: i32, width: i32): void {
  const step = <usize>width << 2
  let column = 0
  for (; column + 4 <= width; column += 4) {
    transposeFour(output, source, SLICE << 2, count, step)
    output += 16
    source += (SLICE << 2) * 4
  }
  for (; column < width; column++) {
    copyStrided(output, source, count, step)
    output += 4
    source += SLICE << 2
  }
}
