// output = op(left) · op(right) + bias, then ReLU and gate, for many models of one size; or output += the product.
// Both factors are read by the steps from one row, column or entry of the sum to the next, so that a transposed one is
// another order of steps and a matrix may begin at any element.
//
// Two variants, of the kinds that matrixProduct.wgsl explains. A dispatch covers a run of output tiles, numbered
// model by model and row by row from `firstTile`, so that large products can be cut into several dispatches.

struct ModelProduct {
  rows: u32,
  inner: u32,
  columns: u32,
  firstTile: u32,
  endTile: u32,
  /// Elements before a model's matrix: offset + (model mod period) · stride.
  outputOffset: u32,
  outputStride: u32,
  leftOffset: u32,
  leftStride: u32,
  leftPeriod: u32,
  /// Elements from one row of op(left) to the next, and from one of its columns to the next.
  leftRowStep: u32,
  leftInnerStep: u32,
  rightOffset: u32,
  rightStride: u32,
  rightPeriod: u32,
  rightInnerStep: u32,
  rightColumnStep: u32,
  /// Whether there is a bias; otherwise nothing of it counts.
  biased: u32,
  biasOffset: u32,
  biasStride: u32,
  biasPeriod: u32,
  relu: u32,
  gated: u32,
  gateOffset: u32,
  gateStride: u32,
  gatePeriod: u32,
  /// Whether the product is added to what the output holds.
  accumulate: u32,
}

@group(0) @binding(0) var<uniform> size: ModelProduct;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> left: array<f32>;
@group(0) @binding(3) var<storage, read> right: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> gate: array<f32>;

fn store(model: u32, row: u32, column: u32, sum: f32) {
  if (row >= size.rows || column >= size.columns) { return; }
  var value = sum;
  if (size.biased != 0u) {
    value += bias[size.biasOffset + (model % size.biasPeriod) * size.biasStride + column];
  }
  // NaN stays NaN
  if (size.relu != 0u) { value = select(value, 0.0, value < 0.0); }
  let place = row * size.columns + column;
  if (size.gated != 0u) {
    value = select(0.0, value, gate[size.gateOffset + (model % size.gatePeriod) * size.gateStride + place] > 0.0);
  }
  let entry = size.outputOffset + model * size.outputStride + place;
  if (size.accumulate != 0u) { value += output[entry]; }
  output[entry] = value;
}

fn storeVector(model: u32, row: u32, column: u32, sums: vec4f) {
  store(model, row, column, sums.x);
  store(model, row, column + 1u, sums.y);
  store(model, row, column + 2u, sums.z);
  store(model, row, column + 3u, sums.w);
}

fn leftVector(at: vec4u) -> vec4f {
  return vec4f(left[at.x], left[at.y], left[at.z], left[at.w]);
}

fn rightVector(at: vec4u) -> vec4f {
  return vec4f(right[at.x], right[at.y], right[at.z], right[at.w]);
}

/// Invocations in a workgroup of `registerTile`.
const registerWidth = 4u;

/// 8 rows × 16 columns an invocation, all in registers; written out as in matrixProduct.wgsl, and for its reason.
/// 16 rows would be little faster.
@compute @workgroup_size(registerWidth)
fn registerTile(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tile = size.firstTile + id.y * grid.x * registerWidth + id.x;
  if (tile >= size.endTile) { return; }
  let tilesAcross = (size.columns + 15u) / 16u;
  let tilesOfModel = tilesAcross * ((size.rows + 7u) / 8u);
  let model = tile / tilesOfModel;
  let row = (tile % tilesOfModel) / tilesAcross * 8u;
  let column = tile % tilesAcross * 16u;
  // rows and columns beyond the edge repeat the last one and are not stored
  let lastRow = size.rows - 1u;
  let lastColumn = vec4u(size.columns - 1u);
  var fromLeft = size.leftOffset + (model % size.leftPeriod) * size.leftStride;
  var fromRight = size.rightOffset + (model % size.rightPeriod) * size.rightStride;
  let row0 = min(row + 0u, lastRow) * size.leftRowStep;
  let row1 = min(row + 1u, lastRow) * size.leftRowStep;
  let row2 = min(row + 2u, lastRow) * size.leftRowStep;
  let row3 = min(row + 3u, lastRow) * size.leftRowStep;
  let row4 = min(row + 4u, lastRow) * size.leftRowStep;
  let row5 = min(row + 5u, lastRow) * size.leftRowStep;
  let row6 = min(row + 6u, lastRow) * size.leftRowStep;
  let row7 = min(row + 7u, lastRow) * size.leftRowStep;
  let a = min(column + vec4u(0u, 1u, 2u, 3u), lastColumn) * size.rightColumnStep;
  let b = min(column + vec4u(4u, 5u, 6u, 7u), lastColumn) * size.rightColumnStep;
  let c = min(column + vec4u(8u, 9u, 10u, 11u), lastColumn) * size.rightColumnStep;
  let d = min(column + vec4u(12u, 13u, 14u, 15u), lastColumn) * size.rightColumnStep;
  var sum0a = vec4f(); var sum0b = vec4f(); var sum0c = vec4f(); var sum0d = vec4f();
  var sum1a = vec4f(); var sum1b = vec4f(); var sum1c = vec4f(); var sum1d = vec4f();
  var sum2a = vec4f(); var sum2b = vec4f(); var sum2c = vec4f(); var sum2d = vec4f();
  var sum3a = vec4f(); var sum3b = vec4f(); var sum3c = vec4f(); var sum3d = vec4f();
  var sum4a = vec4f(); var sum4b = vec4f(); var sum4c = vec4f(); var sum4d = vec4f();
  var sum5a = vec4f(); var sum5b = vec4f(); var sum5c = vec4f(); var sum5d = vec4f();
  var sum6a = vec4f(); var sum6b = vec4f(); var sum6c = vec4f(); var sum6d = vec4f();
  var sum7a = vec4f(); var sum7b = vec4f(); var sum7c = vec4f(); var sum7d = vec4f();
  for (var k = 0u; k < size.inner; k++) {
    let rightA = rightVector(fromRight + a);
    let rightB = rightVector(fromRight + b);
    let rightC = rightVector(fromRight + c);
    let rightD = rightVector(fromRight + d);
    let left0 = left[fromLeft + row0];
    sum0a += left0 * rightA;
    sum0b += left0 * rightB;
    sum0c += left0 * rightC;
    sum0d += left0 * rightD;
    let left1 = left[fromLeft + row1];
    sum1a += left1 * rightA;
    sum1b += left1 * rightB;
    sum1c += left1 * rightC;
    sum1d += left1 * rightD;
    let left2 = left[fromLeft + row2];
    sum2a += left2 * rightA;
    sum2b += left2 * rightB;
    sum2c += left2 * rightC;
    sum2d += left2 * rightD;
    let left3 = left[fromLeft + row3];
    sum3a += left3 * rightA;
    sum3b += left3 * rightB;
    sum3c += left3 * rightC;
    sum3d += left3 * rightD;
    let left4 = left[fromLeft + row4];
    sum4a += left4 * rightA;
    sum4b += left4 * rightB;
    sum4c += left4 * rightC;
    sum4d += left4 * rightD;
    let left5 = left[fromLeft + row5];
    sum5a += left5 * rightA;
    sum5b += left5 * rightB;
    sum5c += left5 * rightC;
    sum5d += left5 * rightD;
    let left6 = left[fromLeft + row6];
    sum6a += left6 * rightA;
    sum6b += left6 * rightB;
    sum6c += left6 * rightC;
    sum6d += left6 * rightD;
    let left7 = left[fromLeft + row7];
    sum7a += left7 * rightA;
    sum7b += left7 * rightB;
    sum7c += left7 * rightC;
    sum7d += left7 * rightD;
    fromLeft += size.leftInnerStep;
    fromRight += size.rightInnerStep;
  }
  var sums = array<vec4f, 32>(
    sum0a, sum0b, sum0c, sum0d,
    sum1a, sum1b, sum1c, sum1d,
    sum2a, sum2b, sum2c, sum2d,
    sum3a, sum3b, sum3c, sum3d,
    sum4a, sum4b, sum4c, sum4d,
    sum5a, sum5b, sum5c, sum5d,
    sum6a, sum6b, sum6c, sum6d,
    sum7a, sum7b, sum7c, sum7d,
  );
  for (var i = 0u; i < 32u; i++) {
    storeVector(model, row + i / 4u, column + i % 4u * 4u, sums[i]);
  }
}

/// A workgroup's share of both matrices for 16 steps of the sum: 64 rows of op(left) and 64 columns of op(right), four
/// neighbours a vector.
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
  let tilesAcross = (size.columns + 63u) / 64u;
  let tilesOfModel = tilesAcross * ((size.rows + 63u) / 64u);
  let model = tile / tilesOfModel;
  let row = (tile % tilesOfModel) / tilesAcross * 64u;
  let column = tile % tilesAcross * 64u;
  let y = lane / 8u;
  let x = lane % 8u;
  // neighbouring invocations fetch neighbours in memory: 16 steps of the sum, or 16 vectors of rows or columns
  let alongLeft = size.leftInnerStep == 1u;
  let alongRight = size.rightInnerStep == 1u;
  let fromLeft = size.leftOffset + (model % size.leftPeriod) * size.leftStride;
  let fromRight = size.rightOffset + (model % size.rightPeriod) * size.rightStride;
  let lastRow = vec4u(size.rows - 1u);
  let lastColumn = vec4u(size.columns - 1u);
  let lastStep = size.inner - 1u;
  let four = vec4u(0u, 1u, 2u, 3u);
  var sums: array<array<vec4f, 2>, 8>;
  for (var start = 0u; start < size.inner; start += 16u) {
    workgroupBarrier();
    for (var i = 0u; i < 4u; i++) {
      let near = lane % 16u;
      let far = lane / 16u + 4u * i;
      // zeros beyond the end of the sum
      let leftStep = select(far, near, alongLeft);
      let leftPlace = select(near, far, alongLeft);
      let rows = min(row + 4u * leftPlace + four, lastRow) * size.leftRowStep;
      let leftValue = leftVector(fromLeft + min(start + leftStep, lastStep) * size.leftInnerStep + rows);
      leftTile[leftStep][leftPlace] = select(vec4f(), leftValue, start + leftStep <= lastStep);
      let rightStep = select(far, near, alongRight);
      let rightPlace = select(near, far, alongRight);
      let columns = min(column + 4u * rightPlace + four, lastColumn) * size.rightColumnStep;
      let rightValue = rightVector(fromRight + min(start + rightStep, lastStep) * size.rightInnerStep + columns);
      rightTile[rightStep][rightPlace] = select(vec4f(), rightValue, start + rightStep <= lastStep);
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
    storeVector(model, outputRow, column + 4u * x, sums[i][0]);
    storeVector(model, outputRow, column + 4u * x + 32u, sums[i][1]);
  }
}
