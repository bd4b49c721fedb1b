// output = first · firstScale + second · secondScale, four elements an invocation. Tensors are padded to
// 16 bytes, so the last vector may reach into padding. WebGPU forbids one buffer in two bindings of which
// one is written, hence the entry points for an output that is also an input.

@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<storage, read> second: array<vec4f>;
@group(0) @binding(3) var<storage, read> first: array<vec4f>;

@compute @workgroup_size(64)
fn separate(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  if (i >= call.vectors) { return; }
  output[i] = first[i] * call.firstScale + second[i] * call.secondScale;
}

/// The first input is the output.
@compute @workgroup_size(64)
fn intoFirst(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  if (i >= call.vectors) { return; }
  output[i] = output[i] * call.firstScale + second[i] * call.secondScale;
}

/// Both inputs are the output.
@compute @workgroup_size(64)
fn intoBoth(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  if (i >= call.vectors) { return; }
  output[i] = output[i] * call.firstScale + output[i] * call.secondScale;
}
