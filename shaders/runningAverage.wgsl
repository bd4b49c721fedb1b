// The running average of many models' parameters (Polyak and Juditsky 1992, with weights that fall): a parameter an
// invocation.

struct Average {
  models: u32,
  /// Parameters of a model.
  count: u32,
  /// Share of the average that stays.
  kept: f32,
}

@group(0) @binding(0) var<uniform> update: Average;
@group(0) @binding(1) var<storage, read_write> average: array<f32>;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read> alive: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / update.count;
  if (model >= update.models) { return; }
  if (alive[model] == 0.0) { return; }
  average[i] = average[i] * update.kept + parameters[i] * (1.0 - update.kept);
}
