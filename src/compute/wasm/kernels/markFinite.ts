/** `alive` becomes 0 unless `count` float32 at `values` are all finite. One model. */
export function markFinite(alive: usize, values: usize, count: i32): void {
  if (!allFinite(values, count)) store<f32>(alive, 0)
}

/** Whether `count` float32 are all finite: a number times 0 is 0 if it is, however large, and NaN otherwise. */
function allFinite(values: usize, count: i32): bool {
  const zeros = f32x4.splat(0)
  const bytes = <usize>count << 2
  const vectorBytes = bytes & ~15
  let products = zeros
  for (let at: usize = 0; at < vectorBytes; at += 16)
    products = f32x4.add(products, f32x4.mul(v128.load(values + at), zeros))
  if (v128.any_true(f32x4.ne(products, products))) return false
  let rest: f32 = 0
  for (let at = vectorBytes; at < bytes; at += 4) rest += load<f32>(values + at) * 0
  return rest == rest
}
