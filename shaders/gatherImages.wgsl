// Pixels of chosen images as −1…1, one invocation for each four pixels of a row: row i of group g is image
// indices[g · batch + i]. An image has `words` words of four pixels.

@group(0) @binding(1) var<storage, read_write> output: array<f32>;
/// [images, words]: the first pixel of a word in its lowest byte.
@group(0) @binding(2) var<storage, read> images: array<u32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;

const width = 64u;

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * width + id.x;
  let row = index / call.words;
  if (row >= call.groups * call.batch) { return; }
  let word = index % call.words;
  let image = min(indices[row], call.images - 1u);
  let bytes = (vec4u(images[image * call.words + word]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
  // 2 byte − 255 is exact, and ±255 times the rounded 1 / 255 rounds to ±1
  let pixels = (2.0 * vec4f(bytes) - 255.0) * (1.0 / 255.0);
  let group = row / call.batch;
  let start = call.outputOffset + group * call.outputStride + 4u * ((row - group * call.batch) * call.words + word);
  for (var i = 0u; i < 4u; i++) { output[start + i] = pixels[i]; }
}
