import { loadFirst, multiplyAdd, storeFirst } from './vector'

/** output [words, columns]: row indices[r] += scale · input[r], row after row, in `count` columns from `first` on. One model. */
export function scatterAddRows(
  output: usize, input: usize, indices: usize, scale: f32, rows: i32, words: u32, columns: i32, first: i32, count: i32,
): void {
  const bytes = <usize>columns << 2
  output += <usize>first << 2
  input += <usize>first << 2
  const factor = f32x4.splat(scale)
  for (let row = 0; row < rows; row++) {
    const to = output + <usize>min<u32>(load<u32>(indices + (<usize>row << 2)), words - 1) * bytes
    for (let i = 0; i < count; i += 4) {
      const at = <usize>i << 2
      const before = loadFirst(to + at, count - i)
      storeFirst(to + at, multiplyAdd(loadFirst(input + at, count - i), factor, before), count - i)
    }
    input += bytes
  }
}
