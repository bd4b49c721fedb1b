// needs isNan
// Logits of a slice of the vocabulary become slopes of the mean loss in place: (softmax − 1 at the label) / rows. A
// workgroup takes a row. `firstWord` is that of the slice in the vocabulary.

/// [models, rows, sliceWords]
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> logSumExps: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let place = index / width;
  let model = place / call.rows;
  if (model >= call.models) { return; }
  let row = place % call.rows;
  let label = min(labels[call.labelsOffset + (model % call.labelsPeriod) * call.labelsStride + row], call.words - 1u);
  let normaliser = logSumExps[call.logSumExpsOffset + (model % call.logSumExpsPeriod) * call.logSumExpsStride + row];
  for (var word = index % width; word < call.sliceWords; word += width) {
    let entry = place * call.sliceWords + word;
    let logarithm = logits[entry] - normaliser;
    let wanted = select(0.0, 1.0, call.firstWord + word == label);
    // the exponential may lose a NaN
    let slope = (exp(logarithm) - wanted) / f32(call.rows);
    logits[entry] = select(slope, logarithm, isNan(logarithm));
  }
}
