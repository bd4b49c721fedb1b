// alive[m] = 0 where any of model m's numbers is not finite. Numbers are taken by their bits, because a shader may be
// compiled as if there were neither NaN nor infinity. A model has `count` numbers, and `width` invocations, which take
// every so many-th.

/// The bits of float32; many invocations may write one's zero.
@group(0) @binding(1) var<storage, read_write> alive: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read> values: array<u32>;

/// The bits of the exponent, all set in NaN and ±∞ alone.
const exponent = 0x7f800000u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / call.width;
  if (model >= call.models) { return; }
  let start = call.valuesOffset + (model % call.valuesPeriod) * call.valuesStride;
  for (var k = i % call.width; k < call.count; k += call.width) {
    if ((values[start + k] & exponent) == exponent) {
      atomicStore(&alive[model], 0u);
      return;
    }
  }
}
