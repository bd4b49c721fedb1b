// output = input for many models: an entry an invocation. A model's matrix has `count` entries.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / call.count;
  if (model >= call.models) { return; }
  let place = i % call.count;
  let start = call.inputOffset + (model % call.inputPeriod) * call.inputStride;
  output[call.outputOffset + model * call.outputStride + place] = input[start + place];
}
