// needs logitStatistics
// One slice of the embedding table through the loss: u = hidden · table row for every token and word, of which only
// statistics are kept. Both matrices have k across, so every logit is a sum of dot products of vectors; k is a multiple
// of 4 (`hidden` is padded with zeros).
//
// The words are split into runs of 256. Whoever computes a run for a token leaves one partial result, which
// logitLossMerge.wgsl adds to the state in a fixed order. As in modelProduct.wgsl there are a variant for
// adapters that compute on the CPU (`registerTile`) and one for hardware (`workgroupTile`). A dispatch covers
// the runs `firstRun` … `endRun` − 1.
//
// `firstWord` is the number of the slice's first word in the vocabulary. A row of `hidden` has `vectors` vectors of 4;
// from one row of `table` to the next there are `stride`. The second of `scales` is 0 when there is one scale.

@group(0) @binding(1) var<storage, read> hidden: array<vec4f>;
@group(0) @binding(2) var<storage, read> table: array<vec4f>;
@group(0) @binding(3) var<storage, read> targets: array<u32>;
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
/// [runs, tokens, 3]
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
/// [2, tokens]: the target's raw logit and the input word's.
@group(0) @binding(6) var<storage, read_write> found: array<f32>;
/// [copies, bins + 2]; several copies, so that fewer invocations wait for one counter.
@group(0) @binding(7) var<storage, read_write> histogram: array<atomic<u32>>;
/// [tokens, landscapeBins] as `ordered`; 0 where nothing was seen.
@group(0) @binding(8) var<storage, read_write> landscape: array<atomic<u32>>;

const runWords = 256u;
const histogramCopies = 16u;
/// Invocations in a workgroup of `registerTile`.
const registerWidth = 4u;

/// Unsigned integers in the order of the floats.
fn ordered(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn histogramBin(u: f32) -> u32 {
  if (u < -call.histogramRange) { return 0u; }
  if (u >= call.histogramRange) { return call.histogramBins + 1u; }
  let bin = (u + call.histogramRange) / (2.0 * call.histogramRange) * f32(call.histogramBins);
  return min(u32(bin), call.histogramBins - 1u) + 1u;
}

/// Counts `count` (1…4) logits of a token that begin at the slice's word `word`.
fn tally(token: u32, word: u32, count: u32, u: vec4f, copy: u32) {
  let counts = (copy % histogramCopies) * (call.histogramBins + 2u);
  let bins = token * call.landscapeBins;
  let first = call.firstWord + word;
  let targetPlace = targets[token] - first;
  let ownPlace = inputs[token] - first;
  // words before the first wrap around to huge numbers
  if (targetPlace < count) { found[token] = u[targetPlace]; }
  if (ownPlace < count) { found[call.tokens + token] = u[ownPlace]; }
  for (var i = 0u; i < count; i++) {
    atomicAdd(&histogram[counts + histogramBin(u[i])], 1u);
  }
  let firstBin = first * call.landscapeBins / call.vocabulary;
  let lastBin = (first + count - 1u) * call.landscapeBins / call.vocabulary;
  if (firstBin == lastBin) {
    let inside = vec4u(0u, 1u, 2u, 3u) < vec4u(count);
    atomicMax(&landscape[bins + firstBin], ordered(largest(select(vec4f(nothing), u, inside))));
  } else {
    for (var i = 0u; i < count; i++) {
      atomicMax(&landscape[bins + (first + i) * call.landscapeBins / call.vocabulary], ordered(u[i]));
    }
  }
}

fn storePartial(run: u32, token: u32, statistics: Statistics) {
  let start = (run * call.tokens + token) * 3u;
  for (var part = 0u; part < 3u; part++) { partials[start + part] = packed(statistics, part); }
}

/// One vector of k of 4 words, as the columns of a matrix.
fn tableBlock(starts: vec4u, k: u32) -> mat4x4f {
  return mat4x4f(table[starts.x + k], table[starts.y + k], table[starts.z + k], table[starts.w + k]);
}

/// 16 tokens × a run of words an invocation, 16 words (four vectors, a to d) at a time with all 256 logits in
/// registers. Written out for the reason given in modelProduct.wgsl.
@compute @workgroup_size(registerWidth)
fn registerTile(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let index = id.y * grid.x * registerWidth + id.x;
  let tilesOfTokens = (call.tokens + 15u) / 16u;
  let run = call.firstRun + index / tilesOfTokens;
  if (run >= call.endRun) { return; }
  let token = (index % tilesOfTokens) * 16u;
  let tokens = min(16u, call.tokens - token);
  // tokens and words beyond the end repeat the last one and are not counted
  let lastToken = call.tokens - 1u;
  let lastWord = vec4u(call.words - 1u);
  let four = vec4u(0u, 1u, 2u, 3u);
  let token0 = min(token + 0u, lastToken) * call.vectors;
  let token1 = min(token + 1u, lastToken) * call.vectors;
  let token2 = min(token + 2u, lastToken) * call.vectors;
  let token3 = min(token + 3u, lastToken) * call.vectors;
  let token4 = min(token + 4u, lastToken) * call.vectors;
  let token5 = min(token + 5u, lastToken) * call.vectors;
  let token6 = min(token + 6u, lastToken) * call.vectors;
  let token7 = min(token + 7u, lastToken) * call.vectors;
  let token8 = min(token + 8u, lastToken) * call.vectors;
  let token9 = min(token + 9u, lastToken) * call.vectors;
  let token10 = min(token + 10u, lastToken) * call.vectors;
  let token11 = min(token + 11u, lastToken) * call.vectors;
  let token12 = min(token + 12u, lastToken) * call.vectors;
  let token13 = min(token + 13u, lastToken) * call.vectors;
  let token14 = min(token + 14u, lastToken) * call.vectors;
  let token15 = min(token + 15u, lastToken) * call.vectors;
  var statistics: array<Statistics, 16>;
  for (var i = 0u; i < 16u; i++) { statistics[i] = noStatistics(); }
  let endWord = min((run + 1u) * runWords, call.words);
  for (var word = run * runWords; word < endWord; word += 16u) {
    let a = min(word + 0u + four, lastWord) * call.stride;
    let b = min(word + 4u + four, lastWord) * call.stride;
    let c = min(word + 8u + four, lastWord) * call.stride;
    let d = min(word + 12u + four, lastWord) * call.stride;
    var sum0a = vec4f(); var sum0b = vec4f(); var sum0c = vec4f(); var sum0d = vec4f();
    var sum1a = vec4f(); var sum1b = vec4f(); var sum1c = vec4f(); var sum1d = vec4f();
    var sum2a = vec4f(); var sum2b = vec4f(); var sum2c = vec4f(); var sum2d = vec4f();
    var sum3a = vec4f(); var sum3b = vec4f(); var sum3c = vec4f(); var sum3d = vec4f();
    var sum4a = vec4f(); var sum4b = vec4f(); var sum4c = vec4f(); var sum4d = vec4f();
    var sum5a = vec4f(); var sum5b = vec4f(); var sum5c = vec4f(); var sum5d = vec4f();
    var sum6a = vec4f(); var sum6b = vec4f(); var sum6c = vec4f(); var sum6d = vec4f();
    var sum7a = vec4f(); var sum7b = vec4f(); var sum7c = vec4f(); var sum7d = vec4f();
    var sum8a = vec4f(); var sum8b = vec4f(); var sum8c = vec4f(); var sum8d = vec4f();
    var sum9a = vec4f(); var sum9b = vec4f(); var sum9c = vec4f(); var sum9d = vec4f();
    var sum10a = vec4f(); var sum10b = vec4f(); var sum10c = vec4f(); var sum10d = vec4f();
    var sum11a = vec4f(); var sum11b = vec4f(); var sum11c = vec4f(); var sum11d = vec4f();
    var sum12a = vec4f(); var sum12b = vec4f(); var sum12c = vec4f(); var sum12d = vec4f();
    var sum13a = vec4f(); var sum13b = vec4f(); var sum13c = vec4f(); var sum13d = vec4f();
    var sum14a = vec4f(); var sum14b = vec4f(); var sum14c = vec4f(); var sum14d = vec4f();
    var sum15a = vec4f(); var sum15b = vec4f(); var sum15c = vec4f(); var sum15d = vec4f();
    for (var k = 0u; k < call.vectors; k++) {
      let wordsA = tableBlock(a, k);
      let wordsB = tableBlock(b, k);
      let wordsC = tableBlock(c, k);
      let wordsD = tableBlock(d, k);
      let hidden0 = hidden[token0 + k];
      sum0a += hidden0 * wordsA;
      sum0b += hidden0 * wordsB;
      sum0c += hidden0 * wordsC;
      sum0d += hidden0 * wordsD;
      let hidden1 = hidden[token1 + k];
      sum1a += hidden1 * wordsA;
      sum1b += hidden1 * wordsB;
      sum1c += hidden1 * wordsC;
      sum1d += hidden1 * wordsD;
      let hidden2 = hidden[token2 + k];
      sum2a += hidden2 * wordsA;
      sum2b += hidden2 * wordsB;
      sum2c += hidden2 * wordsC;
      sum2d += hidden2 * wordsD;
      let hidden3 = hidden[token3 + k];
      sum3a += hidden3 * wordsA;
      sum3b += hidden3 * wordsB;
      sum3c += hidden3 * wordsC;
      sum3d += hidden3 * wordsD;
      let hidden4 = hidden[token4 + k];
      sum4a += hidden4 * wordsA;
      sum4b += hidden4 * wordsB;
      sum4c += hidden4 * wordsC;
      sum4d += hidden4 * wordsD;
      let hidden5 = hidden[token5 + k];
      sum5a += hidden5 * wordsA;
      sum5b += hidden5 * wordsB;
      sum5c += hidden5 * wordsC;
      sum5d += hidden5 * wordsD;
      let hidden6 = hidden[token6 + k];
      sum6a += hidden6 * wordsA;
      sum6b += hidden6 * wordsB;
      sum6c += hidden6 * wordsC;
      sum6d += hidden6 * wordsD;
      let hidden7 = hidden[token7 + k];
      sum7a += hidden7 * wordsA;
      sum7b += hidden7 * wordsB;
      sum7c += hidden7 * wordsC;
      sum7d += hidden7 * wordsD;
      let hidden8 = hidden[token8 + k];
      sum8a += hidden8 * wordsA;
      sum8b += hidden8 * wordsB;
      sum8c += hidden8 * wordsC;
      sum8d += hidden8 * wordsD;
      let hidden9 = hidden[token9 + k];
      sum9a += hidden9 * wordsA;
      sum9b += hidden9 * wordsB;
      sum9c += hidden9 * wordsC;
      sum9d += hidden9 * wordsD;
      let hidden10 = hidden[token10 + k];
      sum10a += hidden10 * wordsA;
      sum10b += hidden10 * wordsB;
      sum10c += hidden10 * wordsC;
      sum10d += hidden10 * wordsD;
      let hidden11 = hidden[token11 + k];
      sum11a += hidden11 * wordsA;
      sum11b += hidden11 * wordsB;
      sum11c += hidden11 * wordsC;
      sum11d += hidden11 * wordsD;
      let hidden12 = hidden[token12 + k];
      sum12a += hidden12 * wordsA;
      sum12b += hidden12 * wordsB;
      sum12c += hidden12 * wordsC;
      sum12d += hidden12 * wordsD;
      let hidden13 = hidden[token13 + k];
      sum13a += hidden13 * wordsA;
      sum13b += hidden13 * wordsB;
      sum13c += hidden13 * wordsC;
      sum13d += hidden13 * wordsD;
      let hidden14 = hidden[token14 + k];
      sum14a += hidden14 * wordsA;
      sum14b += hidden14 * wordsB;
      sum14c += hidden14 * wordsC;
      sum14d += hidden14 * wordsD;
      let hidden15 = hidden[token15 + k];
      sum15a += hidden15 * wordsA;
      sum15b += hidden15 * wordsB;
      sum15c += hidden15 * wordsC;
      sum15d += hidden15 * wordsD;
    }
    var uA = array<vec4f, 16>(
      sum0a, sum1a, sum2a, sum3a, sum4a, sum5a, sum6a, sum7a,
      sum8a, sum9a, sum10a, sum11a, sum12a, sum13a, sum14a, sum15a,
    );
    var uB = array<vec4f, 16>(
      sum0b, sum1b, sum2b, sum3b, sum4b, sum5b, sum6b, sum7b,
      sum8b, sum9b, sum10b, sum11b, sum12b, sum13b, sum14b, sum15b,
    );
    var uC = array<vec4f, 16>(
      sum0c, sum1c, sum2c, sum3c, sum4c, sum5c, sum6c, sum7c,
      sum8c, sum9c, sum10c, sum11c, sum12c, sum13c, sum14c, sum15c,
    );
    var uD = array<vec4f, 16>(
      sum0d, sum1d, sum2d, sum3d, sum4d, sum5d, sum6d, sum7d,
      sum8d, sum9d, sum10d, sum11d, sum12d, sum13d, sum14d, sum15d,
    );
    for (var i = 0u; i < tokens; i++) {
      var updated = statistics[i];
      var u = array<vec4f, 4>(uA[i], uB[i], uC[i], uD[i]);
      for (var quad = 0u; quad < 4u; quad++) {
        let first = word + 4u * quad;
        if (first >= endWord) { break; }
        let count = min(endWord - first, 4u);
        updated = withWords(updated, u[quad], four < vec4u(count), call.scales);
        tally(token + i, first, count, u[quad], run);
      }
      statistics[i] = updated;
    }
  }
  for (var i = 0u; i < tokens; i++) { storePartial(run, token + i, statistics[i]); }
}

/// 16 steps of k of 64 rows of `hidden` and of `table`, transposed so that 4 rows are one vector; later the
/// 64 × 64 logits.
var<workgroup> tileMemory: array<vec4f, 1024>;

/// 64 tokens × a run of words a workgroup, 64 words at a time: each of 8 × 8 invocations computes 8 × 8 logits
/// (4 and 4 tokens and words, half a tile apart), then takes one token and adds its 64 logits up.
@compute @workgroup_size(64)
fn workgroupTile(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * grid.x + group.x;
  let tilesOfTokens = (call.tokens + 63u) / 64u;
  let run = call.firstRun + index / tilesOfTokens;
  if (run >= call.endRun) { return; }
  let token = (index % tilesOfTokens) * 64u;
  let y = lane / 8u;
  let x = lane % 8u;
  // what this invocation fetches: vector `loadStep` of 4 rows of either matrix
  let loadStep = lane % 4u;
  let loadRows = lane / 4u;
  let four = vec4u(0u, 1u, 2u, 3u) + 4u * loadRows;
  let hiddenStart = min(token + four, vec4u(call.tokens - 1u)) * call.vectors;
  let lastVector = call.vectors - 1u;
  var statistics = noStatistics();
  let endWord = min((run + 1u) * runWords, call.words);
  for (var word = run * runWords; word < endWord; word += 64u) {
    let tableStart = min(word + four, vec4u(call.words - 1u)) * call.stride;
    // the zeros are written out because Chrome on SwiftShader clears a bare variable in the first round only
    var sums = array<array<vec4f, 2>, 8>();
    for (var start = 0u; start < call.vectors; start += 4u) {
      let vector = min(start + loadStep, lastVector);
      let inside = start + loadStep <= lastVector;
      let hiddenRows = transpose(mat4x4f(
        hidden[hiddenStart.x + vector],
        hidden[hiddenStart.y + vector],
        hidden[hiddenStart.z + vector],
        hidden[hiddenStart.w + vector],
      ));
      let tableRows = transpose(mat4x4f(
        table[tableStart.x + vector],
        table[tableStart.y + vector],
        table[tableStart.z + vector],
        table[tableStart.w + vector],
      ));
      workgroupBarrier();
      // zeros beyond the end of k
      for (var i = 0u; i < 4u; i++) {
        let place = (4u * loadStep + i) * 16u + loadRows;
        tileMemory[place] = select(vec4f(0.0), hiddenRows[i], inside);
        tileMemory[256u + place] = select(vec4f(0.0), tableRows[i], inside);
      }
      workgroupBarrier();
      for (var k = 0u; k < 16u; k++) {
        let upper = tileMemory[k * 16u + y];
        let lower = tileMemory[k * 16u + y + 8u];
        let near = tileMemory[256u + k * 16u + x];
        let far = tileMemory[256u + k * 16u + x + 8u];
        for (var i = 0u; i < 4u; i++) {
          sums[i][0] += upper[i] * near;
          sums[i][1] += upper[i] * far;
          sums[i + 4u][0] += lower[i] * near;
          sums[i + 4u][1] += lower[i] * far;
        }
      }
    }
    workgroupBarrier();
    // each token's row is turned by the token's number, so that neighbours do not meet in one memory bank
    for (var i = 0u; i < 8u; i++) {
      let row = 4u * y + (i % 4u) + (i / 4u) * 32u;
      tileMemory[row * 16u + (x + row) % 16u] = sums[i][0];
      tileMemory[row * 16u + (x + 8u + row) % 16u] = sums[i][1];
    }
    workgroupBarrier();
    if (token + lane < call.tokens) {
      for (var quad = 0u; quad < 16u; quad++) {
        if (word + 4u * quad >= endWord) { break; }
        let u = tileMemory[lane * 16u + (quad + lane) % 16u];
        let kept = min(endWord - word - 4u * quad, 4u);
        let counted = vec4u(0u, 1u, 2u, 3u) < vec4u(kept);
        statistics = withWords(statistics, u, counted, call.scales);
        tally(token + lane, word + 4u * quad, kept, u, run + lane);
      }
    }
  }
  if (token + lane < call.tokens) { storePartial(run, token + lane, statistics); }
}
