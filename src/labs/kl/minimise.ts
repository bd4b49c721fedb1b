/** Local minima of a smooth function of a few variables with a known gradient, in float64. */

export interface Evaluated {
  readonly value: number
  readonly gradient: readonly number[]
}

export type Objective = (point: readonly number[]) => Evaluated

const dot = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, entry, index) => sum + entry * other[index], 0)

const identity = (size: number) =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)),
  )

/** Updates the inverse Hessian by Broyden, Fletcher, Goldfarb and Shanno (BFGS), in place. */
function update(inverse: number[][], step: readonly number[], change: readonly number[], curvature: number) {
  const times = inverse.map((row) => dot(row, change))
  const factor = (1 + dot(change, times) / curvature) / curvature
  for (const [row, entries] of inverse.entries())
    for (const column of entries.keys())
      entries[column] +=
        factor * step[row] * step[column] -
        (times[row] * step[column] + step[row] * times[column]) / curvature
}

/** Longest step, in units of `scale`, so that a descent stays in the basin where it starts. */
const longestStep = 1
/** Longest first step, while the curvature is unknown: a longer one could cross a ridge in a steep direction. */
const firstStep = 0.1

/**
 * Descends from `start` until the gradient's entries, times `scale`, are below `tolerance`. Returns the lowest point
 * reached, or undefined where the start is not finite. Quasi-Newton (BFGS); a step that does not descend is halved.
 * Source: Nocedal & Wright, Numerical Optimization, ch. 6.
 */
export function minimise(
  objective: Objective,
  start: readonly number[],
  scale: readonly number[],
  tolerance: number,
  rounds = 80,
): number[] | undefined {
  const evaluateScaled = (point: readonly number[]) => {
    const { value, gradient } = objective(point)
    return { value, gradient: gradient.map((entry, index) => entry * scale[index]) }
  }
  let point = [...start]
  let here = evaluateScaled(point)
  if (!Number.isFinite(here.value)) return undefined
  let inverse = identity(start.length)
  for (let round = 0; round < rounds; round++) {
    if (Math.max(...here.gradient.map(Math.abs)) < tolerance) break
    let direction = inverse.map((row) => -dot(row, here.gradient))
    if (!(dot(direction, here.gradient) < 0)) {
      inverse = identity(start.length)
      direction = here.gradient.map((entry) => -entry)
    }
    const descent = dot(direction, here.gradient)
    const longest = round === 0 ? firstStep : longestStep
    let share = Math.min(1, longest / Math.sqrt(dot(direction, direction)))
    let next = point
    let there = here
    for (let halving = 0; halving < 30; halving++, share /= 2) {
      next = point.map((entry, index) => entry + share * direction[index] * scale[index])
      there = evaluateScaled(next)
      if (there.value <= here.value + 1e-4 * share * descent) break
    }
    if (!(there.value < here.value)) break
    const step = direction.map((entry) => share * entry)
    const change = there.gradient.map((entry, index) => entry - here.gradient[index])
    const curvature = dot(step, change)
    if (curvature > 1e-12 * dot(step, step)) update(inverse, step, change, curvature)
    point = next
    here = there
  }
  return point
}

/**
 * Newton's method from a point near a minimum, with the Hessian from central differences of the gradient. Returns the
 * minimum, or undefined where the curvature is not above 0 in every direction (a saddle, a plateau) or the method
 * leaves the neighbourhood.
 */
export function polish(
  objective: Objective,
  start: readonly number[],
  scale: readonly number[],
): number[] | undefined {
  let point = [...start]
  for (let round = 0; round < 12; round++) {
    const gradient = objective(point).gradient.map((entry, index) => entry * scale[index])
    const step = solve(hessian(objective, point, scale), gradient)
    if (!step) return undefined
    const length = Math.max(...step.map(Math.abs))
    if (!(length < 0.5)) return undefined
    point = point.map((entry, index) => entry - step[index] * scale[index])
    if (length < 1e-7) return point
  }
  return undefined
}

/** Two points are the same minimum if every entry is nearer than this, in units of `scale`. */
const meeting = 0.02

/**
 * The local minima in which descents from `starts` end, each once. Descents go down `rough`; where one has reached a
 * new place, `fine` gives the exact minimum. `scaleOf` returns the units of the entries at a point.
 */
export function minimaFrom(
  starts: readonly (readonly number[])[],
  rough: Objective,
  fine: Objective,
  scaleOf: (point: readonly number[]) => readonly number[],
): (readonly number[])[] {
  const isNew = (point: readonly number[], known: readonly (readonly number[])[]) =>
    !known.some((other) => {
      const scale = scaleOf(other)
      return point.every((entry, index) => Math.abs(entry - other[index]) < meeting * scale[index])
    })
  const reached: (readonly number[])[] = []
  const minima: (readonly number[])[] = []
  for (const start of starts) {
    const end = minimise(rough, start, scaleOf(start), 1e-4)
    if (!end || !isNew(end, reached)) continue
    reached.push(end)
    const point = polish(fine, end, scaleOf(end))
    if (point && isNew(point, minima)) minima.push(point)
  }
  return minima
}

/** Step of the central differences, in units of `scale`; the error is of the order of its square. */
const difference = 1e-4

/** The Hessian [size, size], in units of `scale`. */
function hessian(objective: Objective, point: readonly number[], scale: readonly number[]): number[][] {
  const rows = point.map((_, moved) => {
    const [above, below] = [difference, -difference].map(
      (shift) =>
        objective(point.map((entry, index) => (index === moved ? entry + shift * scale[index] : entry)))
          .gradient,
    )
    return above.map((entry, index) => ((entry - below[index]) * scale[index]) / (2 * difference))
  })
  return rows.map((row, i) => row.map((entry, j) => 0.5 * (entry + rows[j][i])))
}

/** Least curvature, in units of `scale`, that is larger than the rounding of differences. */
const leastCurvature = 1e-8

/** Solves matrix · x = right by Cholesky; undefined where the symmetric matrix is not positive definite. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] | undefined {
  const lower: number[][] = []
  for (const [row, entries] of matrix.entries()) {
    lower.push([])
    for (let column = 0; column <= row; column++) {
      let rest = entries[column]
      for (let k = 0; k < column; k++) rest -= lower[row][k] * lower[column][k]
      if (column < row) lower[row].push(rest / lower[column][column])
      else if (rest > leastCurvature) lower[row].push(Math.sqrt(rest))
      else return undefined
    }
  }
  const forward: number[] = []
  for (const [row, entries] of lower.entries())
    forward.push((right[row] - forward.reduce((sum, x, k) => sum + x * entries[k], 0)) / entries[row])
  const solution = [...forward]
  for (let row = solution.length - 1; row >= 0; row--) {
    for (let k = row + 1; k < solution.length; k++) solution[row] -= lower[k][row] * solution[k]
    solution[row] /= lower[row][row]
  }
  return solution
}
