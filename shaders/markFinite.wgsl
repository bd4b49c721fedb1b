// alive[m] = 0 where any of model m's numbers is not finite. Numbers are taken by their bits, because a shader may be
// compiled as if there were neither NaN nor infinity.

struct MarkFinite {
  models: u32,
  /// Numbers of a model.
  count: u32,
  /// Invocations of a model, which take every so many-th number.
  width: u32,
  valuesOffset: u32,
  valuesStride: u32,
  valuesPeriod: u32,
}

@group(0) @binding(0) var<uniform> size: MarkFinite;
/// The bits of float32; many invocations may write one's zero.
@group(0) @binding(1) var<storage, read_write> alive: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read> values: array<u32>;

/// The bits of the exponent, all set in NaN and ±∞ alone.
const exponent = 0x7f800000u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * 64u + id.x;
  let model = i / size.width;
  if (model >= size.models) { return; }
  let start = size.valuesOffset + (model % size.valuesPeriod) * size.valuesStride;
  for (var k = i % size.width; k < size.count; k += size.width) {
    if ((values[start + k] & exponent) == exponent) {
      atomicStore(&alive[model], 0u);
      return;
    }
  }
}
