import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend, FitArguments, Optimizer, Tensor } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import {
  gaussianOf,
  type PlaneDivergence,
  planeDescent,
  planeDivergence,
  planeGradient,
} from './planeReference.ts'
import { type TargetName, targets, upload } from './planeTargets.ts'
import { casesOf, variants } from './variants.ts'

/** In float32, so that both sides have the same point. */
const points = [
  [0, 0, 0, 0, 0],
  [0.5, -0.3, 0.9, 0.4, 0.7],
  [2.8, 0.2, -0.2, -0.3, 0.1],
  [0.3, 0, 1.6, 0, 1.6],
  [-15, 12, -1, 0.2, -0.5],
  [19, 19, -3, 0.01, -3],
].map((point) => [...Float32Array.from(point)])

/**
 * Errors of the grid for the reverse divergence, as shares of the largest gradient entry; a quarter of that for the
 * value. Where one component takes over from another, as between the arms of the cross, log p bends sharply
 * against Q, which both the grid and the reference see worst.
 */
const gridErrors = { one: 0, correlated: 0, two: 1e-4, triangle: 0.005, cross: 0.02, six: 0.005 }

const divergences: PlaneDivergence[] = ['forward', 'reverse']

/** What is compared with, computed once for all backends. */
const references = new Map<string, { value: number; gradient: number[] }>()
function reference(divergence: PlaneDivergence, name: TargetName, point: number[]) {
  const key = `${divergence} ${name} ${point}`
  let found = references.get(key)
  if (!found) {
    // of the forward divergence only log q depends on the point, and that is smooth, as is log p of one component
    const smooth = divergence === 'forward' || targets[name].length === 1
    const [fine, finer] = smooth ? [0.25, 0.1] : [0.05, 0.05]
    const value = planeDivergence(divergence, targets[name], point, finer)
    found = { value, gradient: planeGradient(divergence, targets[name], point, fine) }
    references.set(key, found)
  }
  return found
}

const pointOf = (rows: ArrayLike<number>, row: number) =>
  Array.from({ length: 5 }, (_, i) => rows[20 * row + i])

/** Σ as (xx, xy, yy). */
const covarianceOf = (point: readonly number[]) => gaussianOf(point).covariance

const defaults = { optimizer: 'gradientDescent', learningRate: 0.01, steps: 1 } as const

const allVariants: typeof variants = [
  ...variants,
  { name: 'wasm without relaxed SIMD', create: () => createWasmBackend({ relaxed: false }) },
]

describe.each(allVariants)('planeFit on $name', ({ name: variant, brief, create }) => {
  let backend: Backend
  const made: { dispose(): void }[] = []
  const kept = <T extends { dispose(): void }>(thing: T): T => {
    made.push(thing)
    return thing
  }
  const target = (name: TargetName) => kept(backend.createPlaneTarget(targets[name]))
  const read = async (tensor: Tensor) => [...(await backend.read(tensor))]
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => {
    for (const thing of made) thing.dispose()
    backend.dispose()
  })
  const run = (
    state: Tensor,
    parameters: Omit<FitArguments, 'state' | keyof typeof defaults> & Partial<FitArguments>,
  ) => backend.planeFit({ ...defaults, ...parameters, state })

  const tried = Object.keys(targets) as TargetName[]
  describe.each(brief ? tried.slice(2, 3) : tried)('towards %s', (name) => {
    it.each(brief ? divergences.slice(0, 1) : divergences)(
      'gives the value and the gradient of the %s divergence',
      async (divergence) => {
        const place = target(name)
        const state = kept(upload(backend, points))
        const history = kept(backend.createTensor([1, points.length, 8]))
        // the first update of momentum leaves the gradient itself in the state
        run(state, { target: place, history, divergence, optimizer: 'momentum', learningRate: 1e-9 })
        const [rows, lines] = [await read(state), await read(history)]
        for (const [i, point] of points.entries()) {
          const { value, gradient } = reference(divergence, name, point)
          const largest = Math.max(...gradient.map(Math.abs))
          const rounding = 2e-5
          const grid = divergence === 'reverse' ? gridErrors[name] : 0
          const allowed = (rounding + grid) * Math.max(1, largest)
          expect(Math.abs(lines[8 * i + 5] - value), `value at ${point}`).toBeLessThan(
            (rounding + 0.25 * grid) * Math.max(1, value),
          )
          for (let k = 0; k < 5; k++)
            expect(Math.abs(rows[20 * i + 5 + k] - gradient[k]), `gradient ${k} at ${point}`).toBeLessThan(
              allowed,
            )
          expect(Math.abs(lines[8 * i + 6] - largest)).toBeLessThan(allowed)
          expect(lines.slice(8 * i, 8 * i + 5)).toEqual(point)
          expect(lines[8 * i + 7]).toBe(0)
          expect(rows[20 * i + 15]).toBe(lines[8 * i + 5])
          expect(rows[20 * i + 16]).toBe(1)
          expect(rows.slice(20 * i + 17, 20 * i + 20)).toEqual([0, 0, 0])
        }
      },
    )
  })

  if (brief) return

  describe.each(divergences)('descending the %s divergence', (divergence) => {
    it.each([
      ['gradientDescent', 0.05],
      ['momentum', 0.02],
      ['adam', 0.05],
    ] as [Optimizer, number][])('follows %s', async (optimizer, learningRate) => {
      const start = [...Float32Array.of(1.5, 0.7, 0.2, -0.3, 0.4)]
      const steps = 20
      const expected = descent(divergence, optimizer, learningRate, start, steps)
      const state = kept(upload(backend, [start]))
      const history = kept(backend.createTensor([steps, 1, 8]))
      run(state, { target: target('two'), history, divergence, optimizer, learningRate, steps })
      const [rows, lines] = [await read(state), await read(history)]
      const actual = Array.from({ length: steps }, (_, step) => lines.slice(8 * step, 8 * step + 5))
      actual.push(pointOf(rows, 0))
      for (const [step, point] of actual.entries())
        for (let k = 0; k < 5; k++)
          expect(Math.abs(point[k] - expected[step][k]), `entry ${k} after ${step} steps`).toBeLessThan(3e-4)
      expect(rows[16]).toBe(steps)
      expect(rows[15]).toBe(lines[8 * (steps - 1) + 5])
    })
  })

  it('goes on where it stopped', async () => {
    const [whole, parts] = [0, 1].map(() => kept(upload(backend, points.slice(0, 3))))
    const call = { target: target('triangle'), divergence: 'reverse', optimizer: 'adam' } as const
    run(whole, { ...call, steps: 9 })
    for (const steps of [2, 4, 3]) run(parts, { ...call, steps })
    expect(await read(parts)).toEqual(await read(whole))
  })

  it.each([1, 3, 65, 260])('moves each of %d fits as if it were alone', async (count) => {
    const starts = Array.from({ length: count }, (_, i) => [
      ...Float32Array.of(4 * Math.sin(i), 4 * Math.cos(3 * i), 0.3 * Math.sin(5 * i), 0.2, 0.1),
    ])
    const place = target('correlated')
    const all = kept(upload(backend, starts))
    run(all, { target: place, divergence: 'reverse', steps: 2 })
    const rows = await read(all)
    for (const row of new Set([0, 1, 63, 64, 257, count - 1]))
      if (row < count) {
        const alone = kept(upload(backend, [starts[row]]))
        run(alone, { target: place, divergence: 'reverse', steps: 2 })
        expect(rows.slice(20 * row, 20 * row + 20)).toEqual(await read(alone))
      }
    expect(rows.every(Number.isFinite)).toBe(true)
    expect(rows.filter((value, i) => i % 20 === 16 && value === 2)).toHaveLength(count)
  })

  it('moves only the fits that it is asked to, and keeps only their history', async () => {
    const starts = Array.from({ length: 100 }, (_, i) => [0.1 * i, 0, 0, 0, 0])
    const state = kept(upload(backend, starts))
    const history = kept(backend.createTensor([2, 100, 8]))
    run(state, { target: target('two'), history, divergence: 'forward', firstFit: 7, fits: 70, steps: 2 })
    const [rows, lines] = [await read(state), await read(history)]
    for (let row = 0; row < 100; row++) {
      const asked = row >= 7 && row < 77
      expect(rows[20 * row + 16]).toBe(asked ? 2 : 0)
      if (!asked) expect(pointOf(rows, row)).toEqual([...Float32Array.from(starts[row])])
      for (const step of [0, 1]) expect(lines[8 * (100 * step + row) + 5] !== 0).toBe(asked)
    }
  })

  it('only evaluates with no steps', async () => {
    const state = kept(upload(backend, points.slice(0, 3)))
    for (const divergence of divergences) {
      run(state, { target: target('two'), divergence, steps: 0 })
      const rows = await read(state)
      for (let row = 0; row < 3; row++) {
        const { value } = reference(divergence, 'two', points[row])
        expect(Math.abs(rows[20 * row + 15] - value)).toBeLessThan(1e-4 * Math.max(1, value))
        expect(pointOf(rows, row)).toEqual(points[row])
        expect(rows[20 * row + 16]).toBe(0)
      }
    }
  })

  it('leaves fits alone whose gradient is below the tolerance', async () => {
    // at the optimum, and away from it
    const optimum = [0, 0, 0, 0.9, Math.log(Math.sqrt(0.19))]
    const state = kept(upload(backend, [optimum, [1, 0, 0, 0.9, 0]]))
    const call = { target: target('correlated'), divergence: 'forward', optimizer: 'momentum' } as const
    run(state, { ...call, steps: 3, tolerance: 1e-3 })
    const rows = await read(state)
    expect(pointOf(rows, 0)).toEqual([...Float32Array.from(optimum)])
    expect(rows.slice(5, 15)).toEqual(new Array(10).fill(0))
    expect([rows[16], rows[36]]).toEqual([0, 3])
    expect(Math.abs(rows[15])).toBeLessThan(1e-5)
    run(state, { ...call, steps: 1 })
    expect((await read(state))[16]).toBe(1)
  })

  it.each(['gradientDescent', 'momentum', 'adam'] as Optimizer[])(
    'stops a diverging fit by %s',
    async (optimizer) => {
      const state = kept(
        upload(backend, [
          [1, 0, 3, 0, 3],
          [0, 0, 0, 0.9, Math.log(Math.sqrt(0.19))],
        ]),
      )
      const history = kept(backend.createTensor([8, 2, 8]))
      const call = { target: target('correlated'), divergence: 'forward', optimizer } as const
      // the first step shrinks Q to a point, log L₁₁ = −27; the next would throw it far off
      run(state, { ...call, learningRate: 30, tolerance: 1e-3, steps: 8, history })
      const [rows, lines] = [await read(state), await read(history)]
      const updates = 1
      expect(rows[16]).toBe(-1 - updates)
      // it stays at the last point that was good, which the history repeats
      const point = pointOf(rows, 0)
      expect(point.every(Number.isFinite)).toBe(true)
      for (let step = updates; step < 8; step++) expect(lines.slice(16 * step, 16 * step + 5)).toEqual(point)
      expect(lines[16 * updates + 5]).toBe(rows[15])
      // the other one is not touched by it
      expect(rows[36]).toBe(0)
      const before = rows.slice(0, 20)
      run(state, { ...call, steps: 2 })
      const after = await read(state)
      expect(after.slice(0, 20)).toEqual(before)
      expect(after[36]).toBe(2)
    },
  )

  it('keeps a mean-field Q diagonal, and Σ where only μ is free', async () => {
    const start = [0.5, -0.5, 0.3, 0, -0.2]
    const floats = [...Float32Array.from(start)]
    const [diagonal, fixed] = [0, 1].map(() => kept(upload(backend, [start])))
    const history = kept(backend.createTensor([5, 1, 8]))
    const call = { target: target('correlated'), divergence: 'reverse', optimizer: 'adam', steps: 5 } as const
    run(diagonal, { ...call, diagonal: true })
    run(fixed, { ...call, fixedSigma: true, history })
    const [mean, sigma, lines] = [await read(diagonal), await read(fixed), await read(history)]
    expect([mean[3], mean[8], mean[13]]).toEqual([0, 0, 0])
    for (const k of [0, 1, 2, 4]) expect(mean[k]).not.toBe(floats[k])
    expect(sigma.slice(2, 5)).toEqual(floats.slice(2))
    expect([...sigma.slice(7, 10), ...sigma.slice(12, 15)]).toEqual([0, 0, 0, 0, 0, 0])
    for (const k of [0, 1]) expect(sigma[k]).not.toBe(floats[k])
    // the largest entry is that of what may move: Σ⁻¹ (μ − m), of which both are 0.5 / 0.1
    expect(lines[6]).toBeCloseTo(5, 3)
  })

  it('reaches what is known of the correlated target', async () => {
    const place = target('correlated')
    const start = [0.6, -0.4, 0.2, 0, -0.1]
    const fitted = async (divergence: PlaneDivergence, diagonal: boolean) => {
      const state = kept(upload(backend, [start]))
      const call = { target: place, divergence, diagonal, optimizer: 'adam', learningRate: 0.05 } as const
      run(state, { ...call, steps: 600 })
      const rows = await read(state)
      return { covariance: covarianceOf(pointOf(rows, 0)), mean: rows.slice(0, 2), divergence: rows[15] }
    }
    // where every step is a dispatch of its own, one divergence says what both would
    const asked = variant.includes('cut') ? casesOf(divergences, divergences.slice(1)) : divergences
    for (const divergence of asked) {
      const variance = divergence === 'reverse' ? 0.19 : 1
      const meanField = await fitted(divergence, true)
      expect(Math.abs(meanField.covariance[0] / variance - 1)).toBeLessThan(1e-3)
      expect(meanField.covariance[1]).toBe(0)
      expect(Math.abs(meanField.covariance[2] / variance - 1)).toBeLessThan(1e-3)
      // −½ ln(1 − 0.9²) either way
      expect(Math.abs(meanField.divergence + 0.5 * Math.log(0.19))).toBeLessThan(1e-4)
      const full = await fitted(divergence, false)
      for (const [k, expected] of [1, 0.9, 1].entries())
        expect(Math.abs(full.covariance[k] / expected - 1)).toBeLessThan(1e-3)
      expect(Math.abs(full.divergence)).toBeLessThan(1e-4)
      for (const value of [...meanField.mean, ...full.mean]) expect(Math.abs(value)).toBeLessThan(1e-3)
    }
  })

  // that a fit goes on where a dispatch ended is seen at the target before
  if (!variant.includes('cut'))
    it('reaches the minima that two modes on a line have, and their moments', async () => {
      // ½ N(−3, 1) + ½ N(3, 1) by adaptive quadrature on the line; along y P is N(0, 1), which adds nothing
      const place = target('two')
      const call = { target: place, optimizer: 'adam', learningRate: 0.05, steps: 400 } as const
      const reverse = kept(
        upload(backend, [
          [2.5, 0.3, -0.3, 0.1, 0.2],
          [0, -0.3, 0.8, 0, 0.2],
        ]),
      )
      run(reverse, { ...call, divergence: 'reverse' })
      const forward = kept(upload(backend, [[1, 0.5, 0.3, 0.1, 0.2]]))
      run(forward, { ...call, divergence: 'forward' })
      const rows = [...(await read(reverse)), ...(await read(forward))]
      const known = [
        { mean: 2.9843, sd: 1.0234, divergence: 0.68877 },
        { mean: 0, sd: 2.7438, divergence: 0.84062 },
        { mean: 0, sd: Math.sqrt(10), divergence: 0.461995 },
      ]
      for (const [i, { mean, sd, divergence }] of known.entries()) {
        const point = pointOf(rows, i)
        const [xx, xy, yy] = covarianceOf(point)
        expect(Math.abs(point[0] - mean)).toBeLessThan(1e-3 * Math.max(mean, 1))
        expect(Math.abs(point[1])).toBeLessThan(1e-3)
        expect(Math.abs(Math.sqrt(xx) / sd - 1)).toBeLessThan(1e-3)
        expect(Math.abs(xy)).toBeLessThan(1e-3 * sd)
        expect(Math.abs(Math.sqrt(yy) - 1)).toBeLessThan(1e-3)
        expect(Math.abs(rows[20 * i + 15] - divergence)).toBeLessThan(1e-4)
      }
    })
})

const descents = new Map<string, number[][]>()
function descent(
  divergence: PlaneDivergence,
  optimizer: Optimizer,
  learningRate: number,
  start: number[],
  steps: number,
): number[][] {
  const key = `${divergence} ${optimizer}`
  let found = descents.get(key)
  if (!found) {
    const gradient = (point: readonly number[]) => planeGradient(divergence, targets.two, point, 0.15)
    found = planeDescent(gradient, start, optimizer, learningRate, steps)
    descents.set(key, found)
  }
  return found
}
