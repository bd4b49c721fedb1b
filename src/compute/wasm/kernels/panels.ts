/**
 * The matrix product's inner part: operands packed into panels that are read front to back, multiplied by a
 * register block of outputs (the scheme of Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication", 2008). Strides are in bytes. Missing rows and columns of the last panel are zeros.
 */
import { EDGE, own } from './own'
import { BLOCK_COLUMNS, BLOCK_ROWS, SHORT_ROWS, multiplyAdd } from './vector'

/** Most of the shared dimension at once: a left and a right panel then fit in the nearest cache. */
const MOST_DEPTH: i32 = 384

/** Bytes of a row of a right panel. */
export const PANEL_ROW: usize = <usize>BLOCK_COLUMNS << 2

// @ts-ignore: decorator
@inline
export function roundUp(count: i32, multiple: i32): i32 {
  return ((count + multiple - 1) / multiple) * multiple
}

/** `count` in parts of nearly one size, none above `most`, each but the last a multiple of `multiple`. */
// @ts-ignore: decorator
@inline
export function part(count: i32, most: i32, multiple: i32): i32 {
  const parts = (count + most - 1) / most
  return roundUp((count + parts - 1) / parts, multiple)
}

/** How much of a shared dimension `k` is multiplied at once. */
// @ts-ignore: decorator
@inline
export function depthPart(k: i32): i32 {
  return part(k, MOST_DEPTH, 4)
}

/** Height of the panel that starts where `rows` are left: the last few rows take a lower one. */
// @ts-ignore: decorator
@inline
function panelRows(rows: i32): i32 {
  return rows <= SHORT_ROWS ? SHORT_ROWS : BLOCK_ROWS
}

/** Rows [rows, depth] → panels [rows / BLOCK_ROWS][depth][BLOCK_ROWS], the last one perhaps [depth][SHORT_ROWS]. */
export function packLeft(target: usize, source: usize, stride: usize, rows: i32, depth: i32): void {
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const height = panelRows(rows - row)
    const count = min(height, rows - row)
    const from = source + <usize>row * stride
    const step = <usize>height << 2
    if (count < height) memory.fill(target, 0, <usize>depth * step)
    let i = 0
    if (count >= 4) {
      transposeFour(target, from, stride, depth, step)
      i = 4
    }
    for (; i < count; i++) copyStrided(target + (<usize>i << 2), from + <usize>i * stride, depth, step)
    target += <usize>depth * step
  }
}

/** Columns of [depth, rows] as rows of the left factor → panels like those of `packLeft`. */
export function packLeftTransposed(target: usize, source: usize, stride: usize, depth: i32, rows: i32): void {
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const height = panelRows(rows - row)
    const count = min(height, rows - row)
    const step = <usize>height << 2
    let from = source + (<usize>row << 2)
    if (count < height) memory.fill(target, 0, <usize>depth * step)
    for (let k = 0; k < depth; k++) {
      if (count == height) {
        v128.store(target, v128.load(from))
        if (height > 4) store<u64>(target, load<u64>(from, 16), 16)
      } else {
        for (let i: usize = 0; i < <usize>count << 2; i += 4) store<f32>(target + i, load<f32>(from + i))
      }
      from += stride
      target += step
    }
  }
}

/** Columns of [depth, columns] → panels [columns / BLOCK_COLUMNS][depth][BLOCK_COLUMNS]. */
export function packRight(target: usize, source: usize, stride: usize, depth: i32, columns: i32): void {
  for (let column = 0; column < columns; column += BLOCK_COLUMNS) {
    const count = min(BLOCK_COLUMNS, columns - column)
    let from = source + (<usize>column << 2)
    for (let k = 0; k < depth; k++) {
      if (count == BLOCK_COLUMNS) {
        v128.store(target, v128.load(from))
        v128.store(target, v128.load(from, 16), 16)
      } else {
        memory.fill(target, 0, BLOCK_COLUMNS << 2)
        memory.copy(target, from, <usize>count << 2)
      }
      from += stride
      target += BLOCK_COLUMNS << 2
    }
  }
}

/** Rows of [columns, depth] as columns of the right factor → panels [columns / BLOCK_COLUMNS][depth][BLOCK_COLUMNS]. */
export function packRightTransposed(target: usize, source: usize, stride: usize, columns: i32, depth: i32): void {
  const step: usize = BLOCK_COLUMNS << 2
  for (let column = 0; column < columns; column += BLOCK_COLUMNS) {
    const count = min(BLOCK_COLUMNS, columns - column)
    const from = source + <usize>column * stride
    if (count == BLOCK_COLUMNS) {
      transposeFour(target, from, stride, depth, step)
      transposeFour(target + 16, from + (stride << 2), stride, depth, step)
    } else {
      memory.fill(target, 0, (<usize>depth * BLOCK_COLUMNS) << 2)
      for (let i = 0; i < count; i++) copyStrided(target + (<usize>i << 2), from + <usize>i * stride, depth, step)
    }
    target += (<usize>depth * BLOCK_COLUMNS) << 2
  }
}

/** One row of `depth` numbers → one column of a panel whose rows are `step` bytes apart. */
export function copyStrided(to: usize, from: usize, depth: i32, step: usize): void {
  for (let k = 0; k < depth; k++) {
    store<f32>(to, load<f32>(from))
    from += 4
    to += step
  }
}

/** Four rows → four neighbouring columns of a panel whose rows are `step` bytes apart. */
export function transposeFour(to: usize, from: usize, stride: usize, depth: i32, step: usize): void {
  const from1 = from + stride
  const from2 = from1 + stride
  const from3 = from2 + stride
  const bytes = <usize>depth << 2
  const vectorBytes = bytes & ~15
  for (let at: usize = 0; at < vectorBytes; at += 16) {
    const a = v128.load(from + at)
    const b = v128.load(from1 + at)
    const c = v128.load(from2 + at)
    const d = v128.load(from3 + at)
    const abLow = i32x4.shuffle(a, b, 0, 4, 1, 5)
    const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7)
    const cdLow = i32x4.shuffle(c, d, 0, 4, 1, 5)
    const cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7)
    v128.store(to, i32x4.shuffle(abLow, cdLow, 0, 1, 4, 5))
    v128.store((to += step), i32x4.shuffle(abLow, cdLow, 2, 3, 6, 7))
    v128.store((to += step), i32x4.shuffle(abHigh, cdHigh, 0, 1, 4, 5))
    v128.store((to += step), i32x4.shuffle(abHigh, cdHigh, 2, 3, 6, 7))
    to += step
  }
  for (let at = vectorBytes; at < bytes; at += 4) {
    store<f32>(to, load<f32>(from + at))
    store<f32>(to, load<f32>(from1 + at), 4)
    store<f32>(to, load<f32>(from2 + at), 8)
    store<f32>(to, load<f32>(from3 + at), 12)
    to += step
  }
}

/** output [rows, columns] = or += left panels · right panels over `depth`. */
export function multiplyPanels(
  output: usize, stride: usize, left: usize, right: usize, rows: i32, columns: i32, depth: i32, add: bool,
): void {
  multiplyAll(output, stride, PANEL_ROW, left, 0, right, <usize>depth * PANEL_ROW, rows, columns, depth, add)
}

/** As `multiplyPanels`, of right panels that go on behind `depth`: `rightStep` bytes from one to the next. */
export function multiplyPartOfPanels(
  output: usize, stride: usize, left: usize, right: usize, rightStep: usize, rows: i32, columns: i32, depth: i32,
  add: bool,
): void {
  multiplyAll(output, stride, PANEL_ROW, left, 0, right, rightStep, rows, columns, depth, add)
}

/**
 * As `multiplyPanels`, but output is itself in right panels, [columns / BLOCK_COLUMNS][rows][BLOCK_COLUMNS], packed
 * for the product of something with it. What is past the last column is not written.
 */
export function multiplyIntoPanels(
  output: usize, left: usize, right: usize, rows: i32, columns: i32, depth: i32, add: bool,
): void {
  const columnStep = <usize>rows * PANEL_ROW
  multiplyAll(output, PANEL_ROW, columnStep, left, 0, right, <usize>depth * PANEL_ROW, rows, columns, depth, add)
}

/**
 * As `multiplyPanels`, with a left factor [rows, depth] that is a part of right panels, [depth / BLOCK_COLUMNS][rows]
 * [BLOCK_COLUMNS], `leftStep` bytes from one to the next, at a multiple of 32: what the two products with one factor and
 * its transpose need is packed once. Reads up to BLOCK_ROWS − 1 rows behind them.
 */
export function multiplyRowsOfPanels(
  output: usize, stride: usize, left: usize, leftStep: usize, right: usize, rows: i32, columns: i32, depth: i32,
  add: bool,
): void {
  multiplyAll(output, stride, PANEL_ROW, left, leftStep, right, <usize>depth * PANEL_ROW, rows, columns, depth, add)
}

/**
 * Output has `stride` bytes from row to row, and `columnStep` from one panel's columns to the next. Left panels are
 * those of `packLeft`, or right panels `leftStep` bytes apart where that is not 0.
 */
function multiplyAll(
  output: usize, stride: usize, columnStep: usize, left: usize, leftStep: usize, right: usize, rightStep: usize,
  rows: i32, columns: i32, depth: i32, add: bool,
): void {
  for (let column = 0; column < columns; column += BLOCK_COLUMNS) {
    let panel = left
    let place = output
    const width = min(BLOCK_COLUMNS, columns - column)
    for (let row = 0; row < rows; row += BLOCK_ROWS) {
      const panelHeight = panelRows(rows - row)
      const height = min(panelHeight, rows - row)
      const whole = height == panelHeight && width == BLOCK_COLUMNS
      const target = whole ? place : own + EDGE
      const targetStride: usize = whole ? stride : PANEL_ROW
      const adds = whole && add
      if (leftStep) {
        if (panelHeight == BLOCK_ROWS)
          multiplySpreadBlock(target, targetStride, panel, leftStep, right, depth, adds)
        else multiplyShortSpreadBlock(target, targetStride, panel, leftStep, right, depth, adds)
        panel += <usize>BLOCK_ROWS * PANEL_ROW
      } else {
        if (panelHeight == BLOCK_ROWS) multiplyBlock(target, targetStride, panel, right, depth, adds)
        else multiplyShortBlock(target, targetStride, panel, right, depth, adds)
        panel += (<usize>depth * panelHeight) << 2
      }
      if (!whole) copyEdge(place, stride, height, width, add)
      place += <usize>BLOCK_ROWS * stride
    }
    right += rightStep
    output += columnStep
  }
}

function copyEdge(output: usize, stride: usize, rows: i32, columns: i32, add: bool): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = load<f32>(own + EDGE + (<usize>(row * BLOCK_COLUMNS + column) << 2))
      const place = output + <usize>row * stride + (<usize>column << 2)
      store<f32>(place, add ? load<f32>(place) + value : value)
    }
  }
}

// @ts-ignore: decorator
@inline
function finish(place: usize, a: v128, b: v128, add: bool): void {
  if (add) {
    a = f32x4.add(a, v128.load(place))
    b = f32x4.add(b, v128.load(place, 16))
  }
  v128.store(place, a)
  v128.store(place, b, 16)
}

function multiplyBlock(output: usize, stride: usize, left: usize, right: usize, depth: i32, add: bool): void {
  multiply(BLOCK_ROWS, false, output, stride, left, 0, right, depth, add)
}

function multiplyShortBlock(output: usize, stride: usize, left: usize, right: usize, depth: i32, add: bool): void {
  multiply(SHORT_ROWS, false, output, stride, left, 0, right, depth, add)
}

function multiplySpreadBlock(
  output: usize, stride: usize, left: usize, leftStep: usize, right: usize, depth: i32, add: bool,
): void {
  multiply(BLOCK_ROWS, true, output, stride, left, leftStep, right, depth, add)
}

function multiplyShortSpreadBlock(
  output: usize, stride: usize, left: usize, leftStep: usize, right: usize, depth: i32, add: bool,
): void {
  multiply(SHORT_ROWS, true, output, stride, left, leftStep, right, depth, add)
}

/**
 * rows × 8 outputs, kept in registers while both panels are read once. `rows` is known when it is compiled, and
 * whether the left factor is `spread`: lies in right panels, so that its rows are PANEL_ROW apart.
 */
// @ts-ignore: decorator
@inline
function multiply(
  rows: i32, spread: bool, output: usize, stride: usize, left: usize, leftStep: usize, right: usize, depth: i32,
  add: bool,
): void {
  let a0 = f32x4.splat(0), b0 = f32x4.splat(0)
  let a1 = f32x4.splat(0), b1 = f32x4.splat(0)
  let a2 = f32x4.splat(0), b2 = f32x4.splat(0)
  let a3 = f32x4.splat(0), b3 = f32x4.splat(0)
  let a4 = f32x4.splat(0), b4 = f32x4.splat(0)
  let a5 = f32x4.splat(0), b5 = f32x4.splat(0)
  const end = right + <usize>depth * PANEL_ROW
  while (right != end) {
    const rightA = v128.load(right)
    const rightB = v128.load(right, 16)
    let factor = v128.load_splat<f32>(left)
    a0 = multiplyAdd(factor, rightA, a0)
    b0 = multiplyAdd(factor, rightB, b0)
    factor = spread ? v128.load_splat<f32>(left, PANEL_ROW) : v128.load_splat<f32>(left, 4)
    a1 = multiplyAdd(factor, rightA, a1)
    b1 = multiplyAdd(factor, rightB, b1)
    factor = spread ? v128.load_splat<f32>(left, 2 * PANEL_ROW) : v128.load_splat<f32>(left, 8)
    a2 = multiplyAdd(factor, rightA, a2)
    b2 = multiplyAdd(factor, rightB, b2)
    factor = spread ? v128.load_splat<f32>(left, 3 * PANEL_ROW) : v128.load_splat<f32>(left, 12)
    a3 = multiplyAdd(factor, rightA, a3)
    b3 = multiplyAdd(factor, rightB, b3)
    if (rows > 4) {
      factor = spread ? v128.load_splat<f32>(left, 4 * PANEL_ROW) : v128.load_splat<f32>(left, 16)
      a4 = multiplyAdd(factor, rightA, a4)
      b4 = multiplyAdd(factor, rightB, b4)
    }
    if (rows > 5) {
      factor = spread ? v128.load_splat<f32>(left, 5 * PANEL_ROW) : v128.load_splat<f32>(left, 20)
      a5 = multiplyAdd(factor, rightA, a5)
      b5 = multiplyAdd(factor, rightB, b5)
    }
    if (spread) {
      left += 4
      // behind a row of one panel the next panel's begins
      if (!(left & (PANEL_ROW - 1))) left += leftStep - PANEL_ROW
    } else {
      left += rows << 2
    }
    right += PANEL_ROW
  }
  finish(output, a0, b0, add)
  finish(output += stride, a1, b1, add)
  finish(output += stride, a2, b2, add)
  finish(output += stride, a3, b3, add)
  if (rows > 4) finish(output += stride, a4, b4, add)
  if (rows > 5) finish(output += stride, a5, b5, add)
}
