// ½ (1 + tanh u) with u = √(2/π) (x + 0.044715 x³), which is 1 / (1 + e^−2u).

struct Gate {
  /// x where the gate has not yet reached 0 or 1, else ±10.
  near: f32,
  /// e^−2|u|
  decay: f32,
  gate: f32,
}

fn geluGate(x: f32) -> Gate {
  // beyond ±10 the decay is below 1e-37, and farther out the cube would overflow
  let near = clamp(x, -10.0, 10.0);
  let decay = exp(-1.5957691 * abs(near + 0.044715 * near * near * near));
  let gate = select(1.0, decay, near < 0.0) / (1.0 + decay);
  return Gate(near, decay, select(gate, 0.0, x < -10.0));
}
