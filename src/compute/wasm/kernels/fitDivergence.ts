/**
 * The divergences of Q from P and their gradients, summed over the panels. With log q's derivatives t / σ by μ
 * and t² − 1 by log σ, t = (x − μ) / σ, every gradient but reverse KL's is ∫ w t / σ and ∫ w (t² − 1) for some w.
 * Reverse KL takes the slope of log p along a sample's path instead, right also where p is as good as zero:
 * −∫ q ∂log p/∂x and −1 − ∫ q ∂log p/∂x (x − μ) (Kingma & Welling 2014).
 */
import { exponential } from './exponential'
import {
  ALPHA, FORWARD, HALF_LOG_TAU, JEFFREYS, JENSEN_SHANNON, nodes, nodeWeights, Panel, PANEL_BYTES, REVERSE,
} from './fitTask'
import { logarithm } from './logarithm'
import { horizontalSum, multiplyAdd } from './vector'

const LOG_2: f32 = 0.6931472

/** What the last evaluation came to: nats and their derivatives by μ and log σ. */
export let value: f64 = 0
export let slopeOfMean: f64 = 0
export let slopeOfLogSd: f64 = 0

export function setResult(divergence: f64, byMean: f64, byLogSd: f64): void {
  value = divergence
  slopeOfMean = byMean
  slopeOfLogSd = byLogSd
}

/** exp(x) − 1 for |x| < ½ to the last digits, where the difference would lose them. */
// @ts-ignore: decorator
@inline
function smallExponentialMinusOne(x: v128): v128 {
  let series = multiplyAdd(x, f32x4.splat(1.9841270e-4), f32x4.splat(1.3888889e-3))
  series = multiplyAdd(x, series, f32x4.splat(8.3333333e-3))
  series = multiplyAdd(x, series, f32x4.splat(4.1666668e-2))
  series = multiplyAdd(x, series, f32x4.splat(0.16666667))
  series = multiplyAdd(x, series, f32x4.splat(0.5))
  return multiplyAdd(f32x4.mul(x, x), series, x)
}

/** Which divergence is a constant at each place of use, so that the choices inside vanish. */
// @ts-ignore: decorator
@inline
function sum(
  divergence: i32, panels: usize, count: i32, logDensity: usize, score: usize, sd: f64, logSd: f64, alpha: f32,
): void {
  const pathwise = divergence == REVERSE || divergence == JEFFREYS
  const inverse = 1 / sd
  const top = f32x4.splat(<f32>(-HALF_LOG_TAU - logSd))
  const spread = f32x4.splat(<f32>sd)
  // alpha above ½ is done with P and Q in each other's place
  const mirrored = alpha > 0.5
  const share: f32 = mirrored ? 1 - alpha : alpha
  let values = f32x4.splat(0)
  let first = values
  let second = values
  const last = panels + <usize>count * offsetof<Panel>()
  for (; panels < last; panels += offsetof<Panel>()) {
    const panel = changetype<Panel>(panels)
    const centre = f32x4.splat(<f32>(panel.centre * inverse))
    const half = f32x4.splat(<f32>(panel.half * inverse))
    const width = f32x4.splat(<f32>panel.half)
    for (let offset: usize = 0; offset < PANEL_BYTES; offset += 16) {
      const t = multiplyAdd(half, v128.load(nodes + offset), centre)
      const squares = f32x4.mul(t, t)
      const logQ = multiplyAdd(squares, f32x4.splat(-0.5), top)
      const logP = v128.load(logDensity + offset)
      const excess = f32x4.sub(logP, logQ)
      const measure = f32x4.mul(width, v128.load(nodeWeights + offset))
      const q = divergence == FORWARD ? f32x4.splat(0) : f32x4.mul(exponential(logQ), measure)
      const p = divergence == REVERSE ? f32x4.splat(0) : f32x4.mul(exponential(logP), measure)
      let weight = f32x4.splat(0)
      if (divergence == FORWARD) {
        values = multiplyAdd(p, excess, values)
        weight = f32x4.neg(p)
      } else if (divergence == REVERSE) {
        values = f32x4.sub(values, f32x4.mul(q, excess))
      } else if (divergence == JEFFREYS) {
        values = multiplyAdd(f32x4.sub(p, q), excess, values)
        weight = f32x4.neg(p)
      } else if (divergence == JENSEN_SHANNON) {
        // log(1 + e^d) − max(d, 0) is the same for d and −d
        const bend = logarithm(
          f32x4.add(exponential(f32x4.neg(f32x4.abs(excess))), f32x4.splat(1)),
        )
        const common = f32x4.sub(f32x4.splat(LOG_2), bend)
        const ofP = f32x4.sub(common, f32x4.pmax(f32x4.neg(excess), f32x4.splat(0)))
        const ofQ = f32x4.sub(common, f32x4.pmax(excess, f32x4.splat(0)))
        weight = f32x4.mul(f32x4.mul(q, ofQ), f32x4.splat(0.5))
        values = f32x4.add(values, multiplyAdd(f32x4.mul(p, ofP), f32x4.splat(0.5), weight))
      } else {
        // with b = a e^d and mix = a e^(βd), [β b + (1 − β) a − mix] / β (1 − β) = [b − a − (mix − a) / β] / (1 − β)
        const a = mirrored ? p : q
        const b = mirrored ? q : p
        const logA = mirrored ? logP : logQ
        const exponent = f32x4.mul(f32x4.splat(mirrored ? -share : share), excess)
        const mixed = f32x4.mul(exponential(f32x4.add(logA, exponent)), measure)
        const change = v128.bitselect(
          f32x4.mul(a, smallExponentialMinusOne(exponent)),
          f32x4.sub(mixed, a),
          f32x4.lt(f32x4.abs(exponent), f32x4.splat(0.5)),
        )
        const scaled = f32x4.mul(change, f32x4.splat(1 / share))
        values = multiplyAdd(
          f32x4.sub(f32x4.sub(b, a), scaled), f32x4.splat(1 / (1 - share)), values,
        )
        // −(mix − q) / α; taking q off changes nothing, as ∫ q ∂log q is 0, and keeps the digits of a small α
        weight = mirrored
          ? f32x4.mul(f32x4.add(change, f32x4.sub(a, b)), f32x4.splat(-1 / alpha))
          : f32x4.neg(scaled)
      }
      if (divergence != REVERSE) {
        first = multiplyAdd(weight, t, first)
        second = multiplyAdd(weight, f32x4.sub(squares, f32x4.splat(1)), second)
      }
      if (pathwise) {
        const along = f32x4.mul(f32x4.mul(q, spread), v128.load(score + offset))
        first = f32x4.sub(first, along)
        second = f32x4.sub(second, f32x4.mul(along, t))
      }
    }
    logDensity += PANEL_BYTES
    score += PANEL_BYTES
  }
  const constant: f64 = pathwise ? -1 : 0
  setResult(<f64>horizontalSum(values), <f64>horizontalSum(first) * inverse, <f64>horizontalSum(second) + constant)
}

/** Leaves the divergence and its gradient in `value`, `slopeOfMean` and `slopeOfLogSd`. */
export function sumDivergence(
  divergence: i32, panels: usize, count: i32, logDensity: usize, score: usize, sd: f64, logSd: f64, alpha: f32,
): void {
  if (divergence == FORWARD) sum(FORWARD, panels, count, logDensity, score, sd, logSd, alpha)
  else if (divergence == REVERSE) sum(REVERSE, panels, count, logDensity, score, sd, logSd, alpha)
  else if (divergence == JEFFREYS) sum(JEFFREYS, panels, count, logDensity, score, sd, logSd, alpha)
  else if (divergence == JENSEN_SHANNON) sum(JENSEN_SHANNON, panels, count, logDensity, score, sd, logSd, alpha)
  else sum(ALPHA, panels, count, logDensity, score, sd, logSd, alpha)
}
