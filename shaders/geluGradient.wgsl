// needs isNan, geluGate
// output = gradient · gelu′(input), an entry an invocation. `inPlace`: whether the gradient lies in `output`; otherwise
// in `gradient`.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * width + id.x;
  if (i >= call.count) { return; }
  let x = input[i];
  let gate = geluGate(x);
  // the gate's own slope is gate · (1 − gate) · 2 u′
  let rest = gate.decay / ((1.0 + gate.decay) * (1.0 + gate.decay));
  let bend = gate.near * rest * 1.5957691 * (1.0 + 0.134145 * gate.near * gate.near);
  let slope = select(gate.gate + bend, x, isNan(x));
  if (call.inPlace != 0u) { output[i] *= slope; } else { output[i] = gradient[i] * slope; }
}
