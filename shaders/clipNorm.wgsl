// needs norm
// The norm of all of a model's values, in two steps of a fixed order, and the values scaled to the limit where it is
// larger. A model has `count` values, and `shares` invocations that sum, each every so many-th value.

@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> norms: array<f32>;
/// [models, shares]
@group(0) @binding(3) var<storage, read_write> sums: array<vec3f>;

const width = 64u;

@compute @workgroup_size(width)
fn sum(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / call.shares;
  if (model >= call.models) { return; }
  let start = call.valuesOffset + model * call.valuesStride;
  sums[index] = sumOfSquares(start + index % call.shares, start + call.count, call.shares);
}

@compute @workgroup_size(width)
fn join(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let model = id.y * grid.x * width + id.x;
  if (model >= call.models) { return; }
  var total = vec3f(0.0);
  for (var i = 0u; i < call.shares; i++) { total += sums[model * call.shares + i]; }
  norms[model] = rootOf(total);
}

@compute @workgroup_size(width)
fn scale(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let model = index / call.count;
  if (model >= call.models) { return; }
  let norm = norms[model];
  // infinity and NaN by their bits
  if ((bitcast<u32>(norm) & 0x7f800000u) == 0x7f800000u || norm <= call.limit) { return; }
  let place = call.valuesOffset + model * call.valuesStride + index - model * call.count;
  values[place] = values[place] / norm * call.limit;
}
