// σ = softplus(x) = ln(1 + eˣ) and what is needed with it, for every x that float32 holds: nothing overflows, and
// for very negative x σ keeps its digits until eˣ is below the smallest float32.

struct Softplus {
  /// e^−|x|
  decay: f32,
  /// σ / eˣ where x is not above 0, else σ: from ln 2 up.
  scale: f32,
  deviation: f32,
}

/// ln((1 + t) / (1 − t)) / t = 2 (1 + t² / 3 + t⁴ / 5 + …) for |t| ≤ 1/3, with a relative error below 2e-8.
fn logRatioSeries(t: f32) -> f32 {
  let square = t * t;
  return 2.0 + square * (0.6666667 + square * (0.4 + square * (0.2857143
    + square * (0.22222222 + square * (0.18181819 + square * 0.15384616)))));
}

fn softplus(x: f32) -> Softplus {
  let decay = exp(-abs(x));
  // ln(1 + e) is the series' function at t = e / (2 + e)
  let growth = logRatioSeries(decay / (2.0 + decay)) / (2.0 + decay);
  // not max(x, 0), which may lose a NaN
  let deviation = select(x, 0.0, x <= 0.0) + decay * growth;
  return Softplus(decay, select(deviation, growth, x <= 0.0), deviation);
}
