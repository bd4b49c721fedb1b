/**
 * The gradient through `causalAttention`, one model, head by head: slopes of the scores are
 * P ∘ (D − the row's Σ P ∘ D) / √width with D = output gradient · valuesᵀ, and are multiplied while they are in the
 * cache. Only the rows from a column on, and the columns up to a row, are multiplied.
 */
import { ATTENTION_ROWS } from './causalAttention'
import {
  multiplyPanels, multiplyPartOfPanels, packLeft, packLeftTransposed, packRight, packRightTransposed, PANEL_ROW,
  roundUp,
} from './panels'
import { BLOCK_COLUMNS, BLOCK_ROWS, firstLanes, horizontalSum, loadFirst } from './vector'

/** Bytes of scratch memory that `causalAttentionGradient` needs: of one head only. */
export function causalAttentionGradientScratch(context: i32, width: i32): usize {
  const columns = roundUp(context, BLOCK_COLUMNS)
  const factors = (roundUp(context, BLOCK_ROWS) + columns) * width + 3 * context * roundUp(width, BLOCK_COLUMNS)
  return <usize>(factors + (ATTENTION_ROWS + context) * columns) << 2
}

/** projectedGradient [rows, 3 d]; arguments as those of `causalAttention`. */
export function causalAttentionGradient(
  projectedGradient: usize, projected: usize, probabilities: usize, outputGradient: usize, sequences: i32,
  context: i32, heads: i32, width: i32, scratch: usize,
): void {
  const columns = roundUp(context, BLOCK_COLUMNS)
  const rightBytes = <usize>(context * roundUp(width, BLOCK_COLUMNS)) << 2
  const slopes = scratch
  const slopeStride = <usize>columns << 2
  const left = slopes + <usize>context * slopeStride
  const queries = left + <usize>ATTENTION_ROWS * slopeStride
  const keys = queries + rightBytes
  const outputs = keys + rightBytes
  const values = outputs + rightBytes
  const leftOutputs = values + <usize>width * slopeStride
  const bytes = <usize>(heads * width) << 2
  const rightStep = <usize>context * PANEL_ROW
  const probabilityStride = <usize>context << 2
  const scale: f32 = <f32>(1 / sqrt<f64>(<f64>width))
  for (let sequence = 0; sequence < sequences; sequence++) {
    for (let head = 0; head < heads; head++) {
      const at = <usize>(head * width) << 2
      const first = <usize>(sequence * context)
      const source = projected + first * 3 * bytes + at
      const place = projectedGradient + first * 3 * bytes + at
      const outputSource = outputGradient + first * bytes + at
      packRight(queries, source, 3 * bytes, context, width)
      packRight(keys, source + bytes, 3 * bytes, context, width)
      packRightTransposed(values, source + 2 * bytes, 3 * bytes, context, width)
      packRight(outputs, outputSource, bytes, context, width)
      packLeft(leftOutputs, outputSource, bytes, context, width)

      for (let row = 0; row < context; row += ATTENTION_ROWS) {
        const rows = min(ATTENTION_ROWS, context - row)
        const seen = row + rows
        const rowSlopes = slopes + <usize>row * slopeStride
        const panels = leftOutputs + (<usize>(row * width) << 2)
        multiplyPanels(rowSlopes, slopeStride, panels, values, rows, seen, width, false)
        for (let i = 0; i < rows; i++) {
          const shares = probabilities + <usize>(row + i) * probabilityStride
          slopesOfScores(rowSlopes + <usize>i * slopeStride, shares, row + i + 1, seen, scale)
        }
        packLeft(left, rowSlopes, slopeStride, rows, seen)
        const target = place + <usize>row * 3 * bytes
        multiplyPartOfPanels(target, 3 * bytes, left, keys, rightStep, rows, width, seen, false)
      }

      for (let row = 0; row < context; row += ATTENTION_ROWS) {
        const rows = min(ATTENTION_ROWS, context - row)
        const depth = context - row
        const target = place + <usize>row * 3 * bytes + bytes
        const passed = <usize>row * PANEL_ROW
        const corner = <usize>row << 2
        packLeftTransposed(left, slopes + <usize>row * slopeStride + corner, slopeStride, depth, rows)
        multiplyPartOfPanels(target, 3 * bytes, left, queries + passed, rightStep, rows, width, depth, false)
        const shares = probabilities + <usize>row * probabilityStride + corner
        packLeftTransposed(left, shares, probabilityStride, depth, rows)
        multiplyPartOfPanels(target + bytes, 3 * bytes, left, outputs + passed, rightStep, rows, width, depth, false)
      }
      probabilities += <usize>context * probabilityStride
    }
  }
}

/** D, of which the first `count` are the row's, → the slopes of the scores; 0 for the others up to `seen`. */
function slopesOfScores(slopes: usize, probabilities: usize, count: i32, seen: i32, scale: f32): void {
  let sums = f32x4.splat(0)
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2
    const product = f32x4.mul(loadFirst(probabilities + at, count - i), v128.load(slopes + at))
    sums = f32x4.add(sums, firstLanes(product, f32x4.splat(0), count - i))
  }
  const means = f32x4.splat(-horizontalSum(sums))
  const scales = f32x4.splat(scale)
  for (let i = 0; i < seen; i += 4) {
    const at = <usize>i << 2
    const left = count - i
    const share = left > 0 ? loadFirst(probabilities + at, left) : f32x4.splat(0)
    const slope = f32x4.mul(f32x4.mul(share, scales), f32x4.add(v128.load(slopes + at), means))
    v128.store(slopes + at, slope)
  }
}
