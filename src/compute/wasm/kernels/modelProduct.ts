import {
  depthPart, multiplyPanels, packLeft, packLeftTransposed, packRight, packRightTransposed, part,
} from './panels'
import { BLOCK_COLUMNS, BLOCK_ROWS } from './vector'

/** Most rows and columns at once: their packed panels stay in the second cache level. */
const MOST_ROWS: i32 = 528
const MOST_COLUMNS: i32 = 256

/**
 * One call. Each matrix has its address, then the bytes from one model's to the next one's, then the models after
 * which it comes again. `bias` and `gate` are 0 where there is none.
 */
@unmanaged
class ModelProduct {
  output: usize
  outputStride: usize
  left: usize
  leftStride: usize
  leftPeriod: i32
  right: usize
  rightStride: usize
  rightPeriod: i32
  bias: usize
  biasStride: usize
  biasPeriod: i32
  gate: usize
  gateStride: usize
  gatePeriod: i32
  transposeLeft: i32
  transposeRight: i32
  relu: i32
  accumulate: i32
  models: i32
  rows: i32
  inner: i32
  columns: i32
}

/** Bytes of scratch memory that `modelProduct` needs. */
export function modelProductScratch(rows: i32, inner: i32, columns: i32): usize {
  const depth = <usize>depthPart(inner)
  return (depth * (part(rows, MOST_ROWS, BLOCK_ROWS) + part(columns, MOST_COLUMNS, BLOCK_COLUMNS))) << 2
}

/** Groups of models: those of one group share a factor. */
export function modelProductGroups(address: usize): i32 {
  const product = changetype<ModelProduct>(address)
  return min(product.leftPeriod, product.rightPeriod)
}

/**
 * output = or += op(left) · op(right) + bias, then ReLU and gate, for some groups of models and a part of their rows and
 * columns; needs scratch memory of `modelProductScratch` bytes for such a part. The models of a group follow one
 * another, so that the panels of the shared factor are packed once for them all. No sum depends on the part.
 */
export function modelProduct(
  address: usize, firstGroup: i32, groups: i32, firstRow: i32, rowCount: i32, firstColumn: i32, columnCount: i32,
  scratch: usize,
): void {
  const product = changetype<ModelProduct>(address)
  const rowPart = part(rowCount, MOST_ROWS, BLOCK_ROWS)
  const columnPart = part(columnCount, MOST_COLUMNS, BLOCK_COLUMNS)
  const rowEnd = firstRow + rowCount
  const columnEnd = firstColumn + columnCount
  const innerPart = depthPart(product.inner)
  const leftPanels = scratch
  const rightPanels = leftPanels + ((<usize>rowPart * innerPart) << 2)
  const outputStride = <usize>product.columns << 2
  const step = modelProductGroups(address)
  for (let first = firstGroup; first < firstGroup + groups; first++) {
    for (let row = firstRow; row < rowEnd; row += rowPart) {
      const rows = min(rowPart, rowEnd - row)
      for (let inner = 0; inner < product.inner; inner += innerPart) {
        const depth = min(innerPart, product.inner - inner)
        const adds = product.accumulate != 0 || inner > 0
        let packedLeft = -1
        for (let column = firstColumn; column < columnEnd; column += columnPart) {
          const columns = min(columnPart, columnEnd - column)
          let packedRight = -1
          for (let model = first; model < product.models; model += step) {
            const left = model % product.leftPeriod
            if (left != packedLeft) packLeftPart(product, leftPanels, left, row, rows, inner, depth)
            packedLeft = left
            const right = model % product.rightPeriod
            if (right != packedRight) packRightPart(product, rightPanels, right, inner, depth, column, columns)
            packedRight = right
            const matrix = product.output + <usize>model * product.outputStride
            const place = matrix + <usize>row * outputStride + (<usize>column << 2)
            multiplyPanels(place, outputStride, leftPanels, rightPanels, rows, columns, depth, adds)
            if (inner + depth == product.inner) finishPart(product, place, model, row, rows, column, columns)
          }
        }
      }
    }
  }
}

function packLeftPart(
  product: ModelProduct, panels: usize, model: i32, row: i32, rows: i32, inner: i32, depth: i32,
): void {
  const matrix = product.left + <usize>model * product.leftStride
  const stride = <usize>(product.transposeLeft ? product.rows : product.inner) << 2
  if (product.transposeLeft)
    packLeftTransposed(panels, matrix + <usize>inner * stride + (<usize>row << 2), stride, depth, rows)
  else packLeft(panels, matrix + <usize>row * stride + (<usize>inner << 2), stride, rows, depth)
}

function packRightPart(
  product: ModelProduct, panels: usize, model: i32, inner: i32, depth: i32, column: i32, columns: i32,
): void {
  const matrix = product.right + <usize>model * product.rightStride
  const stride = <usize>(product.transposeRight ? product.inner : product.columns) << 2
  if (product.transposeRight)
    packRightTransposed(panels, matrix + <usize>column * stride + (<usize>inner << 2), stride, columns, depth)
  else packRight(panels, matrix + <usize>inner * stride + (<usize>column << 2), stride, depth, columns)
}

/** Bias, ReLU and gate of a part of model's output, which begins at `place`. */
function finishPart(
  product: ModelProduct, place: usize, model: i32, row: i32, rows: i32, column: i32, columns: i32,
): void {
  if (!product.bias && !product.gate && !product.relu) return
  const stride = <usize>product.columns << 2
  let bias = product.bias
  if (bias) bias += <usize>(model % product.biasPeriod) * product.biasStride + (<usize>column << 2)
  let gate = product.gate
  if (gate)
    gate += <usize>(model % product.gatePeriod) * product.gateStride + <usize>row * stride + (<usize>column << 2)
  for (let i = 0; i < rows; i++) {
    finishRow(place, bias, gate, product.relu != 0, columns)
    place += stride
    if (gate) gate += stride
  }
}

function finishRow(place: usize, bias: usize, gate: usize, relu: bool, columns: i32): void {
  const zero = f32x4.splat(0)
  const bytes = <usize>columns << 2
  const vectorBytes = bytes & ~15
  for (let at: usize = 0; at < vectorBytes; at += 16) {
    let x = v128.load(place + at)
    if (bias) x = f32x4.add(x, v128.load(bias + at))
    // as x < 0 ? 0 : x, so that NaN stays NaN
    if (relu) x = f32x4.pmax(x, zero)
    if (gate) x = v128.and(x, f32x4.gt(v128.load(gate + at), zero))
    v128.store(place + at, x)
  }
  for (let at = vectorBytes; at < bytes; at += 4) {
    let x = load<f32>(place + at)
    if (bias) x += load<f32>(bias + at)
    if (relu && x < 0) x = 0
    if (gate && !(load<f32>(gate + at) > 0)) x = 0
    store<f32>(place + at, x)
  }
}
