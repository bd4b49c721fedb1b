// needs softmax
// −log softmax of the label's logit, in nats, and where asked for the gradient of its mean over the batch; one
// invocation an example.

@group(0) @binding(1) var<storage, read_write> losses: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> logits: array<f32>;
@group(0) @binding(4) var<storage, read> labels: array<u32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / call.rows;
  if (model >= call.models) { return; }
  let row = index % call.rows;
  let start = call.logitsOffset + (model % call.logitsPeriod) * call.logitsStride + row * call.classes;
  let given = labels[call.labelsOffset + (model % call.labelsPeriod) * call.labelsStride + row];
  let label = min(given, call.classes - 1u);
  let softmax = softmaxFrom(start, call.classes);
  let loss = log(softmax.sum) + (softmax.largest - logits[start + label]) + softmax.nan;
  losses[call.lossesOffset + model * call.lossesStride + row] = loss;
  if (call.keepsGradient == 0u) { return; }
  let place = call.gradientOffset + model * call.gradientStride + row * call.classes;
  for (var i = 0u; i < call.classes; i++) {
    let wanted = select(0.0, 1.0, i == label);
    gradient[place + i] = (probability(softmax, start + i) - wanted) / f32(call.rows);
  }
}
