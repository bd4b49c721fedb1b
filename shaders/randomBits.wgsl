// needs philox
// Raw Philox words, one invocation for each counter: four neighbouring columns of one row.
// `aligned` needs a column count that is a multiple of 4; `unaligned` takes any.

@group(0) @binding(1) var<storage, read_write> vectors: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;

@compute @workgroup_size(64)
fn aligned(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let groups = call.columns / 4u;
  if (index >= call.rows * groups) { return; }
  vectors[index] = drawWords(index % groups, call.firstRow + index / groups);
}

@compute @workgroup_size(64)
fn unaligned(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * 64u + id.x;
  let groups = (call.columns + 3u) / 4u;
  let row = index / groups;
  if (row >= call.rows) { return; }
  let drawn = drawWords(index % groups, call.firstRow + row);
  let first = (index % groups) * 4u;
  let count = min(4u, call.columns - first);
  for (var i = 0u; i < count; i++) { words[row * call.columns + first + i] = drawn[i]; }
}
