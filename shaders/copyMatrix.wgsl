// Copies a matrix into one of another size, filling with zeros: how matrices whose row length is no multiple
// of 4 come to the kernels that read vectors.

struct Sizes {
  sourceRows: u32,
  sourceColumns: u32,
  /// Elements from one row to the next.
  sourceStride: u32,
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> destination: array<f32>;
@group(0) @binding(2) var<storage, read> source: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let row = index / sizes.columns;
  let column = index % sizes.columns;
  if (row >= sizes.rows) { return; }
  var value = 0.0;
  if (row < sizes.sourceRows && column < sizes.sourceColumns) {
    value = source[row * sizes.sourceStride + column];
  }
  destination[index] = value;
}
