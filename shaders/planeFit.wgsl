// Gaussians Q in the plane fitted to a mixture P by descent on five numbers: μx, μy, a, b, c, where
// L = [[exp a, 0], [b, exp c]] and Q = N(μ, L Lᵀ). Every step sums over the nodes of one quadrature, in float32.
//
// `registerFit`: one invocation a fit, for many fits and for adapters that compute on the CPU. `workgroupFit`: 64
// invocations share the nodes of one fit, and each then does the same update with the same totals.
//
// `fours` counts the nodes of the sum, in fours: t ~ N(0, I) for the reverse divergence, P's own points for the forward
// one. `totalFits` are the rows of `state`, and of every step of `history`, where the first step's place is `firstStep`.
// 0 `steps` only evaluate.

/// Of each four nodes their t or x (two vectors), their weights, and for P's own points log p.
@group(0) @binding(1) var<storage, read> nodes: array<vec4f>;
/// Two vectors each: (mean, L⁻¹ 11 and 21), (L⁻¹ 22, log of weight · density at the mean, –, –).
@group(0) @binding(2) var<storage, read> components: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;
@group(0) @binding(4) var<storage, read_write> history: array<f32>;

const width = 64u;
/// `registerFit` sums in so many parts: one long float32 sum would lose a digit.
const runs = 4u;
const reverse = 1u;
const momentum = 1u;
const adam = 2u;
const logTwoPi = 1.8378770664;
const stateColumns = 20u;
const historyColumns = 8u;
/// Columns of `state`.
const divergenceColumn = 15u;
const updatesColumn = 16u;

/// (value, first moments of the node's pull, –) and its three second moments.
struct Sums {
  first: vec4f,
  second: vec4f,
}

struct Fit {
  point: array<f32, 5>,
  moment: array<f32, 5>,
  square: array<f32, 5>,
  divergence: f32,
  updates: f32,
}

fn across(values: vec4f) -> f32 {
  return (values.x + values.y) + (values.z + values.w);
}

/// E[½ |t|² + log p(x)], E[s], and E[s_x t_x], E[s_y t_x], E[s_y t_y] with x = μ + L t and P's score s(x), of every
/// `stride`th four nodes.
fn reverseSums(point: array<f32, 5>, start: u32, stride: u32) -> Sums {
  let l11 = exp(point[2]);
  let l21 = point[3];
  let l22 = exp(point[4]);
  var value = vec4f(0.0);
  var sumX = vec4f(0.0);
  var sumY = vec4f(0.0);
  var sumXx = vec4f(0.0);
  var sumYx = vec4f(0.0);
  var sumYy = vec4f(0.0);
  for (var i = start; i < call.fours; i += stride) {
    let tx = nodes[4u * i];
    let ty = nodes[4u * i + 1u];
    let weight = nodes[4u * i + 2u];
    let shiftX = l11 * tx;
    let shiftY = l21 * tx + l22 * ty;
    var largest = vec4f(-3e38);
    for (var j = 0u; j < call.components; j++) {
      let form = components[2u * j];
      let rest = components[2u * j + 1u];
      // μ − m first: x itself would lose the digits of a small step far from 0
      let x = (point[0] - form.x) + shiftX;
      let y = (point[1] - form.y) + shiftY;
      let zx = form.z * x;
      let zy = form.w * x + rest.x * y;
      largest = max(largest, rest.y - 0.5 * (zx * zx + zy * zy));
    }
    var total = vec4f(0.0);
    var scoreX = vec4f(0.0);
    var scoreY = vec4f(0.0);
    for (var j = 0u; j < call.components; j++) {
      let form = components[2u * j];
      let rest = components[2u * j + 1u];
      let x = (point[0] - form.x) + shiftX;
      let y = (point[1] - form.y) + shiftY;
      let zx = form.z * x;
      let zy = form.w * x + rest.x * y;
      let share = exp(rest.y - 0.5 * (zx * zx + zy * zy) - largest);
      total += share;
      scoreX -= share * (form.z * zx + form.w * zy);
      scoreY -= share * (rest.x * zy);
    }
    let scale = weight / total;
    scoreX *= scale;
    scoreY *= scale;
    value += weight * (0.5 * (tx * tx + ty * ty) + (largest + log(total)));
    sumX += scoreX;
    sumY += scoreY;
    sumXx += scoreX * tx;
    sumYx += scoreY * tx;
    sumYy += scoreY * ty;
  }
  return Sums(
    vec4f(across(value), across(sumX), across(sumY), 0.0),
    vec4f(across(sumXx), across(sumYx), across(sumYy), 0.0),
  );
}

/// E[log p + ½ |u|²], E[u], and E[u_x²], E[u_x u_y], E[u_y²] with u = L⁻¹ (x − μ), of every `stride`th four points
/// of P.
fn forwardSums(point: array<f32, 5>, start: u32, stride: u32) -> Sums {
  let inverseX = exp(-point[2]);
  let inverseY = exp(-point[4]);
  var value = vec4f(0.0);
  var sumX = vec4f(0.0);
  var sumY = vec4f(0.0);
  var sumXx = vec4f(0.0);
  var sumXy = vec4f(0.0);
  var sumYy = vec4f(0.0);
  for (var i = start; i < call.fours; i += stride) {
    let weight = nodes[4u * i + 2u];
    let ux = (nodes[4u * i] - point[0]) * inverseX;
    let uy = (nodes[4u * i + 1u] - point[1] - point[3] * ux) * inverseY;
    let weightedX = weight * ux;
    let weightedY = weight * uy;
    value += weight * (nodes[4u * i + 3u] + 0.5 * (ux * ux + uy * uy));
    sumX += weightedX;
    sumY += weightedY;
    sumXx += weightedX * ux;
    sumXy += weightedX * uy;
    sumYy += weightedY * uy;
  }
  return Sums(
    vec4f(across(value), across(sumX), across(sumY), 0.0),
    vec4f(across(sumXx), across(sumXy), across(sumYy), 0.0),
  );
}

fn partialSums(point: array<f32, 5>, start: u32, stride: u32) -> Sums {
  if (call.divergence == reverse) { return reverseSums(point, start, stride); }
  return forwardSums(point, start, stride);
}

fn divergenceOf(point: array<f32, 5>, sums: Sums) -> f32 {
  let entropy = logTwoPi + point[2] + point[4];
  return select(sums.first.x + entropy, -entropy - sums.first.x, call.divergence == reverse);
}

fn gradientOf(point: array<f32, 5>, sums: Sums) -> array<f32, 5> {
  let pull = sums.first.yz;
  let second = sums.second.xyz;
  if (call.divergence == reverse) {
    let l = vec2f(exp(point[2]), exp(point[4]));
    return array(-pull.x, -pull.y, -1.0 - second.x * l.x, -second.y, -1.0 - second.z * l.y);
  }
  let inverse = vec2f(exp(-point[2]), exp(-point[4]));
  let b = point[3];
  let cross = second.y * inverse.y;
  // u_y falls with u_x through b, so a moves both
  return array(
    -inverse.x * (pull.x - b * inverse.y * pull.y),
    -inverse.y * pull.y,
    1.0 - second.x + b * cross,
    -cross,
    1.0 - second.z,
  );
}

/// Whether the number stays: b of a mean-field Q, or all of Σ.
fn isFixed(i: u32) -> bool {
  return (i >= 2u && call.fixedSigma != 0u) || (i == 3u && call.diagonal != 0u);
}

/// |value| ≤ limit, and false for NaN, which a compiler may assume away in a comparison of floats.
fn within(value: f32, limit: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) <= bitcast<u32>(limit);
}

/// 1 − exp(−x) without cancellation.
fn grown(x: f32) -> f32 {
  if (x > 0.5) { return 1.0 - exp(-x); }
  return x * (1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0 * (1.0 - x / 6.0 * (1.0 - x / 7.0))))));
}

/// One step with the totals of its point: keeps the history, and moves the fit unless it is to stay.
fn advance(fit: ptr<function, Fit>, sums: Sums, row: u32, step: u32, keeps: bool) {
  let divergence = divergenceOf((*fit).point, sums);
  var gradient = gradientOf((*fit).point, sums);
  var largest = 0.0;
  for (var i = 0u; i < 5u; i++) {
    if (isFixed(i)) { gradient[i] = 0.0; }
    largest = max(largest, abs(gradient[i]));
  }
  if (keeps && call.keepsHistory != 0u) {
    let line = ((call.firstStep + step) * call.totalFits + row) * historyColumns;
    for (var i = 0u; i < 5u; i++) { history[line + i] = (*fit).point[i]; }
    history[line + 5u] = divergence;
    history[line + 6u] = largest;
    history[line + 7u] = 0.0;
  }
  if ((*fit).updates < 0.0) { return; }
  (*fit).divergence = divergence;
  if (call.steps == 0u || largest < call.tolerance) { return; }

  var next = *fit;
  var good = true;
  next.updates += 1.0;
  // 1 − 0.9^updates and 1 − 0.999^updates
  let firstGain = 1.0 / grown(0.105360516 * next.updates);
  let secondGain = 1.0 / grown(1.0005003e-3 * next.updates);
  for (var i = 0u; i < 5u; i++) {
    if (isFixed(i)) { continue; }
    let slope = gradient[i];
    var change = slope;
    if (call.optimizer == momentum) {
      next.moment[i] = 0.9 * next.moment[i] + slope;
      change = next.moment[i];
    } else if (call.optimizer == adam) {
      next.moment[i] = 0.9 * next.moment[i] + 0.1 * slope;
      next.square[i] = 0.999 * next.square[i] + 0.001 * slope * slope;
      change = next.moment[i] * firstGain / (sqrt(next.square[i] * secondGain) + 1e-8);
    }
    next.point[i] -= call.learningRate * change;
    let limit = select(1e6, 40.0, i == 2u || i == 4u);
    good = good && within(next.point[i], limit) && within(next.moment[i], 3e38) && within(next.square[i], 3e38);
  }
  if (good) {
    *fit = next;
  } else {
    (*fit).updates = -next.updates;
  }
}

fn load(row: u32) -> Fit {
  let start = row * stateColumns;
  var fit: Fit;
  for (var i = 0u; i < 5u; i++) {
    fit.point[i] = state[start + i];
    fit.moment[i] = state[start + 5u + i];
    fit.square[i] = state[start + 10u + i];
  }
  fit.divergence = state[start + divergenceColumn];
  fit.updates = state[start + updatesColumn];
  return fit;
}

fn store(row: u32, fit: Fit) {
  let start = row * stateColumns;
  for (var i = 0u; i < 5u; i++) {
    state[start + i] = fit.point[i];
    state[start + 5u + i] = fit.moment[i];
    state[start + 10u + i] = fit.square[i];
  }
  state[start + divergenceColumn] = fit.divergence;
  state[start + updatesColumn] = fit.updates;
}

@compute @workgroup_size(width)
fn registerFit(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let row = call.firstFit + id.y * grid.x * width + id.x;
  if (row >= call.endFit) { return; }
  var fit = load(row);
  for (var step = 0u; step < max(call.steps, 1u); step++) {
    var sums = partialSums(fit.point, 0u, runs);
    for (var run = 1u; run < runs; run++) {
      let part = partialSums(fit.point, run, runs);
      sums.first += part.first;
      sums.second += part.second;
    }
    advance(&fit, sums, row, step, true);
  }
  store(row, fit);
}

var<workgroup> parts: array<Sums, width>;

@compute @workgroup_size(width)
fn workgroupFit(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = call.firstFit + group.y * grid.x + group.x;
  if (row >= call.endFit) { return; }
  var fit = load(row);
  for (var step = 0u; step < max(call.steps, 1u); step++) {
    parts[lane] = partialSums(fit.point, lane, width);
    for (var half = width / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if (lane < half) {
        parts[lane].first += parts[lane + half].first;
        parts[lane].second += parts[lane + half].second;
      }
    }
    workgroupBarrier();
    let sums = parts[0];
    // nobody overwrites the totals before all have them
    workgroupBarrier();
    advance(&fit, sums, row, step, lane == 0u);
  }
  if (lane == 0u) { store(row, fit); }
}
