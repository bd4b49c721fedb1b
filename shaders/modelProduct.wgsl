// output = op(left) · op(right) + bias, then ReLU and gate, for many models of one size; or output += the product.
// Both factors are read by the steps from one row, column or entry of the sum to the next, so that a transposed one is
// another order of steps and a matrix may begin at any element.
//
// Two variants. `registerTile` suits adapters that compute on the CPU, where a barrier or workgroup memory costs more
// than it saves. `workgroupTile` suits hardware, where every value that a workgroup fetches once into its own memory is
// used 64 times. A dispatch covers a run of output tiles, numbered model by model and row by row from `firstTile`, so
// that large products can be cut into several dispatches.
//
// Elements before a model's matrix: offset + (model mod period) · stride. `leftRowStep` and `leftInnerStep` are the
// elements from one row of op(left) to the next, and from one of its columns to the next. Nothing of a bias counts
// unless `biased`, or of a gate unless `gated`.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> left: array<f32>;
@group(0) @binding(3) var<storage, read> right: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> gate: array<f32>;

const four = vec4u(0u, 1u, 2u, 3u);

fn storeVector(model: u32, row: u32, column: u32, sums: vec4f) {
  if (row >= call.rows || column >= call.columns) { return; }
  var value = sums;
  // columns beyond the edge repeat the last one and are not stored
  let columns = min(column + four, vec4u(call.columns - 1u));
  if (call.biased != 0u) {
    let at = call.biasOffset + (model % call.biasPeriod) * call.biasStride + columns;
    value += vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
  }
  // NaN stays NaN
  if (call.relu != 0u) { value = select(value, vec4f(), value < vec4f()); }
  let places = row * call.columns + columns;
  if (call.gated != 0u) {
    let at = call.gateOffset + (model % call.gatePeriod) * call.gateStride + places;
    value = select(vec4f(), value, vec4f(gate[at.x], gate[at.y], gate[at.z], gate[at.w]) > vec4f());
  }
  let entries = call.outputOffset + model * call.outputStride + places;
  if (call.accumulate != 0u) {
    value += vec4f(output[entries.x], output[entries.y], output[entries.z], output[entries.w]);
  }
  output[entries.x] = value.x;
  if (column + 1u < call.columns) { output[entries.y] = value.y; }
  if (column + 2u < call.columns) { output[entries.z] = value.z; }
  if (column + 3u < call.columns) { output[entries.w] = value.w; }
}

fn leftVector(at: vec4u) -> vec4f {
  return vec4f(left[at.x], left[at.y], left[at.z], left[at.w]);
}

fn rightVector(at: vec4u) -> vec4f {
  return vec4f(right[at.x], right[at.y], right[at.z], right[at.w]);
}

/// Whether the sums are of a multiple of four steps: testing for their end would take a fifth of the time.
override wholeSteps: bool = false;

/// Four steps of the sum of one row; zeros beyond its end.
fn leftSteps(row: u32, steps: vec4u, inside: vec4<bool>) -> vec4f {
  let value = leftVector(row + steps);
  if (wholeSteps) { return value; }
  return select(vec4f(), value, inside);
}

/// Four steps of the sum of four columns, as the columns of a matrix; zeros beyond its end.
fn rightSteps(columns: vec4u, steps: vec4u, inside: vec4<bool>) -> mat4x4f {
  let value = mat4x4f(
    rightVector(columns + steps.x),
    rightVector(columns + steps.y),
    rightVector(columns + steps.z),
    rightVector(columns + steps.w),
  );
  if (wholeSteps) { return value; }
  return mat4x4f(
    select(vec4f(), value[0], inside.x),
    select(vec4f(), value[1], inside.y),
    select(vec4f(), value[2], inside.z),
    select(vec4f(), value[3], inside.w),
  );
}

/// Invocations in a workgroup of `registerTile`.
const registerWidth = 4u;

/// 16 rows × 32 columns an invocation, written out because SwiftShader keeps arrays and matrices that
/// change in memory: with an array of sums it needs a quarter more time. So large because
/// SwiftShader fetches every entry of the factors for one invocation at a time, and four steps of the sum at once
/// because it keeps the sums in memory. 32 rows × 16 columns are as fast, but rows are more often no multiple of 32.
@compute @workgroup_size(registerWidth)
fn registerTile(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tile = call.firstTile + id.y * grid.x * registerWidth + id.x;
  if (tile >= call.endTile) { return; }
  let tilesAcross = (call.columns + 31u) / 32u;
  let tilesOfModel = tilesAcross * ((call.rows + 15u) / 16u);
  let model = tile / tilesOfModel;
  let row = (tile % tilesOfModel) / tilesAcross * 16u;
  let column = tile % tilesAcross * 32u;
  // rows and columns beyond the edge repeat the last one and are not stored
  let lastRow = call.rows - 1u;
  let lastColumn = vec4u(call.columns - 1u);
  let lastStep = vec4u(call.inner - 1u);
  let fromLeft = call.leftOffset + (model % call.leftPeriod) * call.leftStride;
  let fromRight = call.rightOffset + (model % call.rightPeriod) * call.rightStride;
  let row0 = fromLeft + min(row + 0u, lastRow) * call.leftRowStep;
  let row1 = fromLeft + min(row + 1u, lastRow) * call.leftRowStep;
  let row2 = fromLeft + min(row + 2u, lastRow) * call.leftRowStep;
  let row3 = fromLeft + min(row + 3u, lastRow) * call.leftRowStep;
  let row4 = fromLeft + min(row + 4u, lastRow) * call.leftRowStep;
  let row5 = fromLeft + min(row + 5u, lastRow) * call.leftRowStep;
  let row6 = fromLeft + min(row + 6u, lastRow) * call.leftRowStep;
  let row7 = fromLeft + min(row + 7u, lastRow) * call.leftRowStep;
  let row8 = fromLeft + min(row + 8u, lastRow) * call.leftRowStep;
  let row9 = fromLeft + min(row + 9u, lastRow) * call.leftRowStep;
  let row10 = fromLeft + min(row + 10u, lastRow) * call.leftRowStep;
  let row11 = fromLeft + min(row + 11u, lastRow) * call.leftRowStep;
  let row12 = fromLeft + min(row + 12u, lastRow) * call.leftRowStep;
  let row13 = fromLeft + min(row + 13u, lastRow) * call.leftRowStep;
  let row14 = fromLeft + min(row + 14u, lastRow) * call.leftRowStep;
  let row15 = fromLeft + min(row + 15u, lastRow) * call.leftRowStep;
  let a = fromRight + min(column + 0u + four, lastColumn) * call.rightColumnStep;
  let b = fromRight + min(column + 4u + four, lastColumn) * call.rightColumnStep;
  let c = fromRight + min(column + 8u + four, lastColumn) * call.rightColumnStep;
  let d = fromRight + min(column + 12u + four, lastColumn) * call.rightColumnStep;
  let e = fromRight + min(column + 16u + four, lastColumn) * call.rightColumnStep;
  let f = fromRight + min(column + 20u + four, lastColumn) * call.rightColumnStep;
  let g = fromRight + min(column + 24u + four, lastColumn) * call.rightColumnStep;
  let h = fromRight + min(column + 28u + four, lastColumn) * call.rightColumnStep;
  var sum0a = vec4f(); var sum0b = vec4f(); var sum0c = vec4f(); var sum0d = vec4f();
  var sum0e = vec4f(); var sum0f = vec4f(); var sum0g = vec4f(); var sum0h = vec4f();
  var sum1a = vec4f(); var sum1b = vec4f(); var sum1c = vec4f(); var sum1d = vec4f();
  var sum1e = vec4f(); var sum1f = vec4f(); var sum1g = vec4f(); var sum1h = vec4f();
  var sum2a = vec4f(); var sum2b = vec4f(); var sum2c = vec4f(); var sum2d = vec4f();
  var sum2e = vec4f(); var sum2f = vec4f(); var sum2g = vec4f(); var sum2h = vec4f();
  var sum3a = vec4f(); var sum3b = vec4f(); var sum3c = vec4f(); var sum3d = vec4f();
  var sum3e = vec4f(); var sum3f = vec4f(); var sum3g = vec4f(); var sum3h = vec4f();
  var sum4a = vec4f(); var sum4b = vec4f(); var sum4c = vec4f(); var sum4d = vec4f();
  var sum4e = vec4f(); var sum4f = vec4f(); var sum4g = vec4f(); var sum4h = vec4f();
  var sum5a = vec4f(); var sum5b = vec4f(); var sum5c = vec4f(); var sum5d = vec4f();
  var sum5e = vec4f(); var sum5f = vec4f(); var sum5g = vec4f(); var sum5h = vec4f();
  var sum6a = vec4f(); var sum6b = vec4f(); var sum6c = vec4f(); var sum6d = vec4f();
  var sum6e = vec4f(); var sum6f = vec4f(); var sum6g = vec4f(); var sum6h = vec4f();
  var sum7a = vec4f(); var sum7b = vec4f(); var sum7c = vec4f(); var sum7d = vec4f();
  var sum7e = vec4f(); var sum7f = vec4f(); var sum7g = vec4f(); var sum7h = vec4f();
  var sum8a = vec4f(); var sum8b = vec4f(); var sum8c = vec4f(); var sum8d = vec4f();
  var sum8e = vec4f(); var sum8f = vec4f(); var sum8g = vec4f(); var sum8h = vec4f();
  var sum9a = vec4f(); var sum9b = vec4f(); var sum9c = vec4f(); var sum9d = vec4f();
  var sum9e = vec4f(); var sum9f = vec4f(); var sum9g = vec4f(); var sum9h = vec4f();
  var sum10a = vec4f(); var sum10b = vec4f(); var sum10c = vec4f(); var sum10d = vec4f();
  var sum10e = vec4f(); var sum10f = vec4f(); var sum10g = vec4f(); var sum10h = vec4f();
  var sum11a = vec4f(); var sum11b = vec4f(); var sum11c = vec4f(); var sum11d = vec4f();
  var sum11e = vec4f(); var sum11f = vec4f(); var sum11g = vec4f(); var sum11h = vec4f();
  var sum12a = vec4f(); var sum12b = vec4f(); var sum12c = vec4f(); var sum12d = vec4f();
  var sum12e = vec4f(); var sum12f = vec4f(); var sum12g = vec4f(); var sum12h = vec4f();
  var sum13a = vec4f(); var sum13b = vec4f(); var sum13c = vec4f(); var sum13d = vec4f();
  var sum13e = vec4f(); var sum13f = vec4f(); var sum13g = vec4f(); var sum13h = vec4f();
  var sum14a = vec4f(); var sum14b = vec4f(); var sum14c = vec4f(); var sum14d = vec4f();
  var sum14e = vec4f(); var sum14f = vec4f(); var sum14g = vec4f(); var sum14h = vec4f();
  var sum15a = vec4f(); var sum15b = vec4f(); var sum15c = vec4f(); var sum15d = vec4f();
  var sum15e = vec4f(); var sum15f = vec4f(); var sum15g = vec4f(); var sum15h = vec4f();
  for (var start = 0u; start < call.inner; start += 4u) {
    let inside = start + four <= lastStep;
    let step = min(start + four, lastStep);
    let leftStep = step * call.leftInnerStep;
    let rightStep = step * call.rightInnerStep;
    let rightA = rightSteps(a, rightStep, inside);
    let rightB = rightSteps(b, rightStep, inside);
    let rightC = rightSteps(c, rightStep, inside);
    let rightD = rightSteps(d, rightStep, inside);
    let rightE = rightSteps(e, rightStep, inside);
    let rightF = rightSteps(f, rightStep, inside);
    let rightG = rightSteps(g, rightStep, inside);
    let rightH = rightSteps(h, rightStep, inside);
    let left0 = leftSteps(row0, leftStep, inside);
    sum0a += rightA * left0;
    sum0b += rightB * left0;
    sum0c += rightC * left0;
    sum0d += rightD * left0;
    sum0e += rightE * left0;
    sum0f += rightF * left0;
    sum0g += rightG * left0;
    sum0h += rightH * left0;
    let left1 = leftSteps(row1, leftStep, inside);
    sum1a += rightA * left1;
    sum1b += rightB * left1;
    sum1c += rightC * left1;
    sum1d += rightD * left1;
    sum1e += rightE * left1;
    sum1f += rightF * left1;
    sum1g += rightG * left1;
    sum1h += rightH * left1;
    let left2 = leftSteps(row2, leftStep, inside);
    sum2a += rightA * left2;
    sum2b += rightB * left2;
    sum2c += rightC * left2;
    sum2d += rightD * left2;
    sum2e += rightE * left2;
    sum2f += rightF * left2;
    sum2g += rightG * left2;
    sum2h += rightH * left2;
    let left3 = leftSteps(row3, leftStep, inside);
    sum3a += rightA * left3;
    sum3b += rightB * left3;
    sum3c += rightC * left3;
    sum3d += rightD * left3;
    sum3e += rightE * left3;
    sum3f += rightF * left3;
    sum3g += rightG * left3;
    sum3h += rightH * left3;
    let left4 = leftSteps(row4, leftStep, inside);
    sum4a += rightA * left4;
    sum4b += rightB * left4;
    sum4c += rightC * left4;
    sum4d += rightD * left4;
    sum4e += rightE * left4;
    sum4f += rightF * left4;
    sum4g += rightG * left4;
    sum4h += rightH * left4;
    let left5 = leftSteps(row5, leftStep, inside);
    sum5a += rightA * left5;
    sum5b += rightB * left5;
    sum5c += rightC * left5;
    sum5d += rightD * left5;
    sum5e += rightE * left5;
    sum5f += rightF * left5;
    sum5g += rightG * left5;
    sum5h += rightH * left5;
    let left6 = leftSteps(row6, leftStep, inside);
    sum6a += rightA * left6;
    sum6b += rightB * left6;
    sum6c += rightC * left6;
    sum6d += rightD * left6;
    sum6e += rightE * left6;
    sum6f += rightF * left6;
    sum6g += rightG * left6;
    sum6h += rightH * left6;
    let left7 = leftSteps(row7, leftStep, inside);
    sum7a += rightA * left7;
    sum7b += rightB * left7;
    sum7c += rightC * left7;
    sum7d += rightD * left7;
    sum7e += rightE * left7;
    sum7f += rightF * left7;
    sum7g += rightG * left7;
    sum7h += rightH * left7;
    let left8 = leftSteps(row8, leftStep, inside);
    sum8a += rightA * left8;
    sum8b += rightB * left8;
    sum8c += rightC * left8;
    sum8d += rightD * left8;
    sum8e += rightE * left8;
    sum8f += rightF * left8;
    sum8g += rightG * left8;
    sum8h += rightH * left8;
    let left9 = leftSteps(row9, leftStep, inside);
    sum9a += rightA * left9;
    sum9b += rightB * left9;
    sum9c += rightC * left9;
    sum9d += rightD * left9;
    sum9e += rightE * left9;
    sum9f += rightF * left9;
    sum9g += rightG * left9;
    sum9h += rightH * left9;
    let left10 = leftSteps(row10, leftStep, inside);
    sum10a += rightA * left10;
    sum10b += rightB * left10;
    sum10c += rightC * left10;
    sum10d += rightD * left10;
    sum10e += rightE * left10;
    sum10f += rightF * left10;
    sum10g += rightG * left10;
    sum10h += rightH * left10;
    let left11 = leftSteps(row11, leftStep, inside);
    sum11a += rightA * left11;
    sum11b += rightB * left11;
    sum11c += rightC * left11;
    sum11d += rightD * left11;
    sum11e += rightE * left11;
    sum11f += rightF * left11;
    sum11g += rightG * left11;
    sum11h += rightH * left11;
    let left12 = leftSteps(row12, leftStep, inside);
    sum12a += rightA * left12;
    sum12b += rightB * left12;
    sum12c += rightC * left12;
    sum12d += rightD * left12;
    sum12e += rightE * left12;
    sum12f += rightF * left12;
    sum12g += rightG * left12;
    sum12h += rightH * left12;
    let left13 = leftSteps(row13, leftStep, inside);
    sum13a += rightA * left13;
    sum13b += rightB * left13;
    sum13c += rightC * left13;
    sum13d += rightD * left13;
    sum13e += rightE * left13;
    sum13f += rightF * left13;
    sum13g += rightG * left13;
    sum13h += rightH * left13;
    let left14 = leftSteps(row14, leftStep, inside);
    sum14a += rightA * left14;
    sum14b += rightB * left14;
    sum14c += rightC * left14;
    sum14d += rightD * left14;
    sum14e += rightE * left14;
    sum14f += rightF * left14;
    sum14g += rightG * left14;
    sum14h += rightH * left14;
    let left15 = leftSteps(row15, leftStep, inside);
    sum15a += rightA * left15;
    sum15b += rightB * left15;
    sum15c += rightC * left15;
    sum15d += rightD * left15;
    sum15e += rightE * left15;
    sum15f += rightF * left15;
    sum15g += rightG * left15;
    sum15h += rightH * left15;
  }
  var sums = array<vec4f, 128>(
    sum0a, sum0b, sum0c, sum0d, sum0e, sum0f, sum0g, sum0h,
    sum1a, sum1b, sum1c, sum1d, sum1e, sum1f, sum1g, sum1h,
    sum2a, sum2b, sum2c, sum2d, sum2e, sum2f, sum2g, sum2h,
    sum3a, sum3b, sum3c, sum3d, sum3e, sum3f, sum3g, sum3h,
    sum4a, sum4b, sum4c, sum4d, sum4e, sum4f, sum4g, sum4h,
    sum5a, sum5b, sum5c, sum5d, sum5e, sum5f, sum5g, sum5h,
    sum6a, sum6b, sum6c, sum6d, sum6e, sum6f, sum6g, sum6h,
    sum7a, sum7b, sum7c, sum7d, sum7e, sum7f, sum7g, sum7h,
    sum8a, sum8b, sum8c, sum8d, sum8e, sum8f, sum8g, sum8h,
    sum9a, sum9b, sum9c, sum9d, sum9e, sum9f, sum9g, sum9h,
    sum10a, sum10b, sum10c, sum10d, sum10e, sum10f, sum10g, sum10h,
    sum11a, sum11b, sum11c, sum11d, sum11e, sum11f, sum11g, sum11h,
    sum12a, sum12b, sum12c, sum12d, sum12e, sum12f, sum12g, sum12h,
    sum13a, sum13b, sum13c, sum13d, sum13e, sum13f, sum13g, sum13h,
    sum14a, sum14b, sum14c, sum14d, sum14e, sum14f, sum14g, sum14h,
    sum15a, sum15b, sum15c, sum15d, sum15e, sum15f, sum15g, sum15h,
  );
  for (var i = 0u; i < 128u; i++) {
    storeVector(model, row + i / 8u, column + i % 8u * 4u, sums[i]);
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
  let tile = call.firstTile + group.y * grid.x + group.x;
  if (tile >= call.endTile) { return; }
  let tilesAcross = (call.columns + 63u) / 64u;
  let tilesOfModel = tilesAcross * ((call.rows + 63u) / 64u);
  let model = tile / tilesOfModel;
  let row = (tile % tilesOfModel) / tilesAcross * 64u;
  let column = tile % tilesAcross * 64u;
  let y = lane / 8u;
  let x = lane % 8u;
  // neighbouring invocations fetch neighbours in memory: 16 steps of the sum, or 16 vectors of rows or columns
  let alongLeft = call.leftInnerStep == 1u;
  let alongRight = call.rightInnerStep == 1u;
  let fromLeft = call.leftOffset + (model % call.leftPeriod) * call.leftStride;
  let fromRight = call.rightOffset + (model % call.rightPeriod) * call.rightStride;
  let lastRow = vec4u(call.rows - 1u);
  let lastColumn = vec4u(call.columns - 1u);
  let lastStep = call.inner - 1u;
  var sums: array<array<vec4f, 2>, 8>;
  for (var start = 0u; start < call.inner; start += 16u) {
    workgroupBarrier();
    for (var i = 0u; i < 4u; i++) {
      let near = lane % 16u;
      let far = lane / 16u + 4u * i;
      // zeros beyond the end of the sum
      let leftStep = select(far, near, alongLeft);
      let leftPlace = select(near, far, alongLeft);
      let rows = min(row + 4u * leftPlace + four, lastRow) * call.leftRowStep;
      let leftValue = leftVector(fromLeft + min(start + leftStep, lastStep) * call.leftInnerStep + rows);
      leftTile[leftStep][leftPlace] = select(vec4f(), leftValue, start + leftStep <= lastStep);
      let rightStep = select(far, near, alongRight);
      let rightPlace = select(near, far, alongRight);
      let columns = min(column + 4u * rightPlace + four, lastColumn) * call.rightColumnStep;
      let rightValue = rightVector(fromRight + min(start + rightStep, lastStep) * call.rightInnerStep + columns);
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
