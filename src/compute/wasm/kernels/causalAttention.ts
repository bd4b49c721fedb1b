/**
 * Causal attention, one model: one head of one sequence after another, and in it some rows after others, for which
 * only the columns up to their last are multiplied. A head's factors lie in rows of [rows, 3 d].
 */
import { exponentialOfDifference } from './exponential'
import {
  multiplyPanels, multiplyPartOfPanels, packLeft, packRight, packRightTransposed, PANEL_ROW, roundUp,
} from './panels'
import { BLOCK_COLUMNS, BLOCK_ROWS, horizontalMaximum, horizontalSum, storeFirst } from './vector'

/** Rows at a time; a multiple of the register block's. */
export const ATTENTION_ROWS: i32 = 24

/** Bytes of scratch memory that `causalAttention` needs: of one head only. */
export function causalAttentionScratch(context: i32, width: i32): usize {
  const columns = roundUp(context, BLOCK_COLUMNS)
  const factors = (roundUp(context, BLOCK_ROWS) + columns) * width + context * roundUp(width, BLOCK_COLUMNS)
  return <usize>(factors + 2 * ATTENTION_ROWS * columns) << 2
}

/** probabilities [sequences · heads · context, context] and output [rows, d] of projected [rows, 3 d], rows = sequences · context. */
export function causalAttention(
  probabilities: usize, output: usize, projected: usize, sequences: i32, context: i32, heads: i32, width: i32,
  scratch: usize,
): void {
  const columns = roundUp(context, BLOCK_COLUMNS)
  const tile = scratch
  const left = tile + (<usize>(ATTENTION_ROWS * columns) << 2)
  const queries = left + (<usize>(ATTENTION_ROWS * columns) << 2)
  const keys = queries + (<usize>(roundUp(context, BLOCK_ROWS) * width) << 2)
  const values = keys + (<usize>(columns * width) << 2)
  const bytes = <usize>(heads * width) << 2
  const probabilityStride = <usize>context << 2
  const scale: f32 = <f32>(1 / sqrt<f64>(<f64>width))
  for (let sequence = 0; sequence < sequences; sequence++) {
    for (let head = 0; head < heads; head++) {
      const at = <usize>(head * width) << 2
      const source = projected + <usize>(sequence * context) * 3 * bytes + at
      packLeft(queries, source, 3 * bytes, context, width)
      packRightTransposed(keys, source + bytes, 3 * bytes, context, width)
      packRight(values, source + 2 * bytes, 3 * bytes, context, width)
      for (let row = 0; row < context; row += ATTENTION_ROWS) {
        const rows = min(ATTENTION_ROWS, context - row)
        const seen = row + rows
        multiplyPanels(tile, <usize>columns << 2, queries + (<usize>(row * width) << 2), keys, rows, seen, width, false)
        for (let i = 0; i < rows; i++)
          softmaxRow(
            probabilities + <usize>i * probabilityStride, tile + (<usize>(i * columns) << 2), row + i + 1, context, scale,
          )
        packLeft(left, probabilities, probabilityStride, rows, seen)
        const place = output + <usize>(sequence * context + row) * bytes + at
        multiplyPartOfPanels(place, bytes, left, values, <usize>context * PANEL_ROW, rows, width, seen, false)
        probabilities += <usize>rows * probabilityStride
      }
    }
  }
}

/** The softmax of scale · scores over the first `count`, and 0 for the rest of `context`. */
function softmaxRow(output: usize, scores: usize, count: i32, context: i32, scale: f32): void {
  for (let i = count; i & 3; i++) store<f32>(scores + (<usize>i << 2), -Infinity)
  const end = scores + (<usize>roundUp(count, 4) << 2)
  let largest = v128.load(scores)
  for (let place = scores + 16; place < end; place += 16) largest = f32x4.pmax(largest, v128.load(place))
  const largests = f32x4.splat(horizontalMaximum(largest))
  const scales = f32x4.splat(scale)
  let sums = f32x4.splat(0)
  for (let place = scores; place < end; place += 16) {
    const weight = exponentialOfDifference(f32x4.mul(f32x4.sub(v128.load(place), largests), scales))
    v128.store(place, weight)
    sums = f32x4.add(sums, weight)
  }
  const factors = f32x4.splat(1 / horizontalSum(sums))
  for (let i = 0; i < context; i += 4) {
    const share = i < count ? f32x4.mul(v128.load(scores), factors) : f32x4.splat(0)
    storeFirst(output, share, context - i)
    scores += 16
    output += 16
  }
}
