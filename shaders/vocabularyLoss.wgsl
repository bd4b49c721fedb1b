// needs isNan
// log Σ exp of the logits of every row, and −log softmax of the label, nats. The logits come in slices of the
// vocabulary, and `lanes` invocations share a row: each keeps a running sum over every so many-th word, and in the end
// the sums of a row are joined. `firstWord` is that of the slice in the vocabulary.

struct Running {
  /// Of the lane's logits, NaN aside.
  largest: f32,
  /// Σ exp(logit − largest); NaN where any logit is.
  sum: f32,
  /// The label's logit in the lane that meets it, else 0.
  label: f32,
}

/// [models, rows, lanes]
@group(0) @binding(1) var<storage, read_write> running: array<Running>;
/// [models, rows, sliceWords]
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(3) var<storage, read> labels: array<u32>;

const width = 64u;
const lanes = 16u;

fn label(model: u32, row: u32) -> u32 {
  return min(labels[call.labelsOffset + (model % call.labelsPeriod) * call.labelsStride + row], call.words - 1u);
}

@compute @workgroup_size(width)
fn slice(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let place = index / lanes;
  if (place >= call.models * call.rows) { return; }
  let wanted = label(place / call.rows, place % call.rows) - call.firstWord;
  var lane = Running(-3e38, 0.0, 0.0);
  if (call.firstWord != 0u) { lane = running[index]; }
  for (var word = index % lanes; word < call.sliceWords; word += lanes) {
    let logit = logits[place * call.sliceWords + word];
    if (word == wanted) { lane.label = logit; }
    if (isNan(logit)) {
      lane.sum = logit;
    } else {
      let decay = exp(-abs(logit - lane.largest));
      let grows = logit > lane.largest;
      lane.sum = select(lane.sum + decay, lane.sum * decay + 1.0, grows);
      lane.largest = select(lane.largest, logit, grows);
    }
  }
  running[index] = lane;
}

@group(0) @binding(4) var<storage, read_write> logSumExps: array<f32>;
@group(0) @binding(5) var<storage, read_write> losses: array<f32>;

@compute @workgroup_size(width)
fn join(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let place = id.y * grid.x * width + id.x;
  let model = place / call.rows;
  if (model >= call.models) { return; }
  let row = place % call.rows;
  var largest = -3e38;
  for (var i = 0u; i < lanes; i++) { largest = max(largest, running[place * lanes + i].largest); }
  var sum = 0.0;
  var logit = 0.0;
  for (var i = 0u; i < lanes; i++) {
    let lane = running[place * lanes + i];
    sum += lane.sum * exp(lane.largest - largest);
    logit += lane.label;
  }
  // the logarithm may lose a NaN
  let logarithm = select(log(sum), sum, isNan(sum));
  logSumExps[call.logSumExpsOffset + model * call.logSumExpsStride + row] = largest + logarithm;
  losses[call.lossesOffset + model * call.lossesStride + row] = logarithm + (largest - logit);
}
