/**
 * KL between uniform distributions P = U(a, b) and Q = U(c, d), in nats, exactly. Source: the definition
 * ∫ p log(p/q), whose integrand is constant between neighbouring edges. Edges: a < b, c < d.
 */

/** The smoothing floor: the uniform distribution over the whole range of the edges. */
const floor = { from: -10, to: 10 }

export interface UniformPiece {
  readonly from: number
  readonly to: number
  /** Densities of P and Q between the two edges. */
  readonly p: number
  readonly q: number
  /** The KL that is infinite because of this piece: one density is 0 here and the other is not. */
  readonly infinite: 'forward' | 'reverse' | undefined
}

/** Densities of P and Q between neighbouring edges of `cuts`, in ascending order. */
function between(a: number, b: number, c: number, d: number, cuts: readonly number[]): UniformPiece[] {
  const edges = [...new Set(cuts)].sort((one, other) => one - other)
  return edges.slice(1).map((to, index) => {
    const from = edges[index]
    const p = from >= a && to <= b ? 1 / (b - a) : 0
    const q = from >= c && to <= d ? 1 / (d - c) : 0
    const infinite = p > 0 && q === 0 ? 'forward' : q > 0 && p === 0 ? 'reverse' : undefined
    return { from, to, p, q, infinite }
  })
}

/** The intervals between the sorted edges where a density is above 0. */
export function uniformPieces(a: number, b: number, c: number, d: number): readonly UniformPiece[] {
  return between(a, b, c, d, [a, b, c, d]).filter(({ p, q }) => p > 0 || q > 0)
}

/**
 * KL(P‖Q) and KL(Q‖P): the log of the ratio of the widths where one support lies within the other, else Infinity. A
 * single edge has measure zero: for U(0, 1) and U(0, 1) both are 0.
 */
export function uniformKl(
  a: number,
  b: number,
  c: number,
  d: number,
): { readonly forward: number; readonly reverse: number } {
  const logRatio = Math.log((d - c) / (b - a))
  return {
    forward: c <= a && b <= d ? logRatio : Number.POSITIVE_INFINITY,
    // 0 − x: equal widths give 0 and not −0
    reverse: a <= c && d <= b ? 0 - logRatio : Number.POSITIVE_INFINITY,
  }
}

export type Edge = 'a' | 'b' | 'c' | 'd'

const ofOther = { a: ['c', 'd'], b: ['c', 'd'], c: ['a', 'b'], d: ['a', 'b'] } as const

/** Least distance of the edges of one distribution, when an edge is dragged. */
const narrowest = 0.05
/** A dragged edge snaps to an edge of the other distribution within this distance. */
const meeting = 0.04

/** The new place of an edge dragged to x: rounded to a hundredth, or exactly on an edge of the other distribution. */
export function draggedEdge(edges: Readonly<Record<Edge, number>>, id: Edge, x: number): number {
  const { a, b, c, d } = edges
  const least = { a: floor.from, b: a + narrowest, c: floor.from, d: c + narrowest }[id]
  const most = { a: b - narrowest, b: floor.to, c: d - narrowest, d: floor.to }[id]
  const free = Math.min(most, Math.max(least, x))
  const distance = (edge: number) => Math.abs(edge - free)
  const near = ofOther[id]
    .map((other) => edges[other])
    .filter((edge) => distance(edge) < meeting)
    .sort((one, other) => distance(one) - distance(other))
  return near[0] ?? Number(free.toFixed(2))
}

/**
 * The finite surrogates: KL between (1 − ε) P + ε U(−10, 10) and (1 − ε) Q + ε U(−10, 10), both ways. They are not the
 * KL of P and Q. Where that is infinite they grow like (mass outside the other support) · log(1/ε) as ε → 0. Edges
 * within −10 to 10; 0 < ε ≤ 1.
 */
export function surrogateKl(
  a: number,
  b: number,
  c: number,
  d: number,
  epsilon: number,
): { readonly forward: number; readonly reverse: number } {
  const base = epsilon / (floor.to - floor.from)
  let forward = 0
  let reverse = 0
  for (const { from, to, p, q } of between(a, b, c, d, [floor.from, a, b, c, d, floor.to])) {
    const smoothP = (1 - epsilon) * p + base
    const smoothQ = (1 - epsilon) * q + base
    const logRatio = Math.log(smoothP / smoothQ)
    forward += (to - from) * smoothP * logRatio
    reverse -= (to - from) * smoothQ * logRatio
  }
  // a KL is never below 0, but rounding may put the sums there
  return { forward: Math.max(0, forward), reverse: Math.max(0, reverse) }
}
