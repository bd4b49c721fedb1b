// needs isNan
// Scores become probabilities in place: the softmax over the columns up to a row's own, one invocation a row. The
// scores and the mean of the values are products by attentionProduct.wgsl.

@group(0) @binding(1) var<storage, read_write> scores: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / call.rows;
  if (model >= call.models) { return; }
  let row = index % call.rows;
  let start = call.scoresOffset + model * call.scoresStride + row * call.context;
  let end = start + row % call.context + 1u;
  var largest = scores[start];
  // NaN where any score is, else 0, since max and exp may lose it
  var nan = 0.0;
  for (var i = start; i < end; i++) {
    largest = max(largest, scores[i]);
    nan = select(nan, scores[i], isNan(scores[i]));
  }
  var sum = 0.0;
  for (var i = start; i < end; i++) {
    let weight = exp(scores[i] - largest);
    scores[i] = weight;
    sum += weight;
  }
  for (var i = start; i < end; i++) { scores[i] = scores[i] / sum + nan; }
}
