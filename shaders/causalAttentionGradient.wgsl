// Slopes of the probabilities become slopes of the scores in place: p · (slope − Σ p · slope), one invocation a row, as
// far as the row's own column. What else is needed are products by attentionProduct.wgsl.

@group(0) @binding(1) var<storage, read_write> slopes: array<f32>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / call.rows;
  if (model >= call.models) { return; }
  let row = index % call.rows;
  let start = call.slopesOffset + model * call.slopesStride + row * call.context;
  let place = call.probabilitiesOffset + (model % call.probabilitiesPeriod) * call.probabilitiesStride
    + row * call.context;
  let count = row % call.context + 1u;
  var average = 0.0;
  for (var i = 0u; i < count; i++) { average += probabilities[place + i] * slopes[start + i]; }
  for (var i = 0u; i < count; i++) {
    slopes[start + i] = probabilities[place + i] * (slopes[start + i] - average);
  }
}
