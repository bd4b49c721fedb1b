// needs norm
// output [rows] = Euclidean norms of the rows of `values`, one invocation a row.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / call.rows;
  if (model >= call.models) { return; }
  let row = index % call.rows;
  let start = call.valuesOffset + (model % call.valuesPeriod) * call.valuesStride + row * call.columns;
  output[call.outputOffset + model * call.outputStride + row] = rootOf(sumOfSquares(start, start + call.columns, 1u));
}
