// needs logitStatistics
// Adds the partial results of `logitLoss` to the state, one invocation for each (slot, token), in a fixed order. The
// state has several slots, added up on the CPU in double precision: so no sum in single precision has many terms,
// whatever the number of words.

struct Merge {
  scales: vec2f,
  tokens: u32,
  runs: u32,
  /// The slot of the first run; moves on from slice to slice.
  firstSlot: u32,
}

@group(0) @binding(0) var<uniform> merge: Merge;
/// [runs, tokens, 3]
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
/// [slots, tokens, 3]
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;

const slots = 16u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let slot = id.x / merge.tokens;
  let token = id.x % merge.tokens;
  if (slot >= slots) { return; }
  let place = (slot * merge.tokens + token) * 3u;
  var result = unpacked(state[place], state[place + 1u], state[place + 2u]);
  for (var run = (slot + slots - merge.firstSlot) % slots; run < merge.runs; run += slots) {
    let i = (run * merge.tokens + token) * 3u;
    result = merged(result, unpacked(partials[i], partials[i + 1u], partials[i + 2u]), merge.scales);
  }
  for (var part = 0u; part < 3u; part++) { state[place + part] = packed(result, part); }
}
