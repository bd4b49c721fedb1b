/** Measures how many starts this backend can move one step while the page stays fluent. */
import type { Backend, FitTarget } from '../../compute/backend.ts'
import { type DescentRule, type FitSpace, lineSpace, planeSpace } from './fitSpace.ts'
import { lineRegion, lineStarts, planeLower, planeStarts } from './lattice.ts'
import type { KlValues } from './parameters.ts'
import { lineComponents, planeComponents } from './targets.ts'
import { momentMatch } from './theory.ts'

/** Candidates for the default number of starts, with the longest permitted time of one step. */
const candidates = [
  { starts: 256, milliseconds: 16 },
  { starts: 1024, milliseconds: 8 },
  { starts: 4096, milliseconds: 4 },
]
const fewest = 64

/** Longest expected time of a measurement, so that the lab opens without a noticeable delay. */
const longestMeasurement = 20

const rule: DescentRule = { divergence: 'reverse', optimizer: 'adam', learningRate: 0.01 }

/** Milliseconds of the device for one step of all rows. */
async function oneStep(
  backend: Backend,
  space: FitSpace,
  target: FitTarget,
  rows: Float32Array,
): Promise<number> {
  const state = backend.upload(rows, [rows.length / space.columns, space.columns])
  try {
    return await backend.timed(() => space.fit(backend, { ...rule, target, state, steps: 1 }))
  } finally {
    state.dispose()
  }
}

/** The largest of 4,096, 1,024, 256 and 64 starts that is quick enough on this target. */
export async function fluentStarts(backend: Backend, values: KlValues): Promise<number> {
  const plane = values.family === 'gaussian2d'
  const space = plane ? planeSpace : lineSpace
  const components = lineComponents(values)
  const target = plane
    ? backend.createPlaneTarget(planeComponents(values))
    : backend.createFitTarget(components)
  const rows = (count: number) =>
    plane
      ? planeStarts(count, planeComponents(values), planeLower(values.sigma0))
      : lineStarts(count, lineRegion(components, momentMatch(components).sigma), undefined)
  try {
    let fluent = fewest
    let perStart = (await oneStep(backend, space, target, rows(fewest))) / fewest
    for (const { starts, milliseconds } of candidates) {
      // fixed costs and idle lanes count less with more starts, so the estimate is at most too high
      if (perStart * starts > longestMeasurement) break
      const measured = await oneStep(backend, space, target, rows(starts))
      if (measured > milliseconds) break
      fluent = starts
      perStart = measured / starts
    }
    return fluent
  } finally {
    target.dispose()
  }
}
