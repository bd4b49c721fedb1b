// needs logitStatistics
// Adds the partial results of `logitLoss` to the state, one invocation for each (slot, token), in a fixed order. The
// state has several slots, added up on the CPU in double precision: so no sum in single precision has many terms,
// whatever the number of words. `firstSlot` is the slot of the first run; it moves on from slice to slice.

/// [runs, tokens, 3]
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
/// [slots, tokens, 3]
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;

const slots = 16u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x / call.tokens;
  let token = id.x % call.tokens;
  if (slot >= slots) { return; }
  let place = (slot * call.tokens + token) * 3u;
  var result = unpacked(state[place], state[place + 1u], state[place + 2u]);
  for (var run = (slot + slots - call.firstSlot) % slots; run < call.runs; run += slots) {
    let i = (run * call.tokens + token) * 3u;
    result = merged(result, unpacked(partials[i], partials[i + 1u], partials[i + 2u]), call.scales);
  }
  for (var part = 0u; part < 3u; part++) { state[place + part] = packed(result, part); }
}
