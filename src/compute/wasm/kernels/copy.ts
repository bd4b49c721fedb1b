/** output = input, `count` float32 that do not overlap. One model. */
export function copy(output: usize, input: usize, count: i32): void {
  memory.copy(output, input, <usize>count << 2)
}
