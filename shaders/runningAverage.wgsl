// The running average of many models' parameters (Polyak and Juditsky 1992, with weights that fall): a parameter an
// invocation. A model has `count` parameters; `kept` is the share of the average that stays.

@group(0) @binding(1) var<storage, read_write> average: array<f32>;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read> alive: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / call.count;
  if (model >= call.models) { return; }
  if (alive[model] == 0.0) { return; }
  average[i] = average[i] * call.kept + parameters[i] * (1.0 - call.kept);
}
