// output [columns] = sums of input [rows, columns] over its rows, for many models: a column an invocation.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / call.columns;
  let column = i % call.columns;
  if (model >= call.models) { return; }
  var place = call.inputOffset + (model % call.inputPeriod) * call.inputStride + column;
  var sum = 0.0;
  for (var row = 0u; row < call.rows; row++) {
    sum += input[place];
    place += call.columns;
  }
  output[call.outputOffset + model * call.outputStride + column] = sum;
}
