import { loadFirst, multiplyAdd, storeFirst } from './vector'

/** output [words, columns]: row indices[r] += scale · input[r], row after row. One model. */
export function scatterAddRows(
  output: usize, input: usize, indices: usize, scale: f32, rows: i32, words: u32, columns: i32,
): void {
  const bytes = <usize>columns << 2
  const factor = f32x4.splat(scale)
  for (let row = 0; row < rows; row++) {
    const to = output + <usize>min<u32>(load<u32>(indices + (<usize>row << 2)), words - 1) * bytes
    for (let i = 0; i < columns; i += 4) {
      const at = <usize>i << 2
      const before = loadFirst(to + at, columns - i)
      storeFirst(to + at, multiplyAdd(loadFirst(input + at, columns - i), factor, before), columns - i)
    }
    input += bytes
  }
}
