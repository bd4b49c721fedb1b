// needs philox
// Standard normals from Philox words by Box and Muller, one invocation for each counter: four neighbouring
// columns of one row. The recipe, which the WebAssembly twin follows too, is stated in src/compute/random.ts:
// the logarithm, sine and cosine are polynomials, because WGSL permits the built-in ones absolute errors near
// 1e-3 in the ranges used here.
//
// `aligned` needs a column count that is a multiple of 4; `unaligned` takes any; `…Rows` take each row's
// number in the stream from a list.

@group(0) @binding(1) var<storage, read_write> vectors: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read> rowNumbers: array<u32>;

/// √(−2 ln u) of u = (word >> 9, plus a half) · 2^-23, which lies strictly between 0 and 1.
fn radius(word: u32) -> f32 {
  let bits = bitcast<i32>((f32(word >> 9u) + 0.5) * 1.1920929e-7);
  // u = m · 2^exponent with m in [√½, √2)
  let exponent = (bits - 0x3f3504f3) >> 23u;
  let m = bitcast<f32>(bits - (exponent << 23u));
  // ln m = 2 atanh s; the first term left out, 2 s^11 / 11, is below 1e-9
  let s = (m - 1.0) / (m + 1.0);
  let z = s * s;
  let series = s * (2.0 + z * (0.6666667 + z * (0.4 + z * (0.2857143 + z * 0.2222222))));
  return sqrt(-2.0 * (f32(exponent) * 0.6931472 + series));
}

/// (cos, sin) of 2π · (word >> 9, plus a half) · 2^-23.
fn direction(word: u32) -> vec2f {
  // in units of 2^-24 turns; the nearest quarter is split off in integers, which leaves ±π/4
  let turn = i32(2u * (word >> 9u) + 1u);
  let quarter = (turn + 0x200000) >> 22u;
  let angle = f32(turn - (quarter << 22u)) * 3.7450703e-7;
  let z = angle * angle;
  let sine = angle * (1.0 + z * (-0.16666667 + z * (8.3333333e-3 + z * (-1.9841270e-4 + z * 2.7557319e-6))));
  let cosine = 1.0 + z * (-0.5 + z * (4.1666667e-2 + z * (-1.3888889e-3 + z * 2.4801587e-5)));
  let turned = select(vec2f(cosine, sine), vec2f(-sine, cosine), (quarter & 1) == 1);
  return select(turned, -turned, (quarter & 2) == 2);
}

fn normals(words: vec4u) -> vec4f {
  return vec4f(radius(words.x) * direction(words.y), radius(words.z) * direction(words.w));
}

fn store(row: u32, group: u32, drawn: vec4f) {
  let first = group * 4u;
  let count = min(4u, call.columns - first);
  for (var i = 0u; i < count; i++) { values[row * call.columns + first + i] = drawn[i]; }
}

@compute @workgroup_size(64)
fn aligned(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let groups = call.columns / 4u;
  if (index >= call.rows * groups) { return; }
  vectors[index] = normals(drawWords(index % groups, call.firstRow + index / groups));
}

@compute @workgroup_size(64)
fn alignedRows(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let groups = call.columns / 4u;
  if (index >= call.rows * groups) { return; }
  vectors[index] = normals(drawWords(index % groups, rowNumbers[index / groups]));
}

@compute @workgroup_size(64)
fn unaligned(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let groups = (call.columns + 3u) / 4u;
  let row = index / groups;
  if (row >= call.rows) { return; }
  store(row, index % groups, normals(drawWords(index % groups, call.firstRow + row)));
}

@compute @workgroup_size(64)
fn unalignedRows(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let groups = (call.columns + 3u) / 4u;
  let row = index / groups;
  if (row >= call.rows) { return; }
  store(row, index % groups, normals(drawWords(index % groups, rowNumbers[row])));
}
