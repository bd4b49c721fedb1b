/** Quadrature rules: they compute integrals. */

/** Nodes and weights of the Gauss–Legendre rule on [−1, 1], the nodes by Newton’s iteration on P_count. */
export function gaussLegendre(count: number): readonly { readonly node: number; readonly weight: number }[] {
  return Array.from({ length: count }, (_, index) => {
    let node = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5)) // within Newton's reach of the zero
    let slope = 1
    for (let round = 0; round < 8; round++) {
      let [previous, current] = [1, node]
      for (let n = 2; n <= count; n++)
        [previous, current] = [current, ((2 * n - 1) * node * current - (n - 1) * previous) / n]
      slope = (count * (node * current - previous)) / (node * node - 1)
      node -= current / slope
    }
    return { node, weight: 2 / ((1 - node * node) * slope * slope) }
  })
}
