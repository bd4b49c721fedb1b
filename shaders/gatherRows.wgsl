// Row r = scale · table[indices[r]] + positions[r mod context], an entry an invocation. `context` is the rows of
// `positions`; 0 where there are none.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read> positions: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / (call.rows * call.columns);
  if (model >= call.models) { return; }
  let place = index % (call.rows * call.columns);
  let row = place / call.columns;
  let column = place % call.columns;
  let given = indices[call.indicesOffset + (model % call.indicesPeriod) * call.indicesStride + row];
  let word = min(given, call.words - 1u);
  let start = call.tableOffset + (model % call.tablePeriod) * call.tableStride;
  var value = call.scale * table[start + word * call.columns + column];
  if (call.context != 0u) {
    let first = call.positionsOffset + (model % call.positionsPeriod) * call.positionsStride;
    value += positions[first + row % call.context * call.columns + column];
  }
  output[call.outputOffset + model * call.outputStride + place] = value;
}
