// needs isNan
// errors[model] += the rows whose first largest score is not the label's; one workgroup a model.

@group(0) @binding(1) var<storage, read_write> errors: array<f32>;
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var<storage, read> labels: array<u32>;

const width = 64u;
var<workgroup> partials: array<u32, width>;

/// Whether the scores from `start` are largest at the label, and not before it. A row with NaN is never right.
fn isRight(start: u32, given: u32) -> bool {
  let label = min(given, call.classes - 1u);
  let score = scores[start + label];
  for (var i = 0u; i < call.classes; i++) {
    let other = scores[start + i];
    if (isNan(other) || other > score || (other == score && i < label)) { return false; }
  }
  return true;
}

@compute @workgroup_size(width)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let model = group.y * grid.x + group.x;
  if (model >= call.models) { return; }
  let scored = call.scoresOffset + (model % call.scoresPeriod) * call.scoresStride;
  let labelled = call.labelsOffset + (model % call.labelsPeriod) * call.labelsStride;
  var wrong = 0u;
  for (var row = lane; row < call.rows; row += width) {
    wrong += select(1u, 0u, isRight(scored + row * call.classes, labels[labelled + row]));
  }
  partials[lane] = wrong;
  workgroupBarrier();
  if (lane == 0u) {
    for (var i = 1u; i < width; i++) { wrong += partials[i]; }
    errors[model] += f32(wrong);
  }
}
