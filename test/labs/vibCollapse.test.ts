/** A model that a large β robs of its code, and that does not find it again when β is small: it is recognised. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { backends } from '../kernels/backends.ts'
import { beginOnFew, complete, frameOf, metricsOf, small } from './vibRuns.ts'

describe.each(backends)('a collapse on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  // 50 steps an epoch; three dimensions have no regions, which take longest
  const sizes = { trainSize: 500, batchSize: 10, latentDimensions: 3, evaluationSamples: 1 }

  /** Trains so many steps with each β in turn; what is recognised after every 50 of them. */
  async function drive(plan: readonly (readonly [beta: number, steps: number])[]) {
    const experiment = await beginOnFew(backend, { ...sizes, beta: plan[0][0] })
    const found: number[] = []
    for (const [beta, steps] of plan) {
      experiment.update({ ...small, ...sizes, beta })
      for (let done = 0; done < steps; done += 50) {
        await complete(experiment, Math.min(50, steps - done))
        const { collapsedSince, distortion } = await metricsOf(experiment)
        expect((await frameOf(experiment)).models?.collapsedSince).toEqual(collapsedSince)
        if (collapsedSince[0] >= 0) expect(distortion[0]).toBeGreaterThan(Math.LN10 - 0.1)
        found.push(collapsedSince[0])
      }
    }
    experiment.dispose()
    return found
  }

  it('is recognised 300 steps after β came back from 1,000, and is none while β is large', async () => {
    const found = await drive([
      [1e-3, 100],
      [1000, 50],
      [1e-3, 400],
      [10, 50],
    ])
    const [none, since] = [-1, 200]
    expect(found).toEqual([...new Array(9).fill(none), ...[since, since], none])
  })

  it('is never seen in a run at a small β, nor where β was no larger than 0.9', async () => {
    const found = [
      ...(await drive([[1e-3, 450]])),
      ...(await drive([
        [0.9, 50],
        [1e-3, 400],
      ])),
    ]
    expect(found).toEqual(new Array(18).fill(-1))
  })
})
