// needs softplus
// z = μ + σ · noise with σ = softplus(ρ − 5), and each example's KL(N(μ, diag σ²) ‖ N(0, I)) in nats, the sum over k of
// ½ (μ² + σ² − 1) − ln σ. Eight invocations share an example. `columns` is K.

@group(0) @binding(1) var<storage, read_write> latent: array<f32>;
@group(0) @binding(2) var<storage, read_write> rates: array<f32>;
@group(0) @binding(3) var<storage, read> encoded: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>;

const width = 64u;
const lanes = 8u;
var<workgroup> partials: array<f32, width>;

/// ln σ at x. By the series below 2, where a GPU's own logarithm may be off by 5e-7: near σ = 1, where the rate
/// vanishes, it would be lost in that.
fn logDeviation(x: f32, spread: Softplus) -> f32 {
  let t = (spread.scale - 1.0) / (spread.scale + 1.0);
  return min(x, 0.0) + select(t * logRatioSeries(t), log(spread.scale), spread.scale > 2.0);
}

@compute @workgroup_size(width)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (group.y * grid.x + group.x) * (width / lanes) + local / lanes;
  let lane = local % lanes;
  let inside = index < call.models * call.rows;
  let model = index / call.rows;
  let row = index % call.rows;
  var rate = 0.0;
  if (inside) {
    let means = call.encodedOffset + (model % call.encodedPeriod) * call.encodedStride + row * 2u * call.columns;
    let normals = call.noiseOffset + (model % call.noisePeriod) * call.noiseStride + row * call.columns;
    let place = call.latentOffset + model * call.latentStride + row * call.columns;
    for (var k = lane; k < call.columns; k += lanes) {
      let mean = encoded[means + k];
      let x = encoded[means + call.columns + k] - 5.0;
      let spread = softplus(x);
      latent[place + k] = mean + spread.deviation * noise[normals + k];
      let excess = (spread.deviation - 1.0) * (spread.deviation + 1.0);
      rate += 0.5 * (mean * mean + excess) - logDeviation(x, spread);
    }
  }
  partials[local] = rate;
  workgroupBarrier();
  if (inside && lane == 0u) {
    var sum = 0.0;
    for (var i = 0u; i < lanes; i++) { sum += partials[local + i]; }
    rates[call.ratesOffset + model * call.ratesStride + row] = sum;
  }
}
