// needs rowTotals
// Every row to mean 0 and variance 1: (x − mean) / √(variance + 1e-5). Two passes: the second measures the first mean's
// own rounding error and corrects it, so that rows whose mean is thousands of times their deviation come out right too.
// `inPlace`: whether the rows lie in `output`; otherwise in `input`.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;

fn entry(place: u32) -> f32 {
  if (call.inPlace != 0u) { return output[place]; }
  return input[place];
}

@compute @workgroup_size(width)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = span(group, grid, local, call.rows, call.columns);
  let count = f32(call.columns);
  var sum = 0.0;
  for (var i = row.start; i < row.end; i += lanes) { sum += entry(i); }
  let estimate = total(local, vec3f(sum)).x / count;
  var sums = vec3f(0.0);
  for (var i = row.start; i < row.end; i += lanes) {
    let centred = entry(i) - estimate;
    sums += vec3f(centred, centred * centred, 0.0);
  }
  // (mean − estimate, mean square about the estimate)
  let moments = total(local, sums) / count;
  let inverse = 1.0 / sqrt(max(moments.y - moments.x * moments.x, 0.0) + 1e-5);
  for (var i = row.start; i < row.end; i += lanes) {
    output[i] = ((entry(i) - estimate) - moments.x) * inverse;
  }
}
