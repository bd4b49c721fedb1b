/** average ← average · kept + parameters · (1 − kept), of `count` parameters. */
export function runningAverage(average: usize, parameters: usize, count: i32, kept: f32): void {
  const share: f32 = 1 - kept
  const bytes = <usize>count << 2
  const vectorBytes = bytes & ~15
  for (let at: usize = 0; at < vectorBytes; at += 16)
    v128.store(
      average + at,
      f32x4.add(
        f32x4.mul(v128.load(average + at), f32x4.splat(kept)),
        f32x4.mul(v128.load(parameters + at), f32x4.splat(share)),
      ),
    )
  for (let at = vectorBytes; at < bytes; at += 4)
    store<f32>(average + at, load<f32>(average + at) * kept + load<f32>(parameters + at) * share)
}
