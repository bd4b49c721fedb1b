/** The KL lab's hot loop, which `compare` times on every backend: many starts descend side by side. */
import type { Backend } from '../../compute/backend.ts'
import { inTurn } from '../common/pace.ts'
import { allBackends } from '../common/readyBackends.ts'
import { summationTolerance } from '../common/rounding.ts'
import type { HotLoop } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { fewestFits } from '../sizes.ts'
import { DividedRows } from './dividedRows.ts'
import { divergenceColumn } from './fitSpace.ts'
import { LineFamily } from './lineFamily.ts'
import { typed } from './parameters.ts'
import { Parts } from './parts.ts'
import { PlaneFamily } from './planeFamily.ts'

const steps = 50
/** Updates of single fits between two checks for a cancel. */
const sliceUpdates = 16_384

/**
 * A descent so slow that rounding errors do not grow, so that backends can be compared. The cost of an update does not
 * depend on its length.
 */
const slowDescent = { optimizer: 'gradientDescent', learningRate: 1e-4 } as const

/**
 * Floating-point operations at one quadrature point; an exponential or a logarithm counts as 10. Each component needs
 * its exponent, its share and its part of the slope; the rest is for Q and the integrand.
 */
const perComponent = { line: 20, plane: 32 }
const perPoint = { line: 40, plane: 50 }

/** Descends from the run's starts (at least 256) on its objective; the uniform family times the line's descent. */
export async function createHotLoop(backend: Backend, parameterValues: ParameterValues): Promise<HotLoop> {
  await allBackends(backend)
  const chosen = typed(parameterValues)
  const values = { ...chosen, ...slowDescent, starts: Math.max(chosen.starts, fewestFits) }
  const parts = new Parts()
  const kind = values.family === 'gaussian2d' ? 'plane' : 'line'
  const family = new (kind === 'plane' ? PlaneFamily : LineFamily)(backend, values, parts)
  const { setting, startRows, componentCount } = family
  const { space, targets } = setting
  const { quadraturePoints } = targets.on(backend)
  const rule = family.rule('starts')
  const stride = Math.max(1, Math.floor(sliceUpdates / values.starts))
  return {
    async run(aborted) {
      const state = new DividedRows(setting, startRows)
      const descend = function* () {
        for (let done = 0; done < steps; done += stride)
          yield state.fit({ ...rule, steps: Math.min(stride, steps - done) })
      }
      try {
        await inTurn(state, aborted, descend())
        const rows = await state.read()
        const result = new Float32Array(values.starts)
        for (const fit of result.keys()) result[fit] = rows[fit * space.columns + divergenceColumn(space)]
        const operations = perPoint[kind] + componentCount * perComponent[kind]
        return {
          operations: values.starts * quadraturePoints * steps * operations,
          result,
          resultName: 'divergence of a fit after 50 steps (nats)',
          // a divergence sums the points of the quadrature
          tolerance: summationTolerance(quadraturePoints, result),
        }
      } finally {
        state.dispose()
      }
    },
    dispose: () => parts.dispose(),
  }
}
