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

/// Invocations in a workgroup of `registerTile` and `firstTile`.
const registerWidth = 4u;

/// 16 rows × 32 columns an invocation, written out because SwiftShader keeps arrays and matrices that
/// change in memory: with an array of sums it needs a quarter more time. So large because
/// SwiftShader fetches every entry of the factors for one invocation at a time, and four steps of the sum at once
/// because it keeps the sums in memory. 32 rows × 16 columns are as fast, but rows are more often no multiple of 32.
///
/// SwiftShader compiles `firstTile` in a third of the time, 8 rows × 16 columns. It serves until `registerTile` is
/// there, and gives the same bits: both add the same terms in the same order.
// for tile, rows, lastRow, vectors, lastVector, sums = registerTile 16 15 8 7 128, firstTile 8 7 4 3 32
@compute @workgroup_size(registerWidth)
fn $tile(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tile = call.firstTile + id.y * grid.x * registerWidth + id.x;
  if (tile >= call.endTile) { return; }
  let tileColumns = 4u * $vectorsu;
  let tilesAcross = (call.columns + tileColumns - 1u) / tileColumns;
  let tilesOfModel = tilesAcross * ((call.rows + $lastRowu) / $rowsu);
  let model = tile / tilesOfModel;
  let row = (tile % tilesOfModel) / tilesAcross * $rowsu;
  let column = tile % tilesAcross * tileColumns;
  // rows and columns beyond the edge repeat the last one and are not stored
  let lastRow = call.rows - 1u;
  let lastColumn = vec4u(call.columns - 1u);
  let lastStep = vec4u(call.inner - 1u);
  let fromLeft = call.leftOffset + (model % call.leftPeriod) * call.leftStride;
  let fromRight = call.rightOffset + (model % call.rightPeriod) * call.rightStride;
  // each i = 0 to $lastRow
    let row$i = fromLeft + min(row + $iu, lastRow) * call.leftRowStep;
  // end
  // each j = 0 to $lastVector
    let columns$j = fromRight + min(column + 4u * $ju + four, lastColumn) * call.rightColumnStep;
  // end
  // each i = 0 to $lastRow
    // each j = 0 to $lastVector
      var sum$i_$j = vec4f();
    // end
  // end
  for (var start = 0u; start < call.inner; start += 4u) {
    let inside = start + four <= lastStep;
    let step = min(start + four, lastStep);
    let leftStep = step * call.leftInnerStep;
    let rightStep = step * call.rightInnerStep;
    // each j = 0 to $lastVector
      let right$j = rightSteps(columns$j, rightStep, inside);
    // end
    // each i = 0 to $lastRow
      let left$i = leftSteps(row$i, leftStep, inside);
      // each j = 0 to $lastVector
        sum$i_$j += right$j * left$i;
      // end
    // end
  }
  var sums = array<vec4f, $sums>(
    // each i = 0 to $lastRow
      // each j = 0 to $lastVector
        sum$i_$j,
      // end
    // end
  );
  for (var i = 0u; i < $sumsu; i++) {
    storeVector(model, row + i / $vectorsu, column + i % $vectorsu * 4u, sums[i]);
  }
}
// end for

/// Invocations of a workgroup of `workgroupTile`, down and across. Each computes 8 × 8 outputs.
override rowLanes: u32 = 8u;
override columnLanes: u32 = 8u;

/// A workgroup's share of both matrices for 16 steps of the sum: rows of op(left) and columns of op(right), four
/// neighbours a vector, step after step.
var<workgroup> leftTile: array<vec4f, 32u * rowLanes>;
var<workgroup> rightTile: array<vec4f, 32u * columnLanes>;

/// 64 × 64 outputs a workgroup of 8 × 8 invocations, each 8 rows (4 and 4, half a tile apart) × 8 columns; or a larger tile.
@compute @workgroup_size(rowLanes * columnLanes)
fn workgroupTile(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = call.firstTile + group.y * grid.x + group.x;
  if (tile >= call.endTile) { return; }
  let tileRows = 8u * rowLanes;
  let tileColumns = 8u * columnLanes;
  let tilesAcross = (call.columns + tileColumns - 1u) / tileColumns;
  let tilesOfModel = tilesAcross * ((call.rows + tileRows - 1u) / tileRows);
  let model = tile / tilesOfModel;
  let row = (tile % tilesOfModel) / tilesAcross * tileRows;
  let column = tile % tilesAcross * tileColumns;
  let y = lane / columnLanes;
  let x = lane % columnLanes;
  let lanes = rowLanes * columnLanes;
  // vectors of a step of the sum
  let rowVectors = 2u * rowLanes;
  let columnVectors = 2u * columnLanes;
  // neighbouring invocations fetch neighbours in memory: 16 steps of the sum, or vectors of rows or columns
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
    // zeros beyond the end of the sum
    for (var i = 0u; i < 32u / columnLanes; i++) {
      let place = lane + lanes * i;
      let step = select(place / rowVectors, place % 16u, alongLeft);
      let vector = select(place % rowVectors, place / 16u, alongLeft);
      let rows = min(row + 4u * vector + four, lastRow) * call.leftRowStep;
      let value = leftVector(fromLeft + min(start + step, lastStep) * call.leftInnerStep + rows);
      leftTile[step * rowVectors + vector] = select(vec4f(), value, start + step <= lastStep);
    }
    for (var i = 0u; i < 32u / rowLanes; i++) {
      let place = lane + lanes * i;
      let step = select(place / columnVectors, place % 16u, alongRight);
      let vector = select(place % columnVectors, place / 16u, alongRight);
      let columns = min(column + 4u * vector + four, lastColumn) * call.rightColumnStep;
      let value = rightVector(fromRight + min(start + step, lastStep) * call.rightInnerStep + columns);
      rightTile[step * columnVectors + vector] = select(vec4f(), value, start + step <= lastStep);
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let near = rightTile[k * columnVectors + x];
      let far = rightTile[k * columnVectors + x + columnLanes];
      let upper = leftTile[k * rowVectors + y];
      let lower = leftTile[k * rowVectors + y + rowLanes];
      for (var i = 0u; i < 4u; i++) {
        sums[i][0] += upper[i] * near;
        sums[i][1] += upper[i] * far;
        sums[i + 4u][0] += lower[i] * near;
        sums[i + 4u][1] += lower[i] * far;
      }
    }
  }
  for (var i = 0u; i < 8u; i++) {
    let outputRow = row + y * 4u + (i % 4u) + (i / 4u) * 4u * rowLanes;
    storeVector(model, outputRow, column + 4u * x, sums[i][0]);
    storeVector(model, outputRow, column + 4u * x + 4u * columnLanes, sums[i][1]);
  }
}
