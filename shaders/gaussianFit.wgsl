// Gaussians Q on the line fitted to a mixture P: `FitArguments` in fits.ts says what, lineGrid.ts on
// which panels. All densities are logarithms.
//
// Modes may be 60 apart and 1e-3 wide, so a place is an anchor (a mean) and an offset from it, which are never
// added up: a panel takes the anchor that is nearer to one of its ends, and with it x − m = (anchor − m) + offset
// keeps its digits inside a narrow mode. Should rounding merge two breakpoints in the wrong order, the panel
// between them has a negative width and takes off what its neighbours counted twice.
//
// Two variants: `registerFit` does all steps of a fit in one invocation, for many fits and for adapters that
// compute on the CPU; `workgroupFit` shares out one fit's panels to 64 invocations, for a few fits on hardware.
//
// `components` holds m, 1/s, log(w / √2π s), log w of each; P's breakpoints and Q's edges begin at `firstBreakpoint` and
// `firstEdge`. `rows` are those of `state`: what a step takes in `history`. 0 `steps` only evaluate. `infinity` is +∞,
// which WGSL cannot write.

// Known when the pipeline is made: with branches on them SwiftShader is five times slower.
override divergence: u32;
override componentCount: u32;

/// Two vectors a fit: μ, log σ, first moments; second moments, divergence, updates.
@group(0) @binding(1) var<storage, read_write> state: array<vec4f>;
/// [steps, rows]: μ, log σ, divergence, largest entry of the gradient.
@group(0) @binding(2) var<storage, read_write> history: array<vec4f>;
/// P's as (anchor, offset), Q's as (0, multiple of σ); each without and with tails.
@group(0) @binding(3) var<storage, read> breakpoints: array<vec2f>;

const forward = 0u;
const reverse = 1u;
const jeffreys = 2u;
const jensenShannon = 3u;
const chiSquared = 5u;
const momentum = 1u;
const adam = 2u;

const mostBreakpoints = 288u;
const halfLogTau = 0.9189385;
const logTwo = 0.6931472;

/// The upper four Gauss–Legendre nodes; the lower four mirror them.
const nodes = vec4f(0.1834346, 0.5255324, 0.7966665, 0.9602899);
const nodeWeights = vec4f(0.3626838, 0.3137066, 0.222381, 0.1012285);

struct Point {
  mean: f32,
  logSd: f32,
  sd: f32,
  inverse: f32,
}

/// Where nodes are: anchor + centre ± half · nodes.
struct Panel {
  anchor: f32,
  centre: f32,
  half: f32,
}

fn panelBetween(left: vec2f, right: vec2f) -> Panel {
  let toRight = abs(right.y) < abs(left.y);
  let start = select(left.y, (left.x - right.x) + left.y, toRight);
  let end = select((right.x - left.x) + right.y, right.y, toRight);
  return Panel(select(left.x, right.x, toRight), 0.5 * (start + end), 0.5 * (end - start));
}

/// exp(x) − 1 for |x| < ½, where the difference would lose digits.
fn smallExponentialMinusOne(x: vec4f) -> vec4f {
  return x + x * x * (0.5 + x * (0.16666667 + x * (4.1666668e-2 + x * (8.333333e-3 + x * (1.388889e-3 + x * 1.984127e-4)))));
}

/// (Σ value, Σ w t + r, Σ w (t² − 1) + r t, 0) over four nodes, for log p and its slope there, t and the measure.
/// The gradients of all divergences are such sums: see kernels/fitDivergence.ts.
fn nodeSums(q: Point, t: vec4f, logP: vec4f, slope: vec4f, measure: vec4f) -> vec3f {
  let squares = t * t;
  let logQ = -0.5 * squares - (q.logSd + halfLogTau);
  let excess = logP - logQ;
  var values = vec4f();
  var weight = vec4f();
  var along = vec4f();
  if (divergence <= jeffreys) {
    if (divergence != reverse) {
      let ofP = exp(logP) * measure;
      values = ofP * excess;
      weight = -ofP;
    }
    if (divergence != forward) {
      let ofQ = exp(logQ) * measure;
      values -= ofQ * excess;
      along = -ofQ * slope * q.sd;
    }
  } else if (divergence == jensenShannon) {
    // log(1 + e^d) − max(d, 0) is the same for d and −d
    let bend = logTwo - log(1.0 + exp(-abs(excess)));
    weight = 0.5 * exp(logQ) * measure * (bend - max(excess, vec4f()));
    values = weight + 0.5 * exp(logP) * measure * (bend - max(-excess, vec4f()));
  } else {
    // alpha above ½ is done with P and Q in each other's place
    let mirrored = call.alpha > 0.5;
    let share = select(call.alpha, 1.0 - call.alpha, mirrored);
    let logA = select(logQ, logP, mirrored);
    let logB = select(logP, logQ, mirrored);
    let a = exp(logA) * measure;
    let b = exp(logB) * measure;
    let exponent = share * (logB - logA);
    let change = select(
      exp(logA + exponent) * measure - a,
      a * smallExponentialMinusOne(exponent),
      abs(exponent) < vec4f(0.5),
    );
    values = (b - a - change / share) / (1.0 - share);
    // −(mix − q) / α; taking q off changes nothing, as ∫ q ∂log q is 0, and keeps the digits of a small α
    weight = -select(change, change + (a - b), mirrored) / call.alpha;
  }
  let one = vec4f(1.0);
  return vec3f(
    dot(values, one),
    dot(weight * t + along, one),
    dot(weight * (squares - 1.0) + along * t, one),
  );
}

/// Of the upper four nodes of a panel and of the lower four.
struct Halves {
  a: vec4f,
  b: vec4f,
}

fn largerOf(one: Halves, other: Halves) -> Halves {
  return Halves(max(one.a, other.a), max(one.b, other.b));
}

/// (x − m) / s
fn distances(component: vec4f, panel: Panel) -> Halves {
  let centre = ((panel.anchor - component.x) + panel.centre) * component.y;
  let half = (panel.half * component.y) * nodes;
  return Halves(centre + half, centre - half);
}

fn logTerms(component: vec4f, panel: Panel) -> Halves {
  let z = distances(component, panel);
  return Halves(component.z - 0.5 * z.a * z.a, component.z - 0.5 * z.b * z.b);
}

fn shares(logs: Halves, largest: Halves) -> Halves {
  return Halves(exp(logs.a - largest.a), exp(logs.b - largest.b));
}

/// Written out for each component, because SwiftShader reads a place that it knows once for all invocations, and
/// any other one by one.
fn panelSums(q: Point, panel: Panel) -> vec3f {
  let logs0 = logTerms(call.components[0], panel);
  var largest = logs0;
  // each i = 1 to 5
    var logs$i = logs0;
    if (componentCount > $iu) { logs$i = logTerms(call.components[$i], panel); largest = largerOf(largest, logs$i); }
  // end
  var sumA = vec4f();
  var sumB = vec4f();
  var slopeA = vec4f();
  var slopeB = vec4f();
  // each i = 0 to 5
    if (componentCount > $iu) {
      let component = call.components[$i];
      let z = distances(component, panel);
      let share = shares(logs$i, largest);
      sumA += share.a;
      sumB += share.b;
      slopeA -= component.y * z.a * share.a;
      slopeB -= component.y * z.b * share.b;
    }
  // end
  let centre = ((panel.anchor - q.mean) + panel.centre) * q.inverse;
  let half = (panel.half * q.inverse) * nodes;
  let measure = panel.half * nodeWeights;
  return nodeSums(q, centre + half, largest.a + log(sumA), slopeA / sumA, measure)
    + nodeSums(q, centre - half, largest.b + log(sumB), slopeB / sumB, measure);
}

fn edgeAt(q: Point, k: u32) -> vec2f {
  return vec2f(q.mean, q.sd * breakpoints[call.firstEdge + k].y);
}

fn pointOf(row: vec4f) -> Point {
  let sd = exp(row.y);
  return Point(row.x, row.y, sd, 1.0 / sd);
}

/// The sums over all panels as the divergence and its derivatives by μ and log σ.
fn resultOf(q: Point, sums: vec3f) -> vec3f {
  let pathwise = divergence == reverse || divergence == jeffreys;
  return vec3f(sums.x, sums.y * q.inverse, sums.z - select(0.0, 1.0, pathwise));
}

/// ln ∫ p² / q and its derivatives in closed form: see kernels/fitChiSquared.ts.
fn evaluateChiSquared(q: Point) -> vec3f {
  let ofQ = q.inverse * q.inverse;
  var largest = -3e38;
  var sums = vec3f();
  for (var i = 0u; i < componentCount; i++) {
    let one = call.components[i];
    let onePrecision = one.y * one.y;
    let oneGap = one.x - q.mean;
    if (2.0 * onePrecision <= ofQ) { return vec3f(call.infinity); }
    for (var j = i; j < componentCount; j++) {
      let other = call.components[j];
      let otherPrecision = other.y * other.y;
      let otherGap = other.x - q.mean;
      let stiffness = (onePrecision - 0.5 * ofQ) + (otherPrecision - 0.5 * ofQ);
      // some other component makes it infinite
      if (stiffness <= 0.0) { continue; }
      let gap = other.x - one.x;
      let distance = (onePrecision * oneGap + otherPrecision * otherGap) / stiffness;
      let exponent = ofQ * (onePrecision * oneGap * oneGap + otherPrecision * otherGap * otherGap)
        - onePrecision * otherPrecision * gap * gap;
      let term = one.w + other.w + q.logSd + log(one.y) + log(other.y)
        + 0.5 * (exponent / stiffness - log(stiffness)) + select(logTwo, 0.0, i == j);
      let before = largest;
      largest = max(largest, term);
      let weight = exp(term - largest);
      sums = sums * exp(before - largest)
        + weight * vec3f(1.0, -distance * ofQ, 1.0 - (distance * distance + 1.0 / stiffness) * ofQ);
    }
  }
  return vec3f(largest + log(sums.x), sums.yz / sums.x);
}

/// By its bits: comparisons may assume that there is no infinity and no NaN.
fn isFinite(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

/// β^updates from 1, without the difference's loss: 1 − exp(updates · ln β).
fn correction(exponent: f32) -> f32 {
  return select(1.0 - exp(exponent), -smallExponentialMinusOne(vec4f(exponent)).x, exponent > -0.5);
}

struct Row {
  point: vec4f,
  rest: vec4f,
}

/// The row after an update along the gradient (Kingma & Ba 2015 for adam); left where it is if the next is not finite.
fn updated(row: Row, gradient: vec2f) -> Row {
  let updates = row.rest.w + 1.0;
  var first = row.point.zw;
  var second = row.rest.xy;
  var along = gradient;
  if (call.optimizer == momentum) {
    first = 0.9 * first + gradient;
    along = first;
  } else if (call.optimizer == adam) {
    first = 0.9 * first + 0.1 * gradient;
    second = 0.999 * second + 0.001 * gradient * gradient;
    let firstMoment = first / correction(-0.1053605 * updates);
    let secondMoment = second / correction(-1.0005003e-3 * updates);
    along = firstMoment / (sqrt(secondMoment) + 1e-8);
  }
  let next = row.point.xy - call.learningRate * along;
  let moments = abs(first.x) + abs(first.y) + second.x + second.y;
  // a moment that overflowed would hold the point in place for good
  let finite = isFinite(next.x) && isFinite(next.y) && isFinite(moments);
  if (finite && abs(next.x) <= 1e6 && abs(next.y) <= 40.0) {
    return Row(vec4f(next, first), vec4f(second, row.rest.z, updates));
  }
  return Row(row.point, vec4f(row.rest.xyz, -updates));
}

/// The row after a step, of which `result` is the evaluation; also writes the history.
fn advanced(given: Row, result: vec3f, fit: u32, step: u32, writes: bool) -> Row {
  var row = given;
  var largest = call.infinity;
  if (row.rest.w >= 0.0) {
    row.rest.z = result.x;
    let infinite = divergence == chiSquared && !isFinite(result.x);
    if (!infinite && call.steps > 0u) {
      let gradient = vec2f(result.y, select(result.z, 0.0, call.fixedSigma != 0u));
      largest = max(abs(gradient.x), abs(gradient.y));
      if (!(largest < call.tolerance)) { row = updated(row, gradient); }
    }
  }
  if (writes && call.hasHistory != 0u) {
    history[(call.firstStep + step) * call.rows + fit] = vec4f(given.point.xy, row.rest.z, largest);
  }
  return row;
}

/// Invocations of one workgroup of `registerFit`: few, so that a thousand fits occupy all cores.
const registerWidth = 4u;

@compute @workgroup_size(registerWidth)
fn registerFit(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let fit = call.firstFit + id.y * grid.x * registerWidth + id.x;
  if (fit >= call.endFit) { return; }
  var row = Row(state[2u * fit], state[2u * fit + 1u]);
  for (var step = 0u; step < max(call.steps, 1u); step++) {
    let q = pointOf(row.point);
    var result = vec3f();
    if (divergence == chiSquared) {
      result = evaluateChiSquared(q);
    } else {
      var sums = vec3f();
      var ofP = 0u;
      var ofQ = 0u;
      var left = vec2f();
      for (var i = 0u; i < call.breakpoints + call.edges; i++) {
        let nextP = breakpoints[call.firstBreakpoint + min(ofP, call.breakpoints - 1u)];
        let nextQ = edgeAt(q, min(ofQ, call.edges - 1u));
        let takesP = ofQ == call.edges || (ofP < call.breakpoints && (nextP.x - q.mean) + nextP.y <= nextQ.y);
        let right = select(nextQ, nextP, takesP);
        ofP += select(0u, 1u, takesP);
        ofQ += select(1u, 0u, takesP);
        if (i > 0u) { sums += panelSums(q, panelBetween(left, right)); }
        left = right;
      }
      result = resultOf(q, sums);
    }
    row = advanced(row, result, fit, step, true);
  }
  state[2u * fit] = row.point;
  state[2u * fit + 1u] = row.rest;
}

const lanes = 64u;
var<workgroup> merged: array<vec2f, mostBreakpoints>;
/// How many of P's breakpoints lie between two of Q's edges.
var<workgroup> between: array<atomic<u32>, 32>;
var<workgroup> partials: array<vec3f, lanes>;

@compute @workgroup_size(lanes)
fn workgroupFit(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let fit = call.firstFit + group.y * grid.x + group.x;
  if (fit >= call.endFit) { return; }
  let total = call.breakpoints + call.edges;
  // every lane keeps the same row
  var row = Row(state[2u * fit], state[2u * fit + 1u]);
  for (var step = 0u; step < max(call.steps, 1u); step++) {
    let q = pointOf(row.point);
    if (lane < 32u) { atomicStore(&between[lane], 0u); }
    workgroupBarrier();
    for (var i = lane; i < call.breakpoints; i += lanes) {
      let breakpoint = breakpoints[call.firstBreakpoint + i];
      let place = (breakpoint.x - q.mean) + breakpoint.y;
      var before = 0u;
      for (var k = 0u; k < call.edges; k++) {
        before += select(0u, 1u, edgeAt(q, k).y < place);
      }
      atomicAdd(&between[before], 1u);
    }
    workgroupBarrier();
    // an edge stands behind the breakpoints counted up to it; these ranks are a permutation whatever was rounded
    if (lane < call.edges) {
      var rank = lane;
      for (var k = 0u; k <= lane; k++) { rank += atomicLoad(&between[k]); }
      merged[rank] = edgeAt(q, lane);
    }
    for (var i = lane; i < call.breakpoints; i += lanes) {
      var rank = i;
      var counted = 0u;
      for (var k = 0u; k < call.edges; k++) {
        counted += atomicLoad(&between[k]);
        rank += select(0u, 1u, counted <= i);
      }
      merged[rank] = breakpoints[call.firstBreakpoint + i];
    }
    workgroupBarrier();
    var sums = vec3f();
    if (divergence != chiSquared) {
      for (var i = lane; i + 1u < total; i += lanes) {
        sums += panelSums(q, panelBetween(merged[i], merged[i + 1u]));
      }
    }
    partials[lane] = sums;
    for (var width = lanes / 2u; width > 0u; width /= 2u) {
      workgroupBarrier();
      if (lane < width) { partials[lane] += partials[lane + width]; }
    }
    workgroupBarrier();
    var result = vec3f();
    if (divergence == chiSquared) { result = evaluateChiSquared(q); }
    else { result = resultOf(q, partials[0]); }
    row = advanced(row, result, fit, step, lane == 0u);
  }
  if (lane == 0u) {
    state[2u * fit] = row.point;
    state[2u * fit + 1u] = row.rest;
  }
}
