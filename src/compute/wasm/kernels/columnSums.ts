/** output [columns] = sums of input [rows, columns] over its rows, for `count` columns from `first` on. */
export function columnSums(output: usize, input: usize, rows: i32, columns: i32, first: i32, count: i32): void {
  const stride = <usize>columns << 2
  const bytes = <usize>count << 2
  output += <usize>first << 2
  input += <usize>first << 2
  const vectorBytes = bytes & ~15
  memory.copy(output, input, bytes)
  for (let row = 1; row < rows; row++) {
    input += stride
    for (let at: usize = 0; at < vectorBytes; at += 16)
      v128.store(output + at, f32x4.add(v128.load(output + at), v128.load(input + at)))
    for (let at = vectorBytes; at < bytes; at += 4)
      store<f32>(output + at, load<f32>(output + at) + load<f32>(input + at))
  }
}
