/** The quadrature's panels for one Q, and log p and its slope at their nodes. */
import { exponential } from './exponential'
import { FitComponent, FitTask, nodes, Panel, PANEL_BYTES } from './fitTask'
import { logarithm } from './logarithm'
import { multiplyAdd } from './vector'

/** Terms of the mixture below exp(−30) of the largest are not seen in float32. */
const NEGLIGIBLE: f32 = -30
/** Bytes that one component takes at a panel: (x − m) / s and the log of its term, at 8 nodes each. */
const TERM_BYTES: usize = 2 * PANEL_BYTES

export const MOST_COMPONENTS: i32 = 6
export const TERMS_BYTES: usize = <usize>MOST_COMPONENTS * TERM_BYTES

/**
 * Merges P's breakpoints with Q's into panels and leaves out those without width; returns how many there are.
 * Places are relative to Q's mean, in float64: a mode of sd 1e-3 at 60 keeps all the digits that float32 has.
 */
export function placePanels(task: FitTask, mean: f64, sd: f64, panels: usize): i32 {
  let breakpoint = task.breakpoints
  const lastBreakpoint = breakpoint + (<usize>task.breakpointCount << 3)
  let edge = task.edges
  const lastEdge = edge + (<usize>task.edgeCount << 3)
  let place = panels
  let before: f64 = NaN
  while (breakpoint < lastBreakpoint || edge < lastEdge) {
    const ofP = load<f64>(breakpoint) - mean
    const ofQ = load<f64>(edge) * sd
    const takesP = edge == lastEdge || (breakpoint < lastBreakpoint && ofP <= ofQ)
    const here = takesP ? ofP : ofQ
    if (takesP) breakpoint += 8
    else edge += 8
    if (here > before) {
      const panel = changetype<Panel>(place)
      panel.centre = 0.5 * (before + here)
      panel.half = 0.5 * (here - before)
      place += offsetof<Panel>()
    }
    before = here
  }
  return <i32>((place - panels) / offsetof<Panel>())
}

/**
 * log p and d log p / dx at all nodes of the panels. Written as log-sum-exp over the
 * components: both stay right where p itself is far below the smallest float32.
 */
export function evaluateDensity(
  task: FitTask, mean: f64, panels: usize, count: i32, terms: usize, logDensity: usize, score: usize,
): void {
  const plus = v128.load(nodes)
  const minus = v128.load(nodes, 16)
  const components = task.components
  const end = components + <usize>task.componentCount * offsetof<FitComponent>()
  const lastTerm = terms + <usize>task.componentCount * TERM_BYTES
  const lastPanel = panels + <usize>count * offsetof<Panel>()
  for (; panels < lastPanel; panels += offsetof<Panel>()) {
    const panel = changetype<Panel>(panels)
    let maximumA = f32x4.splat(-3e38)
    let maximumB = maximumA
    let term = terms
    for (let place = components; place < end; place += offsetof<FitComponent>()) {
      const component = changetype<FitComponent>(place)
      const inverse = component.inverse
      const centre = f32x4.splat(<f32>((panel.centre + (mean - component.mean)) * inverse))
      const half = f32x4.splat(<f32>(panel.half * inverse))
      const top = f32x4.splat(<f32>component.logPeak)
      const a = multiplyAdd(half, plus, centre)
      const b = multiplyAdd(half, minus, centre)
      const logA = multiplyAdd(f32x4.mul(a, a), f32x4.splat(-0.5), top)
      const logB = multiplyAdd(f32x4.mul(b, b), f32x4.splat(-0.5), top)
      v128.store(term, a)
      v128.store(term, b, 16)
      v128.store(term, logA, 32)
      v128.store(term, logB, 48)
      maximumA = f32x4.pmax(maximumA, logA)
      maximumB = f32x4.pmax(maximumB, logB)
      term += TERM_BYTES
    }
    let sumA = f32x4.splat(0)
    let sumB = sumA
    let slopeA = sumA
    let slopeB = sumA
    let place = components
    for (term = terms; term < lastTerm; term += TERM_BYTES) {
      const shiftA = f32x4.sub(v128.load(term, 32), maximumA)
      const shiftB = f32x4.sub(v128.load(term, 48), maximumB)
      if (v128.any_true(f32x4.gt(f32x4.pmax(shiftA, shiftB), f32x4.splat(NEGLIGIBLE)))) {
        const inverse = f32x4.splat(<f32>-changetype<FitComponent>(place).inverse)
        const termA = exponential(shiftA)
        const termB = exponential(shiftB)
        sumA = f32x4.add(sumA, termA)
        sumB = f32x4.add(sumB, termB)
        slopeA = multiplyAdd(f32x4.mul(v128.load(term), inverse), termA, slopeA)
        slopeB = multiplyAdd(f32x4.mul(v128.load(term, 16), inverse), termB, slopeB)
      }
      place += offsetof<FitComponent>()
    }
    v128.store(logDensity, f32x4.add(maximumA, logarithm(sumA)))
    v128.store(logDensity, f32x4.add(maximumB, logarithm(sumB)), 16)
    v128.store(score, f32x4.div(slopeA, sumA))
    v128.store(score, f32x4.div(slopeB, sumB), 16)
    logDensity += PANEL_BYTES
    score += PANEL_BYTES
  }
}
