const DECAY2: f32 = 0.999
const EPSILON: f32 = 1e-8

/**
 * One update by Adam (Kingma and Ba 2015, algorithm 1) of `count` parameters. `decay1` is β₁ and `share1` 1 − β₁, rounded
 * once; `rate` is learningRate / (1 − β₁ᵗ), `rootFactor` 1 / √(1 − β₂ᵗ).
 */
export function adam(
  parameters: usize, gradients: usize, firstMoments: usize, secondMoments: usize, count: i32,
  decay1: f32, share1: f32, rate: f32, rootFactor: f32,
): void {
  // 1 − β₂, rounded once
  const share2: f32 = 0.001
  const bytes = <usize>count << 2
  const vectorBytes = bytes & ~15
  for (let at: usize = 0; at < vectorBytes; at += 16) {
    const gradient = v128.load(gradients + at)
    const first = f32x4.add(
      f32x4.mul(v128.load(firstMoments + at), f32x4.splat(decay1)),
      f32x4.mul(gradient, f32x4.splat(share1)),
    )
    const second = f32x4.add(
      f32x4.mul(v128.load(secondMoments + at), f32x4.splat(DECAY2)),
      f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(share2)),
    )
    v128.store(firstMoments + at, first)
    v128.store(secondMoments + at, second)
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(rootFactor)), f32x4.splat(EPSILON))
    const change = f32x4.div(f32x4.mul(first, f32x4.splat(rate)), root)
    v128.store(parameters + at, f32x4.sub(v128.load(parameters + at), change))
  }
  for (let at = vectorBytes; at < bytes; at += 4) {
    const gradient = load<f32>(gradients + at)
    const first = load<f32>(firstMoments + at) * decay1 + gradient * share1
    const second = load<f32>(secondMoments + at) * DECAY2 + gradient * gradient * share2
    store<f32>(firstMoments + at, first)
    store<f32>(secondMoments + at, second)
    const change = (first * rate) / (sqrt<f32>(second) * rootFactor + EPSILON)
    store<f32>(parameters + at, load<f32>(parameters + at) - change)
  }
}
