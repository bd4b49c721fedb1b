/** How many starts this backend can take on one step while the page stays fluent. */
import type { Backend, FitTarget } from '../../compute/backend.ts'
import { type DescentRule, type FitSpace, lineSpace, planeSpace } from './fitSpace.ts'
import { lineRegion, lineStarts, planeLower, planeStarts } from './lattice.ts'
import type { KlValues } from './parameters.ts'
import { lineComponents, planeComponents } from './targets.ts'
import { momentMatch } from './theory.ts'

/** Numbers of starts that the default is chosen from, with the time that one step of them may take. */
const candidates = [
  { starts: 256, milliseconds: 16 },
  { starts: 1024, milliseconds: 8 },
  { starts: 4096, milliseconds: 4 },
]
const fewest = 64

/** Nothing is measured that should take longer than this, so that opening the lab is not felt. */
const longestMeasurement = 20

const rule: DescentRule = { divergence: 'reverse', optimizer: 'adam', learningRate: 0.01 }

/** Milliseconds that the device takes for one step of all rows. */
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

/** The most of 4,096, 1,024, 256 and 64 starts on this target that are quick enough. */
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
      // a call's own cost and idle lanes count less and less: a rate foretells at most what it will take
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
