// needs softplus
// The gradient with respect to (μ, ρ), one invocation for each k of an example, where z = μ + σ · noise and σ =
// softplus(ρ − 5): that through z, plus β / batch times that of the rate ½ (μ² + σ² − 1) − ln σ. `columns` is K.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> encoded: array<f32>;
@group(0) @binding(3) var<storage, read> noise: array<f32>;
@group(0) @binding(4) var<storage, read> latentGradient: array<f32>;
@group(0) @binding(5) var<storage, read> betas: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let size = call.rows * call.columns;
  let model = index / size;
  if (model >= call.models) { return; }
  // of [rows, K]; the encoded and their gradient are [rows, 2 K]
  let place = index % size;
  let doubled = place + place / call.columns * call.columns;
  let source = call.encodedOffset + (model % call.encodedPeriod) * call.encodedStride + doubled;
  let to = call.outputOffset + model * call.outputStride + doubled;
  let normal = noise[call.noiseOffset + (model % call.noisePeriod) * call.noiseStride + place];
  let pull = latentGradient[call.gradientOffset + (model % call.gradientPeriod) * call.gradientStride + place];
  let share = betas[model] / f32(call.rows);
  let x = encoded[source + call.columns] - 5.0;
  let spread = softplus(x);
  // σ' = 1 / (1 + e^−x), and σ' / σ, which goes to 1 and never overflows where σ vanishes
  let whole = 1.0 / (1.0 + spread.decay);
  let slope = select(whole, spread.decay * whole, x <= 0.0);
  output[to] = pull + share * encoded[source];
  output[to + call.columns] = pull * normal * slope + share * (spread.deviation * slope - whole / spread.scale);
}
