// Philox-4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
// easy as 1, 2, 3" (2011). Joined in front of the kernels that draw. Known answer (Random123): counter 0,
// key 0 gives 6627e8d5 e169c58d bc57ac4c 9b00dbd8.

/// The upper 32 bits of a 64-bit product; WGSL has no 64-bit integers, so from four 16-bit products.
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu;
  let aHigh = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let middle = aHigh * bLow + ((aLow * bLow) >> 16u);
  let carry = aLow * bHigh + (middle & 0xffffu);
  return aHigh * bHigh + (middle >> 16u) + (carry >> 16u);
}

fn philox(start: vec4u, seed: u32) -> vec4u {
  var counter = start;
  var key = vec2u(seed, 0u);
  for (var round = 0u; round < 10u; round++) {
    let high0 = multiplyHigh(0xd2511f53u, counter.x);
    let high1 = multiplyHigh(0xcd9e8d57u, counter.z);
    counter = vec4u(
      high1 ^ counter.y ^ key.x,
      0xcd9e8d57u * counter.z,
      high0 ^ counter.w ^ key.y,
      0xd2511f53u * counter.x,
    );
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

/// The four words of columns 4·group … 4·group + 3 in a row of the stream.
fn drawWords(group: u32, row: u32) -> vec4u {
  return philox(vec4u(group, row, call.stream, call.batch), call.seed);
}
