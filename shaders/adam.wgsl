// One update by Adam (Kingma and Ba 2015, algorithm 1) of many models: a parameter an invocation. A model has `count`
// parameters; `decay1` is β₁ and `share1` 1 − β₁; `rate` is learningRate / (1 − β₁ᵗ), `rootFactor` 1 / √(1 − β₂ᵗ).

const decay2 = 0.999;
const epsilon = 1e-8;

@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> firstMoments: array<f32>;
@group(0) @binding(3) var<storage, read_write> secondMoments: array<f32>;
@group(0) @binding(4) var<storage, read> gradients: array<f32>;
@group(0) @binding(5) var<storage, read> alive: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / call.count;
  if (model >= call.models) { return; }
  if (alive[model] == 0.0) { return; }
  let gradient = gradients[i];
  let first = call.decay1 * firstMoments[i] + call.share1 * gradient;
  let second = decay2 * secondMoments[i] + (1.0 - decay2) * gradient * gradient;
  firstMoments[i] = first;
  secondMoments[i] = second;
  parameters[i] -= call.rate * first / (sqrt(second) * call.rootFactor + epsilon);
}
