/** output = first · firstScale + second · secondScale over `count` float32; output may be either input. */
export function weightedSum(
  output: usize, first: usize, firstScale: f32, second: usize, secondScale: f32, count: u32,
): void {
  const firstFactor = f32x4.splat(firstScale)
  const secondFactor = f32x4.splat(secondScale)
  const vectors = count >> 2
  for (let i: u32 = 0; i < vectors; i++) {
    const sum = f32x4.add(f32x4.mul(v128.load(first), firstFactor), f32x4.mul(v128.load(second), secondFactor))
    v128.store(output, sum)
    output += 16
    first += 16
    second += 16
  }
  for (let i: u32 = 0; i < (count & 3); i++) {
    const offset = <usize>i << 2
    store<f32>(output + offset, load<f32>(first + offset) * firstScale + load<f32>(second + offset) * secondScale)
  }
}
