/** Rows of `words` · 4 pixels as −1…1: row i is image indices[i], whose words hold four pixels, the lowest byte first. */
export function gatherImages(
  output: usize, images: usize, indices: usize, rows: i32, words: i32, imageCount: u32,
): void {
  const bytes = <usize>words << 2
  for (let row = 0; row < rows; row++) {
    const image = images + <usize>min<u32>(load<u32>(indices), imageCount - 1) * bytes
    for (let at: usize = 0; at < bytes; at += 4) {
      const pixels = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(image + at)))
      // 2 byte − 255 is exact, and ±255 times the rounded 1 / 255 rounds to ±1
      const odd = i32x4.sub(i32x4.shl(pixels, 1), i32x4.splat(255))
      v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(odd), f32x4.splat(<f32>(1.0 / 255))))
      output += 16
    }
    indices += 4
  }
}
