// needs softmax
// probabilities += softmax of logits, one invocation an example.

@group(0) @binding(1) var<storage, read_write> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read> logits: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / call.rows;
  if (model >= call.models) { return; }
  let row = index % call.rows;
  let start = call.logitsOffset + (model % call.logitsPeriod) * call.logitsStride + row * call.classes;
  let place = call.probabilitiesOffset + model * call.probabilitiesStride + row * call.classes;
  let softmax = softmaxFrom(start, call.classes);
  for (var i = 0u; i < call.classes; i++) {
    probabilities[place + i] += probability(softmax, start + i);
  }
}
