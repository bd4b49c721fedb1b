// What `logitLoss` keeps of a token's logits while it streams over the words. Joined in front of its kernels.
// "Raw" means before scaling: u = hidden · table row, l = scale · u.

struct Statistics {
  /// Largest raw logit; −3e38 where nothing was seen yet.
  maximum: f32,
  sum: f32,
  sumOfSquares: f32,
  /// For each scale: Σ exp(l − m), Σ (l − m) exp(l − m), Σ exp(2 (l − m)) with m = scale · maximum.
  first: vec3f,
  second: vec3f,
}

const nothing = -3e38;

fn noStatistics() -> Statistics {
  return Statistics(nothing, 0.0, 0.0, vec3f(0.0), vec3f(0.0));
}

/// exp for x ≤ 0, zero below −87. WGSL permits the built-in one an error of 3 + 2|x| units in the last place
/// and software adapters use it; this one is within 2 of them: 2^n · p(r), r = x − n ln 2 in ±½ ln 2, with
/// the Taylor polynomial to r^7 (the term left out is below 6e-9).
fn exponential(x: vec4f) -> vec4f {
  let clamped = max(x, vec4f(-87.0));
  let n = floor(clamped * 1.44269504 + 0.5);
  // ln 2 in two parts, the first with few enough bits that n times it is exact
  let r = (clamped - n * 0.693359375) + n * 2.12194440e-4;
  var p = 1.98412698e-4 * r + 1.38888889e-3;
  p = p * r + 8.33333333e-3;
  p = p * r + 4.16666667e-2;
  p = p * r + 0.166666667;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  let power = bitcast<vec4f>(vec4u(vec4i(n) + 127) << vec4u(23u));
  return select(vec4f(0.0), p * power, x > vec4f(-87.0));
}

/// Sums that were relative to one maximum, relative to a maximum that is larger by `rise` (already scaled).
fn raised(sums: vec3f, rise: f32, factor: f32) -> vec3f {
  return vec3f(sums.x * factor, (sums.y - rise * sums.x) * factor, sums.z * factor * factor);
}

/// The three sums over four words whose shifted logits l − m are `shifted`.
fn sumsOver(shifted: vec4f, counted: vec4<bool>) -> vec3f {
  let e = select(vec4f(0.0), exponential(shifted), counted);
  return vec3f(dot(e, vec4f(1.0)), dot(e, max(shifted, vec4f(-87.0))), dot(e, e));
}

fn largest(u: vec4f) -> f32 {
  return max(max(u.x, u.y), max(u.z, u.w));
}

/// The statistics with four more words. The shift is scale · (u − maximum), never scale · u − scale · maximum,
/// which would lose digits where logits are large.
fn withWords(old: Statistics, u: vec4f, counted: vec4<bool>, scales: vec2f) -> Statistics {
  let kept = select(vec4f(0.0), u, counted);
  var result = old;
  result.sum += dot(kept, vec4f(1.0));
  result.sumOfSquares += dot(kept, kept);
  result.maximum = max(old.maximum, largest(select(vec4f(nothing), u, counted)));
  // rarely, after the first words
  if (result.maximum > old.maximum) {
    // from "nothing" the rise is huge, its factor 0 and the sums 0
    let rises = scales * min(result.maximum - old.maximum, 1e30);
    let factors = exponential(vec4f(-rises, 0.0, 0.0));
    result.first = raised(old.first, rises.x, factors.x);
    result.second = raised(old.second, rises.y, factors.y);
  }
  let distance = u - result.maximum;
  result.first += sumsOver(scales.x * distance, counted);
  if (scales.y > 0.0) { result.second += sumsOver(scales.y * distance, counted); }
  return result;
}

/// The statistics of two disjoint sets of words.
fn merged(a: Statistics, b: Statistics, scales: vec2f) -> Statistics {
  let maximum = max(a.maximum, b.maximum);
  let riseA = scales * min(maximum - a.maximum, 1e30);
  let riseB = scales * min(maximum - b.maximum, 1e30);
  let factors = exponential(vec4f(-riseA, -riseB));
  return Statistics(
    maximum,
    a.sum + b.sum,
    a.sumOfSquares + b.sumOfSquares,
    raised(a.first, riseA.x, factors.x) + raised(b.first, riseB.x, factors.z),
    raised(a.second, riseA.y, factors.y) + raised(b.second, riseB.y, factors.w),
  );
}

/// In storage: three vectors a token.
fn packed(s: Statistics, part: u32) -> vec4f {
  if (part == 0u) { return vec4f(s.maximum, s.sum, s.sumOfSquares, 0.0); }
  if (part == 1u) { return vec4f(s.first, 0.0); }
  return vec4f(s.second, 0.0);
}

fn unpacked(a: vec4f, b: vec4f, c: vec4f) -> Statistics {
  return Statistics(a.x, a.y, a.z, b.xyz, c.xyz);
}
