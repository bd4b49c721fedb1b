// needs geluGate
// x · ½ (1 + tanh u), an entry an invocation.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * width + id.x;
  if (i >= call.count) { return; }
  // NaN comes through the product, whatever became of it in the gate
  output[i] = input[i] * geluGate(input[i]).gate;
}
