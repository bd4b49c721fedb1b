/**
 * Gaussians Q in the plane fitted to a mixture P on (μx, μy, a, b, c), where L = [[exp a, 0], [b, exp c]] and
 * Q = N(μ, L Lᵀ). Sums over nodes run in float32, four nodes at once; what follows from them is float64.
 */
import { exponential } from './exponential'
import { ADAM, HALF_LOG_TAU, MOMENTUM, REVERSE } from './fitTask'
import { logarithm } from './logarithm'
import { GRADIENT, NEXT, own, TERMS } from './own'
import { horizontalSum, multiplyAdd } from './vector'

const LOG_TAU: f64 = 2 * HALF_LOG_TAU

/** Numbers that a fit moves, and the columns of `state` and `history`. */
const FREE: i32 = 5
const STATE: i32 = 20
const HISTORY: i32 = 8
const DIVERGENCE: usize = 15 << 2
const UPDATES: usize = 16 << 2
/** Bytes of a component: mean, L⁻¹ as (11, 21, 22), log scale. */
const COMPONENT: usize = 32

/** One call. `nodes` are float32 [3, nodeCount] t and weight; `points` [4, pointCount] x, weight and log p. */
@unmanaged
class PlaneFit {
  state: usize
  /** 0 where none is kept. */
  history: usize
  nodes: usize
  /** Both counts are whole vectors; what is past the last node has weight 0. */
  nodeCount: i32
  points: usize
  pointCount: i32
  components: usize
  componentCount: i32
  totalFits: i32
  steps: i32
  divergence: i32
  optimizer: i32
  diagonal: i32
  fixedSigma: i32
  learningRate: f32
  tolerance: f32
}

// own + TERMS: of each component at four nodes, L⁻¹ (x − m) and the log of its share of p
// own + GRADIENT and own + NEXT, float64: the gradient, and the next point with its two moments

// @ts-ignore: decorator
@inline
function constant(value: f64): v128 {
  return f32x4.splat(<f32>value)
}

/**
 * KL(Q‖P) = −log 2π − a − c − E[½ |t|² + log p(x)] with x = μ + L t; its gradient along the paths of x, by P's score
 * s = ∇ log p(x).
 */
function reverse(fit: PlaneFit, row: usize): f64 {
  const a = <f64>load<f32>(row, 8)
  const c = <f64>load<f32>(row, 16)
  const first = Math.exp(a)
  const second = Math.exp(c)
  const l11 = constant(first)
  const l21 = f32x4.splat(load<f32>(row, 12))
  const l22 = constant(second)
  const bytes = <usize>fit.nodeCount << 2
  const count = fit.componentCount
  const half = f32x4.splat(0.5)
  const terms = own + TERMS
  let values = f32x4.splat(0)
  let scoresX = f32x4.splat(0)
  let scoresY = f32x4.splat(0)
  let scoresXx = f32x4.splat(0)
  let scoresYx = f32x4.splat(0)
  let scoresYy = f32x4.splat(0)
  for (let at: usize = 0; at < bytes; at += 16) {
    const tx = v128.load(fit.nodes + at)
    const ty = v128.load(fit.nodes + bytes + at)
    const weight = v128.load(fit.nodes + 2 * bytes + at)
    const stepX = f32x4.mul(l11, tx)
    const stepY = multiplyAdd(l21, tx, f32x4.mul(l22, ty))
    let largest = f32x4.splat(-Infinity)
    for (let j = 0; j < count; j++) {
      const component = fit.components + <usize>j * COMPONENT
      const term = terms + <usize>j * 48
      // μ − m first: x itself would lose the digits of a small step far from 0
      const x = f32x4.add(f32x4.splat(load<f32>(row) - load<f32>(component)), stepX)
      const y = f32x4.add(f32x4.splat(load<f32>(row, 4) - load<f32>(component, 4)), stepY)
      const zx = f32x4.mul(v128.load32_splat(component, 8), x)
      const zy = multiplyAdd(v128.load32_splat(component, 12), x, f32x4.mul(v128.load32_splat(component, 16), y))
      const square = multiplyAdd(zx, zx, f32x4.mul(zy, zy))
      const logTerm = f32x4.sub(v128.load32_splat(component, 20), f32x4.mul(half, square))
      v128.store(term, zx)
      v128.store(term, zy, 16)
      v128.store(term, logTerm, 32)
      largest = f32x4.max(largest, logTerm)
    }
    let total = f32x4.splat(0)
    let scoreX = f32x4.splat(0)
    let scoreY = f32x4.splat(0)
    for (let j = 0; j < count; j++) {
      const component = fit.components + <usize>j * COMPONENT
      const term = terms + <usize>j * 48
      const zx = v128.load(term)
      const zy = v128.load(term, 16)
      const share = exponential(f32x4.sub(v128.load(term, 32), largest))
      const pullX = multiplyAdd(v128.load32_splat(component, 8), zx, f32x4.mul(v128.load32_splat(component, 12), zy))
      total = f32x4.add(total, share)
      scoreX = f32x4.sub(scoreX, f32x4.mul(share, pullX))
      scoreY = f32x4.sub(scoreY, f32x4.mul(share, f32x4.mul(v128.load32_splat(component, 16), zy)))
    }
    const logP = f32x4.add(largest, logarithm(total))
    const square = multiplyAdd(tx, tx, f32x4.mul(ty, ty))
    values = multiplyAdd(weight, multiplyAdd(half, square, logP), values)
    const scale = f32x4.div(weight, total)
    scoreX = f32x4.mul(scale, scoreX)
    scoreY = f32x4.mul(scale, scoreY)
    scoresX = f32x4.add(scoresX, scoreX)
    scoresY = f32x4.add(scoresY, scoreY)
    scoresXx = multiplyAdd(scoreX, tx, scoresXx)
    scoresYx = multiplyAdd(scoreY, tx, scoresYx)
    scoresYy = multiplyAdd(scoreY, ty, scoresYy)
  }
  store<f64>(own + GRADIENT, -horizontalSum(scoresX))
  store<f64>(own + GRADIENT, -horizontalSum(scoresY), 8)
  store<f64>(own + GRADIENT, -1 - <f64>horizontalSum(scoresXx) * first, 16)
  store<f64>(own + GRADIENT, -horizontalSum(scoresYx), 24)
  store<f64>(own + GRADIENT, -1 - <f64>horizontalSum(scoresYy) * second, 32)
  return -LOG_TAU - a - c - <f64>horizontalSum(values)
}

/** KL(P‖Q) = E_P[log p + log 2π + a + c + ½ |u|²] with u = L⁻¹ (x − μ), over P's own nodes. */
function forward(fit: PlaneFit, row: usize): f64 {
  const a = <f64>load<f32>(row, 8)
  const b = <f64>load<f32>(row, 12)
  const c = <f64>load<f32>(row, 16)
  const first = Math.exp(-a)
  const second = Math.exp(-c)
  const meanX = v128.load32_splat(row)
  const meanY = v128.load32_splat(row, 4)
  const below = v128.load32_splat(row, 12)
  const inverseX = constant(first)
  const inverseY = constant(second)
  const bytes = <usize>fit.pointCount << 2
  const half = f32x4.splat(0.5)
  let values = f32x4.splat(0)
  let sumX = f32x4.splat(0)
  let sumY = f32x4.splat(0)
  let sumXx = f32x4.splat(0)
  let sumXy = f32x4.splat(0)
  let sumYy = f32x4.splat(0)
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(fit.points + at)
    const y = v128.load(fit.points + bytes + at)
    const weight = v128.load(fit.points + 2 * bytes + at)
    const logP = v128.load(fit.points + 3 * bytes + at)
    const ux = f32x4.mul(f32x4.sub(x, meanX), inverseX)
    const uy = f32x4.mul(f32x4.sub(f32x4.sub(y, meanY), f32x4.mul(below, ux)), inverseY)
    const square = multiplyAdd(ux, ux, f32x4.mul(uy, uy))
    values = multiplyAdd(weight, multiplyAdd(half, square, logP), values)
    const weightedX = f32x4.mul(weight, ux)
    const weightedY = f32x4.mul(weight, uy)
    sumX = f32x4.add(sumX, weightedX)
    sumY = f32x4.add(sumY, weightedY)
    sumXx = multiplyAdd(weightedX, ux, sumXx)
    sumXy = multiplyAdd(weightedX, uy, sumXy)
    sumYy = multiplyAdd(weightedY, uy, sumYy)
  }
  const pullX = <f64>horizontalSum(sumX)
  const pullY = <f64>horizontalSum(sumY)
  const cross = <f64>horizontalSum(sumXy) * second
  store<f64>(own + GRADIENT, -first * (pullX - b * second * pullY))
  store<f64>(own + GRADIENT, -second * pullY, 8)
  // u_y falls with u_x through b, so a moves both
  store<f64>(own + GRADIENT, 1 - <f64>horizontalSum(sumXx) + b * cross, 16)
  store<f64>(own + GRADIENT, -cross, 24)
  store<f64>(own + GRADIENT, 1 - <f64>horizontalSum(sumYy), 32)
  return LOG_TAU + a + c + <f64>horizontalSum(values)
}

/** Whether the number stays: b of a mean-field Q, or all of Σ. */
// @ts-ignore: decorator
@inline
function fixed(fit: PlaneFit, i: i32): bool {
  return (i >= 2 && fit.fixedSigma != 0) || (i == 3 && fit.diagonal != 0)
}

/** Moves the row along the gradient, or marks it as diverged and leaves it where it is. */
function update(fit: PlaneFit, row: usize): void {
  const updates = load<f32>(row, UPDATES)
  const rate = <f64>fit.learningRate
  const firstGain = 1 / (1 - Math.pow(0.9, <f64>updates + 1))
  const secondGain = 1 / (1 - Math.pow(0.999, <f64>updates + 1))
  let good = true
  for (let i = 0; i < FREE; i++) {
    const at = <usize>i << 3
    const place = row + (<usize>i << 2)
    const slope = load<f64>(own + GRADIENT + at)
    let moment = <f64>load<f32>(place, FREE << 2)
    let square = <f64>load<f32>(place, FREE << 3)
    let move = slope
    if (fixed(fit, i)) move = 0
    else if (fit.optimizer == MOMENTUM) {
      moment = 0.9 * moment + slope
      move = moment
    } else if (fit.optimizer == ADAM) {
      moment = 0.9 * moment + 0.1 * slope
      square = 0.999 * square + 0.001 * slope * slope
      move = (moment * firstGain) / (Math.sqrt(square * secondGain) + 1e-8)
    }
    const value = <f64>load<f32>(place) - rate * move
    const limit: f64 = i == 2 || i == 4 ? 40 : 1e6
    // false for NaN too
    if (!(Math.abs(value) <= limit && Math.abs(moment) <= 3e38 && square <= 3e38)) good = false
    store<f64>(own + NEXT + at, value)
    store<f64>(own + NEXT + at, moment, FREE << 3)
    store<f64>(own + NEXT + at, square, FREE << 4)
  }
  if (good)
    for (let i = 0; i < 3 * FREE; i++) store<f32>(row + (<usize>i << 2), <f32>load<f64>(own + NEXT + (<usize>i << 3)))
  store<f32>(row, good ? updates + 1 : -1 - updates, UPDATES)
}

/** `address` is a `PlaneFit`'s; fits `first`…`first + count − 1` of its rows. */
export function planeFit(address: usize, first: i32, count: i32): void {
  const fit = changetype<PlaneFit>(address)
  for (let i = first; i < first + count; i++) {
    const row = fit.state + ((<usize>i * STATE) << 2)
    for (let step = 0; step < max(fit.steps, 1); step++) {
      const divergence = fit.divergence == REVERSE ? reverse(fit, row) : forward(fit, row)
      let largest: f64 = 0
      for (let k = 0; k < FREE; k++)
        if (!fixed(fit, k)) largest = max<f64>(largest, Math.abs(load<f64>(own + GRADIENT + (<usize>k << 3))))
      if (fit.history) {
        const line = fit.history + ((<usize>(step * fit.totalFits + i) * HISTORY) << 2)
        memory.copy(line, row, FREE << 2)
        store<f32>(line, <f32>divergence, 20)
        store<f32>(line, <f32>largest, 24)
        store<f32>(line, 0, 28)
      }
      if (load<f32>(row, UPDATES) < 0) continue
      store<f32>(row, <f32>divergence, DIVERGENCE)
      if (fit.steps > 0 && !(largest < <f64>fit.tolerance)) update(fit, row)
    }
  }
}
