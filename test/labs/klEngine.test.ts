/** The KL lab through the engine: metrics that wait, live and other changes, families, a cancelled run. */
import { afterEach, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { experiments } from '../../src/engine/experiments.ts'
import type { LineFrame } from '../../src/labs/kl/frame.ts'

const engines: Engine[] = []

async function open(values: Record<string, number | string>): Promise<Engine> {
  const engine = new Engine(undefined, experiments)
  engines.push(engine)
  await engine.open('kl', values, 'wasm')
  return engine
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose()
})

describe('the KL lab through the engine', () => {
  it('tells metrics in a pause once all starts are followed', async () => {
    const engine = await open({ starts: 200 })
    const metrics = await engine.metrics()
    expect(metrics.followed).toBe(1)
    expect(metrics.basins).toHaveLength(3)
    expect(metrics.step).toBe(0)
    // two checks before the first step must not count as rest
    expect((await engine.nextFrame()).frame.finished).toBe(false)
    await engine.run(30)
    expect((await engine.metrics()).step).toBe(30)
    expect((await engine.nextFrame()).frame.finished).toBe(false)
  })

  it('changes the learning rate where the run stands, and starts anew for another start', async () => {
    const engine = await open({ starts: 50 })
    await engine.run(12)
    await engine.set({ learningRate: 0.01 })
    const { step, basins } = await engine.metrics()
    expect([step, basins]).toEqual([12, expect.objectContaining({ length: 3 })])
    await engine.set({ mu0: -2 })
    expect((await engine.metrics()).forwardMu).toBe(-2)
    await engine.set({ family: 'uniform' })
    expect((await engine.metrics()).reverseKl).toBe(Number.POSITIVE_INFINITY)
    await engine.set({ family: 'gaussian2d', starts: 0 })
    expect((await engine.metrics()).forwardMean).toHaveLength(2)
  })

  it('plays until every shown fit is at rest, and on after a live change', async () => {
    const engine = await open({ starts: 20, target: 'unequal' })
    const finished = () =>
      expect.poll(async () => (await engine.nextFrame()).frame.finished, { timeout: 20_000 }).toBe(true)
    engine.play()
    await finished()
    const rested = await engine.metrics()
    expect(Math.abs((rested.forwardMu as number) / -1.2 - 1)).toBeLessThan(1e-3)
    expect(Math.abs((rested.forwardSigma as number) / (rested.momentSigma as number) - 1)).toBeLessThan(1e-3)
    const [, , divergence] = (rested.basins as number[][])[1]
    expect(Math.abs((rested.reverseKl as number) - divergence)).toBeLessThan(1e-4)
    await engine.set({ learningRate: 0.02 })
    expect((await engine.nextFrame()).frame.finished).toBe(false)
    engine.play()
    await finished()
    expect((await engine.metrics()).step).toBeGreaterThan(rested.step as number)
    // a run may be asked to go beyond its end
    await engine.run(3)
  })

  it('shows whole pictures while a mode is dragged', async () => {
    const engine = await open({ starts: 100, target: 'custom' })
    await engine.metrics()
    const whole = new Set<number>()
    let dragging = true
    const pulled = (async () => {
      while (dragging) {
        const { landscape, reverse, components } = (await engine.nextFrame()).frame.data as LineFrame
        if (landscape && reverse.optima.length > 0) whole.add(components[1].mean)
      }
    })()
    const end = performance.now() + 1500
    for (let mean = 3; performance.now() < end; mean += 0.01) {
      await engine.set({ components: `1,-3,1;1,${mean.toFixed(2)},1` })
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
    dragging = false
    await engine.set({ starts: 0 })
    await pulled
    expect(whole.size).toBeGreaterThan(4)
  })

  it('gives up what a change makes obsolete', async () => {
    const engine = await open({ starts: 4000 })
    const outcome = expect(engine.run(100_000)).rejects.toMatchObject({ name: 'AbortError' })
    await new Promise((resolve) => setTimeout(resolve, 30))
    await engine.set({ target: 'three' })
    await outcome
  })
})
