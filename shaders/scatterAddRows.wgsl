// output[indices[r]] += scale · input[r]. The words are divided among `shares` by their number: an invocation adds one
// column of every row whose word is of its share, in the order of the rows. So no entry is ever written by two, and
// the sum is the same to the bit whatever the number of shares.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / (call.shares * call.columns);
  if (model >= call.models) { return; }
  let share = index / call.columns % call.shares;
  let column = index % call.columns;
  let start = call.outputOffset + model * call.outputStride + column;
  let first = call.indicesOffset + (model % call.indicesPeriod) * call.indicesStride;
  var place = call.inputOffset + (model % call.inputPeriod) * call.inputStride + column;
  for (var row = 0u; row < call.rows; row++) {
    let word = min(indices[first + row], call.words - 1u);
    if (word % call.shares == share) { output[start + word * call.columns] += call.scale * input[place]; }
    place += call.columns;
  }
}
