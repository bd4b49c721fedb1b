/**
 * The loss over a vocabulary whose logits are hidden · tableᵀ, one model. They are drawn slice by slice of words and
 * reduced while they are in the cache: scratch memory grows with the rows and the width, never with the vocabulary.
 */
import { exponentialOfDifference } from './exponential'
import { depthPart, multiplyPanels, packLeft, packRightTransposed, roundUp } from './panels'
import { BLOCK_COLUMNS, BLOCK_ROWS, horizontalMaximum, horizontalSum } from './vector'

/** Words and rows of a tile of logits; multiples of the register block's columns and rows. */
const TILE_WORDS: i32 = 256
const TILE_ROWS: i32 = 48

/** Bytes of scratch memory that `vocabularyLoss` needs. */
export function vocabularyLossScratch(rows: i32, width: i32): usize {
  const panels = <usize>roundUp(rows, BLOCK_ROWS) * width + <usize>TILE_WORDS * width
  return (panels + <usize>TILE_WORDS * TILE_ROWS + 4 * <usize>rows) << 2
}

/** logSumExps [rows] and losses [rows], −log softmax of the label, nats. */
export function vocabularyLoss(
  logSumExps: usize, losses: usize, hidden: usize, table: usize, labels: usize, rows: i32, words: i32, width: i32,
  scratch: usize,
): void {
  const tile = scratch
  const sums = tile + ((<usize>TILE_WORDS * TILE_ROWS) << 2)
  const maxima = sums + (<usize>rows << 3)
  const labelLogits = maxima + (<usize>rows << 2)
  const tablePanels = (labelLogits + (<usize>rows << 2) + 15) & ~15
  const hiddenPanels = tablePanels + ((<usize>TILE_WORDS * width) << 2)
  const stride = <usize>width << 2
  const innerPart = depthPart(width)
  const panelRows = <usize>roundUp(rows, BLOCK_ROWS)
  for (let inner = 0; inner < width; inner += innerPart) {
    const panels = hiddenPanels + ((panelRows * inner) << 2)
    packLeft(panels, hidden + (<usize>inner << 2), stride, rows, min(innerPart, width - inner))
  }
  for (let row = 0; row < rows; row++) {
    store<f64>(sums + (<usize>row << 3), 0)
    store<f32>(maxima + (<usize>row << 2), -Infinity)
  }

  for (let word = 0; word < words; word += TILE_WORDS) {
    const count = min(TILE_WORDS, words - word)
    for (let inner = 0; inner < width; inner += innerPart) {
      const depth = min(innerPart, width - inner)
      const source = table + <usize>word * stride + (<usize>inner << 2)
      packRightTransposed(tablePanels + ((<usize>TILE_WORDS * inner) << 2), source, stride, count, depth)
    }
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const part = min(TILE_ROWS, rows - row)
      for (let inner = 0; inner < width; inner += innerPart) {
        const depth = min(innerPart, width - inner)
        const left = hiddenPanels + ((panelRows * inner + <usize>row * depth) << 2)
        const right = tablePanels + ((<usize>TILE_WORDS * inner) << 2)
        multiplyPanels(tile, TILE_WORDS << 2, left, right, part, count, depth, inner > 0)
      }
      for (let i = 0; i < part; i++) {
        const at = <usize>(row + i) << 2
        const logits = tile + (<usize>(i * TILE_WORDS) << 2)
        const label = <i32>min<u32>(load<u32>(labels + at), words - 1) - word
        if (<u32>label < <u32>count) store<f32>(labelLogits + at, load<f32>(logits + (<usize>label << 2)))
        addExponentials(logits, count, maxima + at, sums + (at << 1))
      }
    }
  }

  for (let row = 0; row < rows; row++) {
    const at = <usize>row << 2
    const largest = <f64>load<f32>(maxima + at)
    const logSum = Math.log(load<f64>(sums + (at << 1)))
    store<f32>(logSumExps + at, <f32>(largest + logSum))
    // the difference first: it is small where the logits are large and the label is likely
    store<f32>(losses + at, <f32>(largest - <f64>load<f32>(labelLogits + at) + logSum))
  }
}

/** Takes `count` logits of a row into Σ exp(logit − maximum), whose maximum rises where one of them is larger. */
function addExponentials(logits: usize, count: i32, maximum: usize, sum: usize): void {
  // lanes past the last word, in the last two vectors, must not count
  for (let i = count; i & (BLOCK_COLUMNS - 1); i++) store<f32>(logits + (<usize>i << 2), -Infinity)
  const end = logits + (<usize>roundUp(count, BLOCK_COLUMNS) << 2)
  let first = v128.load(logits)
  let second = v128.load(logits, 16)
  for (let place = logits + 32; place != end; place += 32) {
    first = f32x4.pmax(first, v128.load(place))
    second = f32x4.pmax(second, v128.load(place, 16))
  }
  const before = load<f32>(maximum)
  const after = max<f32>(before, horizontalMaximum(f32x4.pmax(first, second)))
  const largest = f32x4.splat(after)
  let sums = f32x4.splat(0)
  let others = sums
  for (let place = logits; place != end; place += 32) {
    sums = f32x4.add(sums, exponentialOfDifference(f32x4.sub(v128.load(place), largest)))
    others = f32x4.add(others, exponentialOfDifference(f32x4.sub(v128.load(place, 16), largest)))
  }
  let total = load<f64>(sum)
  if (after != before) {
    store<f32>(maximum, after)
    // nothing summed yet: before may be −∞
    if (total != 0) total *= Math.exp(<f64>before - <f64>after)
  }
  store<f64>(sum, total + <f64>horizontalSum(f32x4.add(sums, others)))
}
