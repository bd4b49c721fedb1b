// Every row to mean 0 and variance 1, one workgroup a row: (x − mean) / √(variance + 1e-5).
// Two passes: the second measures the first mean's own rounding error and corrects it, so that rows whose
// mean is thousands of times their deviation come out right too.

struct Rows {
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> size: Rows;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;

const width = 64u;
var<workgroup> partials: array<vec2f, width>;

/// The sum over the workgroup, in a fixed order, for every invocation.
fn total(lane: u32, partial: vec2f) -> vec2f {
  workgroupBarrier();
  partials[lane] = partial;
  workgroupBarrier();
  var sum = vec2f(0.0);
  for (var i = 0u; i < width; i++) { sum += partials[i]; }
  return sum;
}

/// (mean − estimate, 1 / deviation) from the row's sums of x − estimate and of its square.
fn moments(sums: vec2f) -> vec2f {
  let count = f32(size.columns);
  let correction = sums.x / count;
  let variance = max(sums.y / count - correction * correction, 0.0);
  return vec2f(correction, 1.0 / sqrt(variance + 1e-5));
}

@compute @workgroup_size(width)
fn separate(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * grid.x + group.x;
  if (row >= size.rows) { return; }
  let start = row * size.columns;
  var sum = 0.0;
  for (var i = lane; i < size.columns; i += width) { sum += input[start + i]; }
  let estimate = total(lane, vec2f(sum, 0.0)).x / f32(size.columns);
  var sums = vec2f(0.0);
  for (var i = lane; i < size.columns; i += width) {
    let centred = input[start + i] - estimate;
    sums += vec2f(centred, centred * centred);
  }
  let moment = moments(total(lane, sums));
  for (var i = lane; i < size.columns; i += width) {
    output[start + i] = ((input[start + i] - estimate) - moment.x) * moment.y;
  }
}

@compute @workgroup_size(width)
fn inPlace(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * grid.x + group.x;
  if (row >= size.rows) { return; }
  let start = row * size.columns;
  var sum = 0.0;
  for (var i = lane; i < size.columns; i += width) { sum += output[start + i]; }
  let estimate = total(lane, vec2f(sum, 0.0)).x / f32(size.columns);
  var sums = vec2f(0.0);
  for (var i = lane; i < size.columns; i += width) {
    let centred = output[start + i] - estimate;
    sums += vec2f(centred, centred * centred);
  }
  let moment = moments(total(lane, sums));
  for (var i = lane; i < size.columns; i += width) {
    output[start + i] = ((output[start + i] - estimate) - moment.x) * moment.y;
  }
}
