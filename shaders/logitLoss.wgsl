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

/// 16 tokens × a run of words an invocation, 16 words (four vectors) at a time with all 256 logits in
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
  // each i = 0 to 15
    let token$i = min(token + $iu, lastToken) * call.vectors;
  // end
  var statistics: array<Statistics, 16>;
  for (var i = 0u; i < 16u; i++) { statistics[i] = noStatistics(); }
  let endWord = min((run + 1u) * runWords, call.words);
  for (var word = run * runWords; word < endWord; word += 16u) {
    // each j = 0 to 3
      let starts$j = min(word + 4u * $ju + four, lastWord) * call.stride;
    // end
    // each i = 0 to 15
      // each j = 0 to 3
        var sum$i_$j = vec4f();
      // end
    // end
    for (var k = 0u; k < call.vectors; k++) {
      // each j = 0 to 3
        let words$j = tableBlock(starts$j, k);
      // end
      // each i = 0 to 15
        let hidden$i = hidden[token$i + k];
        // each j = 0 to 3
          sum$i_$j += hidden$i * words$j;
        // end
      // end
    }
    // each j = 0 to 3
      var u$j = array<vec4f, 16>(
        // each i = 0 to 15
          sum$i_$j,
        // end
      );
    // end
    for (var i = 0u; i < tokens; i++) {
      var updated = statistics[i];
      var u = array<vec4f, 4>(u0[i], u1[i], u2[i], u3[i]);
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

/// Invocations of a workgroup of `workgroupTile`, across; down there are 8. Each computes 8 × 8 logits.
override columnLanes: u32 = 8u;

/// 16 steps of k of 64 rows of `hidden` and of the words of `table`, transposed so that 4 rows are one vector; later
/// the logits of 64 tokens.
var<workgroup> tileMemory: array<vec4f, 128u * columnLanes>;

/// 64 tokens × a run of words a workgroup, 64 or 128 words at a time: each invocation computes 8 × 8 logits (4 and 4
/// tokens and words, half a tile apart), then the first 64 take one token each and add its logits up, word by word. So the
/// number of words at a time changes no bit.
@compute @workgroup_size(8u * columnLanes)
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
  let y = lane / columnLanes;
  let x = lane % columnLanes;
  // vectors of words
  let columnVectors = 2u * columnLanes;
  // what this invocation fetches: vector `loadStep` of 4 rows of the table, and the first 64 of `hidden`, too
  let loadStep = lane % 4u;
  let loadRows = lane / 4u;
  let four = vec4u(0u, 1u, 2u, 3u) + 4u * loadRows;
  let hiddenStart = min(token + four, vec4u(call.tokens - 1u)) * call.vectors;
  let lastVector = call.vectors - 1u;
  var statistics = noStatistics();
  let endWord = min((run + 1u) * runWords, call.words);
  for (var word = run * runWords; word < endWord; word += 8u * columnLanes) {
    let tableStart = min(word + four, vec4u(call.words - 1u)) * call.stride;
    // the zeros are written out because Chrome on SwiftShader clears a bare variable in the first round only
    var sums = array<array<vec4f, 2>, 8>();
    for (var start = 0u; start < call.vectors; start += 4u) {
      let vector = min(start + loadStep, lastVector);
      let inside = start + loadStep <= lastVector;
      let tableRows = transpose(mat4x4f(
        table[tableStart.x + vector],
        table[tableStart.y + vector],
        table[tableStart.z + vector],
        table[tableStart.w + vector],
      ));
      workgroupBarrier();
      // zeros beyond the end of k
      for (var i = 0u; i < 4u; i++) {
        let place = 256u + (4u * loadStep + i) * columnVectors + loadRows;
        tileMemory[place] = select(vec4f(0.0), tableRows[i], inside);
      }
      if (lane < 64u) {
        let hiddenRows = transpose(mat4x4f(
          hidden[hiddenStart.x + vector],
          hidden[hiddenStart.y + vector],
          hidden[hiddenStart.z + vector],
          hidden[hiddenStart.w + vector],
        ));
        for (var i = 0u; i < 4u; i++) {
          tileMemory[(4u * loadStep + i) * 16u + loadRows] = select(vec4f(0.0), hiddenRows[i], inside);
        }
      }
      workgroupBarrier();
      for (var k = 0u; k < 16u; k++) {
        let upper = tileMemory[k * 16u + y];
        let lower = tileMemory[k * 16u + y + 8u];
        let near = tileMemory[256u + k * columnVectors + x];
        let far = tileMemory[256u + k * columnVectors + x + columnLanes];
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
      tileMemory[row * columnVectors + (x + row) % columnVectors] = sums[i][0];
      tileMemory[row * columnVectors + (x + columnLanes + row) % columnVectors] = sums[i][1];
    }
    workgroupBarrier();
    if (lane < 64u && token + lane < call.tokens) {
      for (var quad = 0u; quad < columnVectors; quad++) {
        if (word + 4u * quad >= endWord) { break; }
        let u = tileMemory[lane * columnVectors + (quad + lane) % columnVectors];
        let kept = min(endWord - word - 4u * quad, 4u);
        let counted = vec4u(0u, 1u, 2u, 3u) < vec4u(kept);
        statistics = withWords(statistics, u, counted, call.scales);
        tally(token + lane, word + 4u * quad, kept, u, run + lane);
      }
    }
  }
  if (lane < 64u && token + lane < call.tokens) { storePartial(run, token + lane, statistics); }
}
