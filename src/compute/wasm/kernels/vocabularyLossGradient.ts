/**
 * The gradient of the mean loss over a vocabulary, one model. Logits are drawn again, slice by slice of words and part
 * by part of the rows, and become their own slopes in place, (softmax − label) / rows; both products with these are
 * made while they are in the cache. Scratch memory grows with the rows and the width, never with the vocabulary.
 */
import { exponentialOfDifference } from './exponential'
import {
  copyStrided, depthPart, multiplyFromPanels, multiplyIntoPanels, multiplyPanels, packLeft, packLeftTransposed,
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

/** Bytes of scratch memory that `vocabularyLossGradient` needs. */
export function vocabularyLossGradientScratch(rows: i32, width: i32): usize {
  const hiddenPanels = <usize>roundUp(rows, BLOCK_ROWS) * width
  const transposedPanels = <usize>rows * roundUp(width, BLOCK_ROWS)
  const tablePanels = <usize>SLICE * (width + roundUp(width, BLOCK_COLUMNS))
  const slopes = <usize>SLICE * (part(rows, MOST_ROWS, BLOCK_ROWS) + BLOCK_ROWS)
  return (hiddenPanels + transposedPanels + tablePanels + slopes + <usize>SLICE * width) << 2
}

/** hiddenGradient [rows, width] and tableGradient [words, width]. */
export function vocabularyLossGradient(
  hiddenGradient: usize, tableGradient: usize, hidden: usize, table: usize, labels: usize, logSumExps: usize,
  rows: i32, words: i32, width: i32, scratch: usize,
): void {
  const stride = <usize>width << 2
  const innerPart = depthPart(width)
  const rowPart = part(rows, MOST_ROWS, BLOCK_ROWS)
  const panelRows = <usize>roundUp(rows, BLOCK_ROWS)
  const panelColumns = <usize>roundUp(width, BLOCK_ROWS)
  // panels of eight and of SLICE first, so that all of these lie at multiples of 32
  const slopes = scratch
  const tablePanels = slopes + ((<usize>SLICE * (rowPart + BLOCK_ROWS)) << 2)
  const transposedTable = tablePanels + ((<usize>SLICE * roundUp(width, BLOCK_COLUMNS)) << 2)
  const transposedGradient = transposedTable + ((<usize>SLICE * width) << 2)
  const hiddenPanels = transposedGradient + ((<usize>SLICE * width) << 2)
  const transposedHidden = hiddenPanels + ((panelRows * width) << 2)

  for (let inner = 0; inner < width; inner += innerPart) {
    const panels = hiddenPanels + ((panelRows * inner) << 2)
    packLeft(panels, hidden + (<usize>inner << 2), stride, rows, min(innerPart, width - inner))
  }
  for (let row = 0; row < rows; row += rowPart) {
    const target = transposedHidden + ((<usize>row * panelColumns) << 2)
    packLeftTransposed(target, hidden + <usize>row * stride, stride, min(rowPart, rows - row), width)
  }

  for (let word = 0; word < words; word += SLICE) {
    const count = min(SLICE, words - word)
    const source = table + <usize>word * stride
    packRight(tablePanels, source, stride, count, width)
    for (let inner = 0; inner < width; inner += innerPart) {
      const target = transposedTable + ((<usize>SLICE * inner) << 2)
      packRightTransposed(target, source + (<usize>inner << 2), stride, count, min(innerPart, width - inner))
    }
    for (let row = 0; row < rows; row += rowPart) {
      const height = min(rowPart, rows - row)
      for (let inner = 0; inner < width; inner += innerPart) {
        const depth = min(innerPart, width - inner)
        const left = hiddenPanels + ((panelRows * inner + <usize>row * depth) << 2)
        const right = transposedTable + ((<usize>SLICE * inner) << 2)
        multiplyIntoPanels(slopes, left, right, height, count, depth, inner > 0)
      }
      const at = <usize>row << 2
      slopesOfLogits(slopes, logSumExps + at, labels + at, height, word, count, words, 1 / <f32>rows)
      const place = hiddenGradient + <usize>row * stride
      multiplyFromPanels(place, stride, slopes, tablePanels, height, width, count, word > 0)
      const left = transposedHidden + ((<usize>row * panelColumns) << 2)
      multiplyPanels(transposedGradient, SLICE << 2, left, slopes, width, count, height, row > 0)
    }
    transpose(tableGradient + <usize>word * stride, transposedGradient, count, width)
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
