// output [columns] = sums of input [rows, columns] over its rows, for many models: a column an invocation.

struct ColumnSums {
  models: u32,
  rows: u32,
  columns: u32,
  outputOffset: u32,
  outputStride: u32,
  inputOffset: u32,
  inputStride: u32,
  inputPeriod: u32,
}

@group(0) @binding(0) var<uniform> size: ColumnSums;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / size.columns;
  let column = i % size.columns;
  if (model >= size.models) { return; }
  var place = size.inputOffset + (model % size.inputPeriod) * size.inputStride + column;
  var sum = 0.0;
  for (var row = 0u; row < size.rows; row++) {
    sum += input[place];
    place += size.columns;
  }
  output[size.outputOffset + model * size.outputStride + column] = sum;
}
