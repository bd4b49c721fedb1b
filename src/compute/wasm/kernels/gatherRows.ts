import { loadFirst, multiplyAdd, storeFirst } from './vector'

/**
 * output [rows, columns]: row r = scale · table[indices[r]] + positions[r mod context]; an index beyond the last of
 * `words` means the last. `positions` is 0 where there are none. One model.
 */
export function gatherRows(
  output: usize, table: usize, indices: usize, positions: usize, scale: f32, rows: i32, words: u32, context: i32,
  columns: i32,
): void {
  const bytes = <usize>columns << 2
  const factor = f32x4.splat(scale)
  for (let row = 0; row < rows; row++) {
    const from = table + <usize>min<u32>(load<u32>(indices + (<usize>row << 2)), words - 1) * bytes
    const position = positions + <usize>(row % context) * bytes
    for (let i = 0; i < columns; i += 4) {
      const at = <usize>i << 2
      const x = loadFirst(from + at, columns - i)
      const moved = positions
        ? multiplyAdd(x, factor, loadFirst(position + at, columns - i))
        : f32x4.mul(x, factor)
      storeFirst(output + at, moved, columns - i)
    }
    output += bytes
  }
}
