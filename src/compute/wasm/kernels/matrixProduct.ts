import { depthPart, multiplyPanels, packLeft, packRight, part, roundUp } from './panels'
import { BLOCK_COLUMNS, BLOCK_ROWS } from './vector'

/** Most rows and columns at once: their packed panels stay in the second cache level. */
export const MOST_ROWS: i32 = 528
export const MOST_COLUMNS: i32 = 256

/** Bytes of scratch memory that `matrixProduct` needs. */
export function matrixProductScratch(m: i32, k: i32, n: i32): usize {
  const depth = <usize>depthPart(k)
  return (depth * (part(m, MOST_ROWS, BLOCK_ROWS) + part(n, MOST_COLUMNS, BLOCK_COLUMNS))) << 2
}

/** output [m, n] = left [m, k] · right [k, n]; output is neither factor. */
export function matrixProduct(output: usize, left: usize, right: usize, m: i32, k: i32, n: i32, scratch: usize): void {
  const leftStride = <usize>k << 2
  const rightStride = <usize>n << 2
  const rowPart = part(m, MOST_ROWS, BLOCK_ROWS)
  const columnPart = part(n, MOST_COLUMNS, BLOCK_COLUMNS)
  const innerPart = depthPart(k)
  for (let row = 0; row < m; row += rowPart) {
    const rows = min(rowPart, m - row)
    for (let inner = 0; inner < k; inner += innerPart) {
      const depth = min(innerPart, k - inner)
      packLeft(scratch, left + <usize>row * leftStride + (<usize>inner << 2), leftStride, rows, depth)
      const rightPanels = scratch + ((<usize>roundUp(rows, BLOCK_ROWS) * depth) << 2)
      for (let column = 0; column < n; column += columnPart) {
        const columns = min(columnPart, n - column)
        const source = right + <usize>inner * rightStride + (<usize>column << 2)
        packRight(rightPanels, source, rightStride, depth, columns)
        const place = output + <usize>row * rightStride + (<usize>column << 2)
        multiplyPanels(place, rightStride, scratch, rightPanels, rows, columns, depth, inner > 0)
      }
    }
  }
}
