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

/** A function about a point, in the point's own units. */
export interface Surroundings {
  readonly gradient: readonly number[]
  /** [size, size] */
  readonly hessian: readonly (readonly number[])[]
  /** The point one step away. */
  readonly moved: (step: readonly number[]) => number[]
}

export type Survey = (point: readonly number[]) => Surroundings

export interface Polished {
  readonly point: readonly number[]
  readonly hessian: Surroundings['hessian']
  /** Length of all steps, at most that of the way from the start. */
  readonly way: number
}

/**
 * Newton's method from a point near a minimum. Returns the minimum, or undefined where the curvature is not above 0 in
 * every direction (a saddle, a plateau) or the method leaves the neighbourhood.
 */
export function polish(survey: Survey, start: readonly number[]): Polished | undefined {
  let point = start
  let way = 0
  for (let round = 0; round < 12; round++) {
    const { gradient, hessian, moved } = survey(point)
    const step = solve(hessian, gradient)?.map((entry) => -entry)
    if (!step) return undefined
    const length = Math.max(...step.map(Math.abs))
    if (!(length < 0.5)) return undefined
    point = moved(step)
    way += length
    if (length < 1e-7) return { point, hessian, way }
  }
  return undefined
}

/** Minima of two surveys are the same one if they lie nearer than this, in their own units. */
const agreeing = 1e-3

/**
 * The minimum near `start`, if there is one. Each survey is finer than the last. A minimum counts once two in a row have
 * it, with a curvature that is in every direction larger than what the finer survey has changed. Without one on two in a
 * row there is none.
 */
function proven(surveys: readonly Survey[], start: readonly number[]): readonly number[] | undefined {
  let before: Polished | undefined
  for (const [index, survey] of surveys.entries()) {
    const now = polish(survey, before?.point ?? start)
    if (before && now && now.way < agreeing && outlasts(now.hessian, before.hessian)) return now.point
    if (index > 0 && !before && !now) return undefined
    before = now
  }
  return undefined
}

/** Whether the curvature stays positive in every direction if the Hessian changes once more as it did. */
function outlasts(hessian: Surroundings['hessian'], before: Surroundings['hessian']): boolean {
  const change = Math.max(
    ...hessian.map((row, i) => row.reduce((sum, entry, j) => sum + Math.abs(entry - before[i][j]), 0)),
  )
  const less = hessian.map((row, i) => row.map((entry, j) => (i === j ? entry - change : entry)))
  return solve(less, hessian[0]) !== undefined
}

/** Two points are the same minimum if every entry is nearer than this, in units of `scale`. */
const meeting = 0.02

/** How minima are searched: on `rough`, and where this has none on `fine`; `surveys` test what is found. */
export interface Search {
  readonly rough: Objective
  readonly fine: Objective
  readonly surveys: readonly Survey[]
  /** The units of the entries at a point. */
  readonly scaleOf: (point: readonly number[]) => readonly number[]
}

/** The local minima in which descents from `starts` end, each once. */
export function minimaFrom(
  starts: readonly (readonly number[])[],
  { rough, fine, surveys, scaleOf }: Search,
): (readonly number[])[] {
  const isNew = (point: readonly number[], known: readonly (readonly number[])[]) =>
    !known.some((other) => {
      const scale = scaleOf(other)
      return point.every((entry, index) => Math.abs(entry - other[index]) < meeting * scale[index])
    })
  const reached: (readonly number[])[] = []
  const minima: (readonly number[])[] = []
  /** Descends to a place that no descent has reached. Returns it if it is no minimum. */
  const descend = (objective: Objective, start: readonly number[]): readonly number[] | undefined => {
    const end = minimise(objective, start, scaleOf(start), 1e-4)
    if (!end || !isNew(end, reached)) return undefined
    reached.push(end)
    const point = proven(surveys, end)
    if (!point) return end
    if (isNew(point, minima)) minima.push(point)
    return undefined
  }
  for (const start of starts) {
    // a rough objective may hold a descent back where there is no minimum
    const held = descend(rough, start)
    if (held) descend(fine, held)
  }
  return minima
}

/** Step of the central differences, in units of `scale`; the error is of the order of its square. */
const difference = 1e-4

/** A survey of an objective: its Hessian is made of central differences of the gradient. */
export const surveyOf =
  (objective: Objective, scaleOf: Search['scaleOf']): Survey =>
  (point) => {
    const scale = scaleOf(point)
    const shifted = (step: readonly number[]) =>
      point.map((entry, index) => entry + step[index] * scale[index])
    const gradientAt = (at: readonly number[]) =>
      objective(at).gradient.map((entry, index) => entry * scale[index])
    const rows = point.map((_, axis) => {
      const [above, below] = [difference, -difference].map((shift) =>
        gradientAt(shifted(point.map((_, index) => (index === axis ? shift : 0)))),
      )
      return above.map((entry, index) => (entry - below[index]) / (2 * difference))
    })
    const hessian = rows.map((row, i) => row.map((entry, j) => 0.5 * (entry + rows[j][i])))
    return { gradient: gradientAt(point), hessian, moved: shifted }
  }

/** Least curvature, in units of `scale`, that is larger than the rounding of differences. */
const leastCurvature = 1e-8

/** Solves matrix · x = right by Cholesky; undefined where the symmetric matrix is not positive definite. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
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
