// needs rowTotals
// output = (g − mean g − y · mean(g · y)) / σ with y = (x − mean x) / σ and σ² = variance + 1e-5 of every row. Two
// passes, as in layerNorm.wgsl and for its reason. `inPlace`: whether the gradient lies in `output`; otherwise in
// `gradient`.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;

fn slope(place: u32) -> f32 {
  if (call.inPlace != 0u) { return output[place]; }
  return gradient[place];
}

@compute @workgroup_size(width)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = span(group, grid, local, call.rows, call.columns);
  let count = f32(call.columns);
  var sums = vec3f(0.0);
  for (var i = row.start; i < row.end; i += lanes) { sums += vec3f(input[i], slope(i), 0.0); }
  let means = total(local, sums) / count;
  sums = vec3f(0.0);
  for (var i = row.start; i < row.end; i += lanes) {
    let centred = input[i] - means.x;
    sums += vec3f(centred, centred * centred, centred * (slope(i) - means.y));
  }
  let moments = total(local, sums) / count;
  let inverse = 1.0 / sqrt(max(moments.y - moments.x * moments.x, 0.0) + 1e-5);
  // mean(g · y) / σ: the mean of g − mean g vanishes, so that moments.x has no part in it
  let pull = moments.z * inverse * inverse;
  for (var i = row.start; i < row.end; i += lanes) {
    output[i] = (slope(i) - means.y - ((input[i] - means.x) - moments.x) * pull) * inverse;
  }
}
