/** The plane that shows a latent space of more than three dimensions: the principal components of μ. */

/** Two directions of the latent space, orthogonal and of length 1. */
export interface Axes {
  /** [2, K] */
  readonly directions: Float64Array
  /** Share of the variance of μ along these directions. */
  readonly varianceShown: number
  /** [K]: the mean of μ. */
  readonly centre: Float64Array
}

/** A plane of the latent space: z = origin + x · first direction + y · second. */
export interface Plane {
  /** [K] */
  readonly origin: Float64Array
  /** [2, K], orthogonal and of length 1. */
  readonly directions: Float64Array
}

/** The plane through the mean of μ along the axes; x and y are coordinates of the projection on the axes. */
export function planeThrough({ directions, centre }: Axes): Plane {
  const dimensions = centre.length
  const origin = centre.slice()
  for (const axis of [0, 1]) {
    const direction = directions.subarray(axis * dimensions, (axis + 1) * dimensions)
    const along = dot(direction, centre)
    for (let k = 0; k < dimensions; k++) origin[k] -= along * direction[k]
  }
  return { origin, directions }
}

/** Multiply-adds for the covariance: with many dimensions fewer images are used. */
const covarianceWork = 3e7
const fewestImages = 500
const mostIterations = 300

/**
 * Axes from the covariance of μ over evenly spaced images, in float64; the first two eigenvectors by power iteration.
 * The sign of an eigenvector is arbitrary: here the zeros lie on the positive side of the first, and the ones on the
 * positive side of the second.
 * @param means [images, K] inside rows of `stride` elements
 */
export function principalAxes(
  means: Float32Array,
  stride: number,
  dimensions: number,
  labels: Uint8Array,
): Axes {
  const images = labels.length
  const step = Math.max(1, Math.floor(images / Math.max(fewestImages, covarianceWork / dimensions ** 2)))
  const centre = centreOf(means, stride, dimensions, images, step)
  const covariance = covarianceOf(means, stride, centre, images, step)
  const directions = new Float64Array(2 * dimensions)
  let total = 0
  for (let k = 0; k < dimensions; k++) total += covariance[k * dimensions + k]
  let shown = 0
  for (let axis = 0; axis < 2; axis++) {
    const others = directions.subarray(0, axis * dimensions)
    const { vector, value } = leadingEigenvector(covariance, dimensions, others)
    const sign = sideOf(vector, means, stride, labels, axis) < 0 ? -1 : 1
    for (let k = 0; k < dimensions; k++) directions[axis * dimensions + k] = sign * vector[k]
    shown += value
  }
  return { directions, varianceShown: total > 0 ? Math.min(1, shown / total) : 0, centre }
}

function centreOf(
  means: Float32Array,
  stride: number,
  dimensions: number,
  images: number,
  step: number,
): Float64Array {
  const centre = new Float64Array(dimensions)
  for (let image = 0; image < images; image += step)
    for (let k = 0; k < dimensions; k++) centre[k] += means[image * stride + k]
  return centre.map((sum) => sum / Math.ceil(images / step))
}

function covarianceOf(
  means: Float32Array,
  stride: number,
  centre: Float64Array,
  images: number,
  step: number,
): Float64Array {
  const dimensions = centre.length
  const covariance = new Float64Array(dimensions * dimensions)
  const count = Math.ceil(images / step)
  const row = new Float64Array(dimensions)
  for (let image = 0; image < images; image += step) {
    for (let k = 0; k < dimensions; k++) row[k] = means[image * stride + k] - centre[k]
    for (let j = 0; j < dimensions; j++) {
      const factor = row[j] / count
      for (let k = 0; k <= j; k++) covariance[j * dimensions + k] += factor * row[k]
    }
  }
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < j; k++) covariance[k * dimensions + j] = covariance[j * dimensions + k]
  return covariance
}

/** The leading eigenvector orthogonal to the eigenvectors found before ([found, K]). */
function leadingEigenvector(covariance: Float64Array, dimensions: number, found: Float64Array) {
  let widest = 0
  for (let k = 1; k < dimensions; k++)
    if (covariance[k * dimensions + k] > covariance[widest * dimensions + widest]) widest = k
  let vector = covariance.slice(widest * dimensions, (widest + 1) * dimensions)
  // breaks ties where that row has no variance
  for (let k = 0; k < dimensions; k++)
    vector[k] += 1e-6 * (covariance[widest * dimensions + widest] || 1) * (1 + (k % 7))
  normalise(vector, found)
  let value = 0
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const next = new Float64Array(dimensions)
    for (let j = 0; j < dimensions; j++) {
      let sum = 0
      for (let k = 0; k < dimensions; k++) sum += covariance[j * dimensions + k] * vector[k]
      next[j] = sum
    }
    value = dot(next, vector)
    if (!(normalise(next, found) > 0)) break
    const turned = 1 - Math.abs(dot(next, vector))
    vector = next
    if (turned < 1e-14) break
  }
  return { vector, value }
}

/** Makes the vector orthogonal to the vectors `found`, and of length 1. Returns its length before the scaling. */
function normalise(vector: Float64Array, found: Float64Array): number {
  for (let begin = 0; begin < found.length; begin += vector.length) {
    const other = found.subarray(begin, begin + vector.length)
    const along = dot(vector, other)
    for (let k = 0; k < vector.length; k++) vector[k] -= along * other[k]
  }
  const length = Math.sqrt(dot(vector, vector))
  if (length > 0) for (let k = 0; k < vector.length; k++) vector[k] /= length
  return length
}

function dot(first: Float64Array, second: Float64Array): number {
  let sum = 0
  for (let k = 0; k < first.length; k++) sum += first[k] * second[k]
  return sum
}

/** Sum of the projections of this digit's images, minus the sum for as many average images. */
function sideOf(
  vector: Float64Array,
  means: Float32Array,
  stride: number,
  labels: Uint8Array,
  digit: number,
): number {
  let all = 0
  let chosen = 0
  let count = 0
  for (let image = 0; image < labels.length; image++) {
    let along = 0
    for (let k = 0; k < vector.length; k++) along += vector[k] * means[image * stride + k]
    all += along
    if (labels[image] !== digit) continue
    chosen += along
    count++
  }
  return chosen - (all * count) / labels.length
}
