// The products of attention: scale · left · right for every head of every sequence of every model, each matrix at the
// steps from one model, sequence, head, row or column to the next. A word knows nothing of those behind it, by `reach`:
//   0  entries behind the row's own column are 0            scores, and the gradient of the probabilities
//   1  row r sums over 0…r                                  means of the values, gradient of the queries
//   2  row r sums over r…                                   gradients of the keys and of the values
// A tile sums as far as its farthest row: what the others do not reach is 0 in `left`.
//
// 4 × 4 outputs an invocation. A dispatch covers a run of these tiles, numbered model by model, sequence by sequence,
// head by head and row by row from `firstTile`.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> left: array<f32>;
@group(0) @binding(3) var<storage, read> right: array<f32>;

fn store(start: u32, row: u32, column: u32, sums: vec4f) {
  if (row >= call.rows) { return; }
  for (var i = 0u; i < min(4u, call.columns - column); i++) {
    let hidden = call.reach == 0u && column + i > row;
    output[start + row * call.outputRow + column + i] = select(call.scale * sums[i], 0.0, hidden);
  }
}

const width = 64u;
const four = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tile = call.firstTile + id.y * grid.x * width + id.x;
  if (tile >= call.endTile) { return; }
  let across = (call.columns + 3u) / 4u;
  let tiles = across * ((call.rows + 3u) / 4u);
  let head = tile / tiles % call.heads;
  let sequence = tile / (tiles * call.heads) % call.sequences;
  let model = tile / (tiles * call.heads * call.sequences);
  let row = tile % tiles / across * 4u;
  let column = tile % across * 4u;
  // rows and columns beyond the edge repeat the last one and are not stored
  let leftRows = call.leftOffset + (model % call.leftPeriod) * call.leftStride + sequence * call.leftSequence
    + head * call.leftHead + min(row + four, vec4u(call.rows - 1u)) * call.leftRow;
  let rightColumns = call.rightOffset + (model % call.rightPeriod) * call.rightStride
    + sequence * call.rightSequence + head * call.rightHead
    + min(column + four, vec4u(call.columns - 1u)) * call.rightColumn;
  var end = call.inner;
  if (call.reach == 0u && column > row + 3u) { end = 0u; }
  if (call.reach == 1u) { end = min(end, row + 4u); }
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var k = select(0u, row, call.reach == 2u); k < end; k++) {
    let a = leftRows + k * call.leftInner;
    let b = rightColumns + k * call.rightInner;
    let other = vec4f(right[b.x], right[b.y], right[b.z], right[b.w]);
    sum0 += left[a.x] * other;
    sum1 += left[a.y] * other;
    sum2 += left[a.z] * other;
    sum3 += left[a.w] * other;
  }
  let start = call.outputOffset + model * call.outputStride + sequence * call.outputSequence
    + head * call.outputHead;
  store(start, row + 0u, column, sum0);
  store(start, row + 1u, column, sum1);
  store(start, row + 2u, column, sum2);
  store(start, row + 3u, column, sum3);
}
