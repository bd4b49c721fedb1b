/**
 * Divergences of a Gaussian from a mixture on the line and their gradients, by adaptive Simpson in float64: other
 * nodes than the kernels', and other formulas (the gradients are those of the definitions, ∂ taken under the
 * integral).
 */
import type { Divergence, MixtureComponent, Optimizer } from '../../src/compute/backend.ts'

export interface Evaluation {
  /** As in the state's column: nats, and ln(1 + χ²). */
  readonly value: number
  readonly byMean: number
  readonly byLogSd: number
}

type Triple = [number, number, number]

const halfLogTau = 0.5 * Math.log(2 * Math.PI)
const logNormal = (x: number, mean: number, sd: number) =>
  -0.5 * ((x - mean) / sd) ** 2 - Math.log(sd) - halfLogTau

function logMixture(components: readonly MixtureComponent[], x: number): number {
  const terms = components.map(({ weight, mean, sd }) => Math.log(weight) + logNormal(x, mean, sd))
  const largest = Math.max(...terms)
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0))
}

const multiples = [0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12]
/** Halvings of a piece, at most: a bend of log p may be a thousand times narrower. */
const deepest = 16

const add = (a: Triple, b: Triple, factor = 1): Triple => [
  a[0] + factor * b[0],
  a[1] + factor * b[1],
  a[2] + factor * b[2],
]

/** ∫ f over [from, to], halved until both halves together agree with the whole. */
function simpson(f: (x: number) => Triple, from: number, to: number, scale: Triple): Triple {
  const rule = (width: number, a: Triple, b: Triple, c: Triple) =>
    [0, 1, 2].map((i) => (width / 6) * (a[i] + 4 * b[i] + c[i])) as Triple
  const refine = (
    a: number,
    b: number,
    [fa, fm, fb]: [Triple, Triple, Triple],
    whole: Triple,
    depth: number,
  ): Triple => {
    const m = (a + b) / 2
    const left = f((a + m) / 2)
    const right = f((m + b) / 2)
    const first = rule(m - a, fa, left, fm)
    const second = rule(b - m, fm, right, fb)
    const halves = add(first, second)
    const settled = halves.every((value, i) => Math.abs(value - whole[i]) <= 1e-9 * scale[i])
    if (depth === 0 || (settled && depth < deepest - 2)) return add(halves, add(halves, whole, -1), 1 / 15)
    return add(
      refine(a, m, [fa, left, fm], first, depth - 1),
      refine(m, b, [fm, right, fb], second, depth - 1),
    )
  }
  const ends: [Triple, Triple, Triple] = [f(from), f((from + to) / 2), f(to)]
  return refine(from, to, ends, rule(to - from, ...ends), deepest)
}

/** The integrand of the value and of both derivatives; `top` keeps p² / q in range. */
function integrand(
  components: readonly MixtureComponent[],
  [mean, logSd]: readonly [number, number],
  divergence: Divergence,
  alpha: number,
  top: number,
): (x: number) => Triple {
  const sd = Math.exp(logSd)
  return (x) => {
    const logP = logMixture(components, x)
    const logQ = logNormal(x, mean, sd)
    const [p, q] = [Math.exp(logP), Math.exp(logQ)]
    const t = (x - mean) / sd
    // a divergence is ∫ f(p, q): its derivative is ∫ ∂f/∂q · q · ∂log q
    const along = (value: number, slope: number): Triple => [value, (slope * t) / sd, slope * (t * t - 1)]
    const forward = (): Triple => along(p === 0 ? 0 : p * (logP - logQ), -p)
    const reverse = (): Triple => (q === 0 ? [0, 0, 0] : along(q * (logQ - logP), q * (logQ - logP + 1)))
    switch (divergence) {
      case 'forward':
        return forward()
      case 'reverse':
        return reverse()
      case 'jeffreys':
        return add(forward(), reverse())
      case 'jensenShannon': {
        const largest = Math.max(logP, logQ)
        const logM = largest + Math.log(0.5 * Math.exp(logP - largest) + 0.5 * Math.exp(logQ - largest))
        const ofQ = q === 0 ? 0 : 0.5 * q * (logQ - logM)
        return along((p === 0 ? 0 : 0.5 * p * (logP - logM)) + ofQ, ofQ)
      }
      case 'alpha': {
        const mixed = Math.exp(alpha * logP + (1 - alpha) * logQ)
        const value = (alpha * p + (1 - alpha) * q - mixed) / (alpha * (1 - alpha))
        return along(value, (q - mixed) / alpha)
      }
      case 'chiSquared': {
        const ratio = Math.exp(2 * logP - logQ - top)
        return along(ratio, -ratio)
      }
    }
  }
}

export function fitReference(
  components: readonly MixtureComponent[],
  point: readonly [number, number],
  divergence: Divergence,
  alpha = 0.5,
): Evaluation {
  const [mean, logSd] = point
  const sd = Math.exp(logSd)
  const gaussians: Omit<MixtureComponent, 'weight'>[] = [...components, { mean, sd }]
  // p² / q may have its mass far from both
  if (divergence === 'chiSquared')
    for (const one of components)
      for (const other of components) {
        const weights = [one.sd ** -2, other.sd ** -2, -(sd ** -2)]
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const pull = weights[0] * one.mean + weights[1] * other.mean + weights[2] * mean
        gaussians.push({ mean: pull / total, sd: total ** -0.5 })
      }
  const cuts = gaussians
    .flatMap((gaussian) =>
      multiples.flatMap((k) => [gaussian.mean - k * gaussian.sd, gaussian.mean + k * gaussian.sd]),
    )
    .sort((a, b) => a - b)
  const top =
    divergence === 'chiSquared'
      ? Math.max(...cuts.map((x) => 2 * logMixture(components, x) - logNormal(x, mean, sd)))
      : 0
  const f = integrand(components, point, divergence, alpha, top)
  // how much there is of each, for the precision to ask for
  const pieces = cuts.slice(1).map((to, i): [number, number] => [cuts[i], to])
  const scale = pieces.reduce(
    (sum, [from, to]) => add(sum, f((from + to) / 2).map((value) => Math.abs(value) * (to - from)) as Triple),
    [0, 0, 0] as Triple,
  )
  const [value, byMean, byLogSd] = pieces.reduce(
    (sum, [from, to]) => (to > from ? add(sum, simpson(f, from, to, scale)) : sum),
    [0, 0, 0] as Triple,
  )
  if (divergence !== 'chiSquared') return { value, byMean, byLogSd }
  return { value: top + Math.log(value), byMean: byMean / value, byLogSd: byLogSd / value }
}

/** One update as `FitArguments` has it, in float64. `row` is the state's row and is changed. */
export function updateReference(
  row: number[],
  gradient: readonly [number, number],
  optimizer: Optimizer,
  learningRate: number,
): void {
  const updates = row[7] + 1
  gradient.forEach((g, i) => {
    let step = g
    if (optimizer === 'momentum') step = row[2 + i] = 0.9 * row[2 + i] + g
    if (optimizer === 'adam') {
      row[2 + i] = 0.9 * row[2 + i] + 0.1 * g
      row[4 + i] = 0.999 * row[4 + i] + 0.001 * g * g
      const first = row[2 + i] / (1 - 0.9 ** updates)
      step = first / (Math.sqrt(row[4 + i] / (1 - 0.999 ** updates)) + 1e-8)
    }
    row[i] -= learningRate * step
  })
  row[7] = updates
}
