// needs isNan
// The softmax of one row of `logits`, whose exponentials are taken of differences to the largest.

struct Softmax {
  largest: f32,
  sum: f32,
  /// NaN where any logit is, else 0: to be added to the result, since max and exp may lose a NaN.
  nan: f32,
}

fn softmaxFrom(start: u32, classes: u32) -> Softmax {
  var largest = logits[start];
  var nan = 0.0;
  for (var i = 0u; i < classes; i++) {
    let logit = logits[start + i];
    largest = max(largest, logit);
    nan = select(nan, logit, isNan(logit));
  }
  var sum = 0.0;
  for (var i = 0u; i < classes; i++) { sum += exp(logits[start + i] - largest); }
  return Softmax(largest, sum, nan);
}

fn probability(softmax: Softmax, at: u32) -> f32 {
  return exp(logits[at] - softmax.largest) / softmax.sum + softmax.nan;
}
