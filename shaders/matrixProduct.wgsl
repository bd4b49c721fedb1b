// output [m, n] = left [m, k] · right [k, n], with k and n multiples of 4; m is any.
//
// Two variants of one operation. `registerTile` suits adapters that compute on the CPU, where a barrier or
// workgroup memory costs more than it saves. `workgroupTile` suits hardware, where every value that a
// workgroup fetches once into its own memory is used 64 times. A dispatch covers a run of output tiles,
// numbered row by row from `firstTile`, so that one large product can be cut into several dispatches.

struct Product {
  m: u32,
  /// k and n in vectors of 4.
  kVectors: u32,
  nVectors: u32,
  firstTile: u32,
  endTile: u32,
}

@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<storage, read> left: array<vec4f>;
@group(0) @binding(3) var<storage, read> right: array<vec4f>;

/// Invocations in a workgroup of `registerTile`.
const registerWidth = 4u;

fn store(row: u32, column: u32, a: vec4f, b: vec4f, c: vec4f, d: vec4f) {
  if (row >= size.m) { return; }
  let start = row * size.nVectors + column;
  output[start] = a;
  if (column + 1u < size.nVectors) { output[start + 1u] = b; }
  if (column + 2u < size.nVectors) { output[start + 2u] = c; }
  if (column + 3u < size.nVectors) { output[start + 3u] = d; }
}

/// 4 steps of k of one vector of columns, as the columns of a matrix.
fn rightBlock(start: u32) -> mat4x4f {
  let n = size.nVectors;
  return mat4x4f(right[start], right[start + n], right[start + 2u * n], right[start + 3u * n]);
}

/// 16 rows × 16 columns (four vectors, a to d) an invocation, all in registers. Neighbouring invocations take
/// neighbouring columns. Written out because SwiftShader keeps arrays and matrices that change in memory: with
/// an array of sums it needs a quarter more time, with tiles of 8 × 8 more than half more.
@compute @workgroup_size(registerWidth)
fn registerTile(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tile = size.firstTile + id.y * grid.x * registerWidth + id.x;
  if (tile >= size.endTile) { return; }
  let tilesAcross = (size.nVectors + 3u) / 4u;
  let row = (tile / tilesAcross) * 16u;
  let column = (tile % tilesAcross) * 4u;
  // rows and columns beyond the edge repeat the last one and are not stored
  let lastRow = size.m - 1u;
  let lastColumn = size.nVectors - 1u;
  let row0 = min(row + 0u, lastRow) * size.kVectors;
  let row1 = min(row + 1u, lastRow) * size.kVectors;
  let row2 = min(row + 2u, lastRow) * size.kVectors;
  let row3 = min(row + 3u, lastRow) * size.kVectors;
  let row4 = min(row + 4u, lastRow) * size.kVectors;
  let row5 = min(row + 5u, lastRow) * size.kVectors;
  let row6 = min(row + 6u, lastRow) * size.kVectors;
  let row7 = min(row + 7u, lastRow) * size.kVectors;
  let row8 = min(row + 8u, lastRow) * size.kVectors;
  let row9 = min(row + 9u, lastRow) * size.kVectors;
  let row10 = min(row + 10u, lastRow) * size.kVectors;
  let row11 = min(row + 11u, lastRow) * size.kVectors;
  let row12 = min(row + 12u, lastRow) * size.kVectors;
  let row13 = min(row + 13u, lastRow) * size.kVectors;
  let row14 = min(row + 14u, lastRow) * size.kVectors;
  let row15 = min(row + 15u, lastRow) * size.kVectors;
  var a = min(column + 0u, lastColumn);
  var b = min(column + 1u, lastColumn);
  var c = min(column + 2u, lastColumn);
  var d = min(column + 3u, lastColumn);
  var sum0a = vec4f(); var sum0b = vec4f(); var sum0c = vec4f(); var sum0d = vec4f();
  var sum1a = vec4f(); var sum1b = vec4f(); var sum1c = vec4f(); var sum1d = vec4f();
  var sum2a = vec4f(); var sum2b = vec4f(); var sum2c = vec4f(); var sum2d = vec4f();
  var sum3a = vec4f(); var sum3b = vec4f(); var sum3c = vec4f(); var sum3d = vec4f();
  var sum4a = vec4f(); var sum4b = vec4f(); var sum4c = vec4f(); var sum4d = vec4f();
  var sum5a = vec4f(); var sum5b = vec4f(); var sum5c = vec4f(); var sum5d = vec4f();
  var sum6a = vec4f(); var sum6b = vec4f(); var sum6c = vec4f(); var sum6d = vec4f();
  var sum7a = vec4f(); var sum7b = vec4f(); var sum7c = vec4f(); var sum7d = vec4f();
  var sum8a = vec4f(); var sum8b = vec4f(); var sum8c = vec4f(); var sum8d = vec4f();
  var sum9a = vec4f(); var sum9b = vec4f(); var sum9c = vec4f(); var sum9d = vec4f();
  var sum10a = vec4f(); var sum10b = vec4f(); var sum10c = vec4f(); var sum10d = vec4f();
  var sum11a = vec4f(); var sum11b = vec4f(); var sum11c = vec4f(); var sum11d = vec4f();
  var sum12a = vec4f(); var sum12b = vec4f(); var sum12c = vec4f(); var sum12d = vec4f();
  var sum13a = vec4f(); var sum13b = vec4f(); var sum13c = vec4f(); var sum13d = vec4f();
  var sum14a = vec4f(); var sum14b = vec4f(); var sum14c = vec4f(); var sum14d = vec4f();
  var sum15a = vec4f(); var sum15b = vec4f(); var sum15c = vec4f(); var sum15d = vec4f();
  for (var k = 0u; k < size.kVectors; k++) {
    let rightA = rightBlock(a);
    let rightB = rightBlock(b);
    let rightC = rightBlock(c);
    let rightD = rightBlock(d);
    let left0 = left[row0 + k];
    sum0a += rightA * left0;
    sum0b += rightB * left0;
    sum0c += rightC * left0;
    sum0d += rightD * left0;
    let left1 = left[row1 + k];
    sum1a += rightA * left1;
    sum1b += rightB * left1;
    sum1c += rightC * left1;
    sum1d += rightD * left1;
    let left2 = left[row2 + k];
    sum2a += rightA * left2;
    sum2b += rightB * left2;
    sum2c += rightC * left2;
    sum2d += rightD * left2;
    let left3 = left[row3 + k];
    sum3a += rightA * left3;
    sum3b += rightB * left3;
    sum3c += rightC * left3;
    sum3d += rightD * left3;
    let left4 = left[row4 + k];
    sum4a += rightA * left4;
    sum4b += rightB * left4;
    sum4c += rightC * left4;
    sum4d += rightD * left4;
    let left5 = left[row5 + k];
    sum5a += rightA * left5;
    sum5b += rightB * left5;
    sum5c += rightC * left5;
    sum5d += rightD * left5;
    let left6 = left[row6 + k];
    sum6a += rightA * left6;
    sum6b += rightB * left6;
    sum6c += rightC * left6;
    sum6d += rightD * left6;
    let left7 = left[row7 + k];
    sum7a += rightA * left7;
    sum7b += rightB * left7;
    sum7c += rightC * left7;
    sum7d += rightD * left7;
    let left8 = left[row8 + k];
    sum8a += rightA * left8;
    sum8b += rightB * left8;
    sum8c += rightC * left8;
    sum8d += rightD * left8;
    let left9 = left[row9 + k];
    sum9a += rightA * left9;
    sum9b += rightB * left9;
    sum9c += rightC * left9;
    sum9d += rightD * left9;
    let left10 = left[row10 + k];
    sum10a += rightA * left10;
    sum10b += rightB * left10;
    sum10c += rightC * left10;
    sum10d += rightD * left10;
    let left11 = left[row11 + k];
    sum11a += rightA * left11;
    sum11b += rightB * left11;
    sum11c += rightC * left11;
    sum11d += rightD * left11;
    let left12 = left[row12 + k];
    sum12a += rightA * left12;
    sum12b += rightB * left12;
    sum12c += rightC * left12;
    sum12d += rightD * left12;
    let left13 = left[row13 + k];
    sum13a += rightA * left13;
    sum13b += rightB * left13;
    sum13c += rightC * left13;
    sum13d += rightD * left13;
    let left14 = left[row14 + k];
    sum14a += rightA * left14;
    sum14b += rightB * left14;
    sum14c += rightC * left14;
    sum14d += rightD * left14;
    let left15 = left[row15 + k];
    sum15a += rightA * left15;
    sum15b += rightB * left15;
    sum15c += rightC * left15;
    sum15d += rightD * left15;
    a += 4u * size.nVectors;
    b += 4u * size.nVectors;
    c += 4u * size.nVectors;
    d += 4u * size.nVectors;
  }
  store(row + 0u, column, sum0a, sum0b, sum0c, sum0d);
  store(row + 1u, column, sum1a, sum1b, sum1c, sum1d);
  store(row + 2u, column, sum2a, sum2b, sum2c, sum2d);
  store(row + 3u, column, sum3a, sum3b, sum3c, sum3d);
  store(row + 4u, column, sum4a, sum4b, sum4c, sum4d);
  store(row + 5u, column, sum5a, sum5b, sum5c, sum5d);
  store(row + 6u, column, sum6a, sum6b, sum6c, sum6d);
  store(row + 7u, column, sum7a, sum7b, sum7c, sum7d);
  store(row + 8u, column, sum8a, sum8b, sum8c, sum8d);
  store(row + 9u, column, sum9a, sum9b, sum9c, sum9d);
  store(row + 10u, column, sum10a, sum10b, sum10c, sum10d);
  store(row + 11u, column, sum11a, sum11b, sum11c, sum11d);
  store(row + 12u, column, sum12a, sum12b, sum12c, sum12d);
  store(row + 13u, column, sum13a, sum13b, sum13c, sum13d);
  store(row + 14u, column, sum14a, sum14b, sum14c, sum14d);
  store(row + 15u, column, sum15a, sum15b, sum15c, sum15d);
}

/// A workgroup's share of both matrices for 16 steps of k: 64 rows of `left` with k across (transposed, so
/// that 4 rows are one vector) and 64 columns of `right`.
var<workgroup> leftTile: array<array<vec4f, 16>, 16>;
var<workgroup> rightTile: array<array<vec4f, 16>, 16>;

/// 64 × 64 outputs a workgroup of 8 × 8 invocations, each 8 rows (4 and 4, half a tile apart) × 8 columns.
@compute @workgroup_size(64)
fn workgroupTile(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = size.firstTile + group.y * grid.x + group.x;
  if (tile >= size.endTile) { return; }
  let tilesAcross = (size.nVectors + 15u) / 16u;
  let row = (tile / tilesAcross) * 64u;
  let column = (tile % tilesAcross) * 16u;
  let y = lane / 8u;
  let x = lane % 8u;
  // what this invocation fetches: vector `loadStep` of 4 rows of `left`, and one column vector of `right`
  let loadStep = lane % 4u;
  let loadRows = lane / 4u;
  let loadColumn = lane % 16u;
  let leftStart = min(vec4u(row + 4u * loadRows) + vec4u(0u, 1u, 2u, 3u), vec4u(size.m - 1u)) * size.kVectors;
  let rightStart = min(column + loadColumn, size.nVectors - 1u);
  let lastVector = size.kVectors - 1u;
  var sums: array<array<vec4f, 2>, 8>;
  for (var start = 0u; start < size.kVectors; start += 4u) {
    workgroupBarrier();
    let vector = min(start + loadStep, lastVector);
    let rows = transpose(mat4x4f(
      left[leftStart.x + vector],
      left[leftStart.y + vector],
      left[leftStart.z + vector],
      left[leftStart.w + vector],
    ));
    // zeros beyond the end of k
    for (var i = 0u; i < 4u; i++) {
      leftTile[4u * loadStep + i][loadRows] = select(vec4f(0.0), rows[i], start + loadStep <= lastVector);
      let k = 4u * i + lane / 16u;
      let value = right[(4u * min(start + i, lastVector) + lane / 16u) * size.nVectors + rightStart];
      rightTile[k][loadColumn] = select(vec4f(0.0), value, start + i <= lastVector);
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let near = rightTile[k][x];
      let far = rightTile[k][x + 8u];
      let upper = leftTile[k][y];
      let lower = leftTile[k][y + 8u];
      for (var i = 0u; i < 4u; i++) {
        sums[i][0] += upper[i] * near;
        sums[i][1] += upper[i] * far;
        sums[i + 4u][0] += lower[i] * near;
        sums[i + 4u][1] += lower[i] * far;
      }
    }
  }
  for (var i = 0u; i < 8u; i++) {
    let outputRow = row + y * 4u + (i % 4u) + (i / 4u) * 32u;
    if (outputRow < size.m) {
      let start = outputRow * size.nVectors + column;
      if (column + x < size.nVectors) { output[start + x] = sums[i][0]; }
      if (column + x + 8u < size.nVectors) { output[start + x + 8u] = sums[i][1]; }
    }
  }
}
