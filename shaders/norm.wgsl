// The Euclidean norm of numbers of any size, after Blue (1978): squares of the large, the middle and the small ones are
// summed apart, the large scaled by 2^-70 and the small by 2^70, so that none overflows or vanishes.

/// 2^70 and 2^-70
const enlarging = 1.1805916e21;
const reducing = 8.4703295e-22;

/// (large, middle, small)
fn squares(value: f32) -> vec3f {
  // by the bits, which order ∞ and NaN behind every number
  let size = bitcast<u32>(value) & 0x7fffffffu;
  let large = size > 0x5b000000u; // 2^55
  let small = size < 0x26800000u; // 2^-50
  let scaled = value * select(select(1.0, enlarging, small), reducing, large);
  return select(vec3f(0.0), vec3f(scaled * scaled), vec3<bool>(large, !(large || small), small));
}

/// Of `values` at every `step`-th place from `start`; in blocks, so that fewer roundings add up.
fn sumOfSquares(start: u32, end: u32, step: u32) -> vec3f {
  var sum = vec3f(0.0);
  for (var i = start; i < end;) {
    var block = vec3f(0.0);
    for (var k = 0u; k < 32u && i < end; k++) {
      block += squares(values[i]);
      i += step;
    }
    sum += block;
  }
  return sum;
}

fn rootOf(sums: vec3f) -> f32 {
  // a root may lose ∞ and NaN
  if ((bitcast<u32>(sums.x) & 0x7f800000u) == 0x7f800000u) { return sums.x; }
  if (sums.x > 0.0) {
    let middle = sqrt(sums.y) * reducing;
    return sqrt(sums.x + middle * middle) * enlarging;
  }
  let small = sqrt(sums.z) * reducing;
  return select(small, sqrt(sums.y + small * small), sums.y > 0.0);
}
