// Copies a matrix into one of another size, filling with zeros: how matrices whose row length is no multiple
// of 4 come to the kernels that read vectors. `sourceStride` elements lie from one row to the next.

@group(0) @binding(1) var<storage, read_write> destination: array<f32>;
@group(0) @binding(2) var<storage, read> source: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let row = index / call.columns;
  let column = index % call.columns;
  if (row >= call.rows) { return; }
  var value = 0.0;
  if (row < call.sourceRows && column < call.sourceColumns) {
    value = source[row * call.sourceStride + column];
  }
  destination[index] = value;
}
