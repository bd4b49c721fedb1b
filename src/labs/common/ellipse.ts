/** The ellipse of a Gaussian in the plane. */

/**
 * The ellipse `radius` standard deviations about a mean, as a closed line of so many pieces. The covariance is the
 * variance of x, the covariance, and the variance of y.
 */
export function ellipse(
  [meanX, meanY]: Iterable<number>,
  [xx, xy, yy]: Iterable<number>,
  radius: number,
  pieces: number,
) {
  // the lower Cholesky factor
  const l11 = Math.sqrt(Math.max(xx, 0))
  const l21 = l11 > 0 ? xy / l11 : 0
  const l22 = Math.sqrt(Math.max(0, yy - l21 * l21))
  const angles = Array.from({ length: pieces + 1 }, (_, index) => (index / pieces) * 2 * Math.PI)
  return {
    x: angles.map((angle) => meanX + radius * l11 * Math.cos(angle)),
    y: angles.map((angle) => meanY + radius * (l21 * Math.cos(angle) + l22 * Math.sin(angle))),
  }
}
