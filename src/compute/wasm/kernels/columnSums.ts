/** output [columns] = sums of input [rows, columns] over its rows. */
export function columnSums(output: usize, input: usize, rows: i32, columns: i32): void {
  const bytes = <usize>columns << 2
  const vectorBytes = bytes & ~15
  memory.copy(output, input, bytes)
  for (let row = 1; row < rows; row++) {
    input += bytes
    for (let at: usize = 0; at < vectorBytes; at += 16)
      v128.store(output + at, f32x4.add(v128.load(output + at), v128.load(input + at)))
    for (let at = vectorBytes; at < bytes; at += 4)
      store<f32>(output + at, load<f32>(output + at) + load<f32>(input + at))
  }
}
