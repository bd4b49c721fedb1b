import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  Backend,
  Divergence,
  FitArguments,
  MixtureComponent,
  Optimizer,
} from '../../src/compute/backend.ts'
import { type Evaluation, fitReference, updateReference } from './fitReference.ts'
import { casesOf, variants } from './variants.ts'

type Point = readonly [mean: number, logSd: number]

const mixture = (...rows: [weight: number, mean: number, sd: number][]): MixtureComponent[] =>
  // what float32 holds of them, so that only the backend's own rounding is measured
  rows.map(([weight, mean, sd]) => ({ weight, mean: Math.fround(mean), sd: Math.fround(sd) }))

const bimodal = mixture([0.5, -3, 1], [0.5, 3, 1])
const targets = {
  'two modes': bimodal,
  'unequal modes': mixture([0.7, -3, 1], [0.3, 3, 1]),
  'six components': mixture(
    [0.1, -8, 0.5],
    [0.2, -4, 1],
    [0.3, 0, 2],
    [0.1, 2, 0.3],
    [0.2, 5, 1],
    [0.1, 9, 0.7],
  ),
  'modes 25 sd from the middle': mixture([0.5, -5, 0.2], [0.5, 5, 0.2]),
  'a weight of 1e-12': mixture([1 - 1e-12, -3, 1], [1e-12, 3, 1]),
  'widths of 1e-3': mixture([0.5, -1, 1e-3], [0.5, 1, 1e-3]),
  'modes 60 apart': mixture([0.5, -29.7, 1e-3], [0.5, 30.3, 1]),
  'one component': mixture([1, 1, 2]),
}
type Target = keyof typeof targets

const divergences: { divergence: Divergence; alpha?: number }[] = [
  { divergence: 'forward' },
  { divergence: 'reverse' },
  { divergence: 'jeffreys' },
  { divergence: 'jensenShannon' },
  { divergence: 'alpha', alpha: 0.001 },
  { divergence: 'alpha', alpha: 0.02 },
  { divergence: 'alpha', alpha: 0.5 },
  { divergence: 'alpha', alpha: 0.98 },
  { divergence: 'chiSquared' },
]

const rounded = ([mean, logSd]: Point): Point => [Math.fround(mean), Math.fround(logSd)]
const points: readonly Point[] = [
  [0, 0],
  [1, Math.log(0.3)],
  [-3.2, 0.1],
  [2.9, -3],
  [10, 1],
  [-29.6995, Math.log(2e-3)],
  [0.5, Math.log(30)],
]

/** χ² is finite from sd / √2 on. */
function pointsFor(target: Target, divergence: Divergence): Point[] {
  const widest = Math.max(...targets[target].map(({ sd }) => sd))
  const least = divergence === 'chiSquared' ? Math.log(0.8 * widest) : -Infinity
  return points.map(([mean, logSd]) => rounded([mean, Math.max(logSd, least)]))
}

const references = new Map<string, Evaluation>()
/** The same for all backends. */
function reference(target: Target, point: Point, divergence: Divergence, alpha?: number): Evaluation {
  const key = JSON.stringify([target, point, divergence, alpha])
  const known = references.get(key) ?? fitReference(targets[target], point, divergence, alpha)
  references.set(key, known)
  return known
}

const rowOf = ([mean, logSd]: Point) => [mean, logSd, 0, 0, 0, 0, 0, 0]
const stateOf = (backend: Backend, starts: readonly Point[]) =>
  backend.upload(Float32Array.from(starts.flatMap(rowOf)), [starts.length, 8])
const still = { optimizer: 'momentum', learningRate: 0, steps: 1 } as const

/** Runs the fits from their starts and gives the rows. */
async function fitted(
  backend: Backend,
  components: readonly MixtureComponent[],
  starts: readonly Point[],
  rest: Omit<FitArguments, 'target' | 'state'>,
): Promise<number[][]> {
  const target = backend.createFitTarget(components)
  const state = stateOf(backend, starts)
  backend.gaussianFit({ target, state, ...rest })
  const values = await backend.read(state)
  target.dispose()
  state.dispose()
  return starts.map((_, i) => [...values.subarray(8 * i, 8 * i + 8)])
}

describe('the reference', () => {
  it.each(divergences)('has the slopes of its values: $divergence $alpha', ({ divergence, alpha }) => {
    const step = 1e-4
    const at = (mean: number, logSd: number) =>
      fitReference(targets['unequal modes'], [mean, logSd], divergence, alpha).value
    const { byMean, byLogSd } = fitReference(targets['unequal modes'], [0.7, 0.3], divergence, alpha)
    expect((at(0.7 + step, 0.3) - at(0.7 - step, 0.3)) / (2 * step)).toBeCloseTo(byMean, 5)
    expect((at(0.7, 0.3 + step) - at(0.7, 0.3 - step)) / (2 * step)).toBeCloseTo(byLogSd, 5)
  })
})

describe.each(variants)('gaussianFit on $name', ({ name: variant, brief, create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  // into how many dispatches fits are cut is the same for all targets
  const cutTargets = brief ? ['two modes'] : ['two modes', 'six components']
  const tried = variant.includes('cut') ? cutTargets : Object.keys(targets)

  describe.each(tried as Target[])('%s', (name) => {
    // how many components there are is looked at in functions that both variants call, one for χ² and one for all others;
    // another number is another pipeline for each divergence
    const others = variant.startsWith('webgpu') && targets[name].length !== 2
    const either = divergences.filter(
      ({ divergence }) => divergence === 'forward' || divergence === 'chiSquared',
    )
    const one = targets[name].length === 1 ? either.slice(1) : either.slice(0, 1)
    const few = variant.includes('workgroup') ? one : either
    const asked = others ? casesOf(divergences, few) : divergences
    it.each(brief ? asked.slice(0, 1) : asked)('$divergence $alpha', async ({ divergence, alpha }) => {
      const starts = pointsFor(name, divergence)
      const target = backend.createFitTarget(targets[name])
      const state = stateOf(backend, starts)
      const history = backend.createTensor([1, starts.length, 4])
      // a momentum of one step is the gradient
      backend.gaussianFit({ target, state, history, divergence, alpha, ...still })
      const rows = await backend.read(state)
      const records = await backend.read(history)
      const descent = { optimizer: 'gradientDescent', learningRate: 2 ** -30, steps: 1 } as const
      for (const [i, point] of starts.entries()) {
        const expected = reference(name, point, divergence, alpha)
        const [, , byMean, byLogSd, , , value] = rows.subarray(8 * i)
        const text = `${point}: ${[value, byMean, byLogSd]}, not ${JSON.stringify(expected)}`
        // slopes are sums of terms as large as the value, by μ over σ, which cancel
        const size = Math.max(1, Math.abs(expected.value))
        const near = (actual: number, wanted: number, terms: number) =>
          expect(Math.abs(actual - wanted) / Math.max(terms, Math.abs(wanted)), text).toBeLessThan(1e-5)
        near(value, expected.value, size)
        near(byMean, expected.byMean, size * Math.max(1, Math.exp(-point[1])))
        near(byLogSd, expected.byLogSd, size)
        const largest = Math.max(Math.abs(byMean), Math.abs(byLogSd))
        expect([...records.subarray(4 * i, 4 * i + 4)]).toEqual([...point, value, largest])
      }
      const moved = await fitted(backend, targets[name], starts, { divergence, alpha, ...descent })
      moved.forEach((row, i) => {
        const gradient = rows.subarray(8 * i + 2, 8 * i + 4)
        expect(row[0]).toBe(Math.fround(starts[i][0] - Math.fround(2 ** -30 * gradient[0])))
        expect(row[1]).toBe(Math.fround(starts[i][1] - Math.fround(2 ** -30 * gradient[1])))
        expect(row[7]).toBe(1)
      })
      for (const tensor of [target, state, history]) tensor.dispose()
    })
  })

  if (brief) return

  it('takes alpha 0 as reverse and alpha 1 as forward', async () => {
    for (const [alpha, divergence] of [
      [0, 'reverse'],
      [1, 'forward'],
    ] as const) {
      const end = await fitted(backend, bimodal, points, { divergence: 'alpha', alpha, ...still })
      expect(end).toEqual(await fitted(backend, bimodal, points, { divergence, ...still }))
    }
  })

  it('follows the slope of log p where p itself is nothing', async () => {
    const [row] = await fitted(
      backend,
      targets['modes 25 sd from the middle'],
      [rounded([1, Math.log(0.3)])],
      {
        divergence: 'reverse',
        ...still,
      },
    )
    expect(row[2]).toBeCloseTo(-99.9, 1)
  })

  it.each(['gradientDescent', 'momentum', 'adam'] satisfies Optimizer[])('steps by %s', async (optimizer) => {
    const start = rounded([1.3, 0.4])
    const steps = 20
    for (const fixedSigma of [false, true]) {
      const target = backend.createFitTarget(bimodal)
      const state = stateOf(backend, [start])
      const history = backend.createTensor([steps, 1, 4])
      const options = { divergence: 'jensenShannon', optimizer, learningRate: 0.1, fixedSigma } as const
      backend.gaussianFit({ target, state, history, steps, ...options })
      const records = await backend.read(history)
      const expected = rowOf(start)
      for (let step = 0; step < steps; step++) {
        const [mean, logSd] = expected
        const at = reference('two modes', [mean, logSd], 'jensenShannon')
        const slopes = [at.byMean, fixedSigma ? 0 : at.byLogSd] as const
        const wanted = [mean, logSd, at.value, Math.max(...slopes.map(Math.abs))]
        wanted.forEach((value, i) => {
          expect(Math.abs(records[4 * step + i] - value), `step ${step}, column ${i}`).toBeLessThan(1e-5)
        })
        updateReference(expected, slopes, optimizer, 0.1)
        expected[6] = at.value
      }
      const row = await backend.read(state)
      expected.forEach((value, i) => {
        expect(Math.abs(row[i] - value), `column ${i}`).toBeLessThan(1e-5)
      })
      if (fixedSigma) expect(row[1]).toBe(start[1])
      for (const tensor of [target, state, history]) tensor.dispose()
    }
  })

  it('continues where it stopped', async () => {
    const starts: Point[] = [rounded([1.3, 0.4]), rounded([-2, -1])]
    const options = { divergence: 'reverse', optimizer: 'adam', learningRate: 0.05 } as const
    const whole = await fitted(backend, bimodal, starts, { ...options, steps: 9 })
    const target = backend.createFitTarget(bimodal)
    const state = stateOf(backend, starts)
    for (const steps of [2, 0, 1, 6]) backend.gaussianFit({ target, state, ...options, steps })
    expect([...(await backend.read(state))]).toEqual(whole.flat())
    for (const tensor of [target, state]) tensor.dispose()
  })

  // where every step is a dispatch of its own there is nothing to see
  if (!variant.includes('cut'))
    it('takes as many steps in one call as it is told to', async () => {
      const start: Point[] = [rounded([-1, 0.4])]
      const options = { divergence: 'reverse', optimizer: 'adam', learningRate: 1e-5 } as const
      const target = backend.createFitTarget(bimodal)
      const [once, often] = [stateOf(backend, start), stateOf(backend, start)]
      backend.gaussianFit({ target, state: once, ...options, steps: 2000 })
      for (let call = 0; call < 20; call++)
        backend.gaussianFit({ target, state: often, ...options, steps: 100 })
      const row = [...(await backend.read(once))]
      expect(row).toEqual([...(await backend.read(often))])
      expect(row[7]).toBe(2000)
      for (const tensor of [target, once, often]) tensor.dispose()
    })

  it('only evaluates in no steps', async () => {
    const [row] = await fitted(backend, bimodal, [rounded([1, 0.5])], {
      ...{ divergence: 'reverse', optimizer: 'adam', learningRate: 0.1, steps: 0 },
    })
    const { value } = reference('two modes', rounded([1, 0.5]), 'reverse')
    expect([...row.slice(0, 6), row[7]]).toEqual([...rounded([1, 0.5]), 0, 0, 0, 0, 0])
    expect(row[6]).toBeCloseTo(value, 5)
  })

  it.each([1, 3, 65, 260])('fits %d as if each were alone', async (count) => {
    const starts = Array.from({ length: count }, (_, i) => rounded([Math.sin(i) * 6, Math.cos(3 * i)]))
    const options = { divergence: 'forward', optimizer: 'adam', learningRate: 0.05, steps: 2 } as const
    const together = await fitted(backend, targets['unequal modes'], starts, options)
    for (const i of [0, 1, 2, 31, 64, 257, 259].filter((index) => index < count)) {
      const [alone] = await fitted(backend, targets['unequal modes'], [starts[i]], options)
      expect(together[i], `fit ${i}`).toEqual(alone)
    }
  })

  it('leaves the rows alone that were not named', async () => {
    const starts = Array.from({ length: 40 }, (_, i) => rounded([i / 10, 0]))
    const target = backend.createFitTarget(bimodal)
    const state = stateOf(backend, starts)
    const history = backend.upload(new Float32Array(2 * 40 * 4).fill(7), [2, 40, 4])
    backend.gaussianFit({
      ...{ target, state, history, firstFit: 17, fits: 20, steps: 2 },
      ...{ divergence: 'reverse', optimizer: 'gradientDescent', learningRate: 0.1 },
    })
    const rows = await backend.read(state)
    const records = await backend.read(history)
    for (let i = 0; i < 40; i++) {
      const named = i >= 17 && i < 37
      expect(rows[8 * i + 7], `updates of fit ${i}`).toBe(named ? 2 : 0)
      if (!named) expect([...rows.subarray(8 * i, 8 * i + 8)]).toEqual(rowOf(starts[i]))
      for (const step of [0, 1]) {
        const record = [...records.subarray(4 * (40 * step + i), 4 * (40 * step + i + 1))]
        if (named && step === 0) expect(record.slice(0, 2)).toEqual([...starts[i]])
        else expect(record.includes(7), `step ${step} of fit ${i}`).toBe(!named)
      }
    }
    for (const tensor of [target, state, history]) tensor.dispose()
  })

  it('does not update what is flat enough', async () => {
    const component = mixture([0.5, 1, 2], [0.5, 1, 2])
    const starts: Point[] = [rounded([1, Math.log(2)]), [0, 0]]
    const options = { optimizer: 'adam', learningRate: 0.05, steps: 3, tolerance: 1e-3 } as const
    for (const { divergence, alpha } of divergences.filter(({ divergence }) => divergence !== 'chiSquared')) {
      const [flat, steep] = await fitted(backend, component, starts, { divergence, alpha, ...options })
      expect([...flat.slice(0, 6), flat[7]]).toEqual([...starts[0], 0, 0, 0, 0, 0])
      expect(Math.abs(flat[6]), `${divergence} of P from itself`).toBeLessThan(2e-6)
      expect(steep[7]).toBe(3)
    }
  })

  it('stops a fit whose next point is out of bounds, and leaves it alone from then on', async () => {
    const starts: Point[] = [rounded([1, 0.5]), [1, -50], [Number.NaN, 0], rounded([-3, 0])]
    const target = backend.createFitTarget(bimodal)
    const state = stateOf(backend, starts)
    const history = backend.createTensor([3, 4, 4])
    const options = { divergence: 'reverse', optimizer: 'gradientDescent' } as const
    backend.gaussianFit({ target, state, history, ...options, learningRate: 1e9, steps: 3 })
    const rows = await backend.read(state)
    const records = await backend.read(history)
    starts.forEach((start, i) => {
      expect([...rows.subarray(8 * i, 8 * i + 2), rows[8 * i + 7]]).toEqual([...start, -1])
      expect([...records.subarray(4 * (8 + i), 4 * (8 + i) + 2)]).toEqual([...start])
      expect(records[4 * (8 + i) + 3]).toBe(Number.POSITIVE_INFINITY)
    })
    for (const steps of [0, 2]) backend.gaussianFit({ target, state, ...options, learningRate: 0.1, steps })
    expect([...(await backend.read(state))]).toEqual([...rows])
    for (const tensor of [target, state, history]) tensor.dispose()

    // a first update of 36.5, then momentum carries it beyond 40
    const [row] = await fitted(backend, bimodal, [[0, -1]], {
      ...{ divergence: 'forward', optimizer: 'momentum', learningRate: 0.5, steps: 5 },
    })
    expect(row[1]).toBeCloseTo(-1 + 0.5 * (10 * Math.exp(2) - 1), 3)
    expect(row[7]).toBe(-2)
  })

  it('is infinite in χ² from a variance of half of P’s on, and does not move there', async () => {
    const limit = Math.log(2) - 0.5 * Math.log(2)
    const starts: Point[] = [
      [0, limit - 1e-4],
      [0, limit + 1e-4],
      [0, -3],
    ]
    const target = backend.createFitTarget(mixture([0.5, 1, 2], [0.5, -1, 1]))
    const state = stateOf(backend, starts)
    const history = backend.createTensor([2, 3, 4])
    const options = { divergence: 'chiSquared', optimizer: 'adam', learningRate: 0.05, steps: 2 } as const
    backend.gaussianFit({ target, state, history, ...options })
    const rows = await backend.read(state)
    const records = await backend.read(history)
    const [at, gradient] = [6, 7].map((column) => [0, 1, 2].map((fit) => rows[8 * fit + column]))
    expect(at.map(Number.isFinite)).toEqual([false, true, false])
    expect(gradient).toEqual([0, 2, 0])
    for (const i of [0, 2]) {
      expect([...rows.subarray(8 * i, 8 * i + 8)]).toEqual([
        ...rowOf(rounded(starts[i])).slice(0, 6),
        Infinity,
        0,
      ])
      for (const step of [0, 1])
        expect([...records.subarray(4 * (3 * step + i), 4 * (3 * step + i + 1))]).toEqual([
          ...[...rounded(starts[i]), Infinity, Infinity],
        ])
    }
    for (const tensor of [target, state, history]) tensor.dispose()
  })

  /** Divergence, start and what it comes to: μ, σ, value. */
  const minima: [Target, Divergence, Point, [number, number, number]][] = [
    ['two modes', 'forward', [1, 0], [0, 3.162278, 0.461995]],
    ['two modes', 'reverse', [2, 0], [2.9843, 1.0234, 0.68877]],
    ['two modes', 'reverse', [-2, 0], [-2.9843, 1.0234, 0.68877]],
    ['two modes', 'reverse', [0, 1], [0, 2.7438, 0.84062]],
    ['two modes', 'jeffreys', [1, 1], [0, 2.8241, 1.32004]],
    ['two modes', 'jensenShannon', [0.5, 1], [0, 3.1198, 0.12841]],
    ['two modes', 'jensenShannon', [-4, -0.7], [-2.9687, 1.0493, 0.21408]],
    ['two modes', 'alpha', [1, 1], [0, 3.0499, 0.56436]],
    ['unequal modes', 'forward', [1, 0], [-1.2, 2.925748, 0.466189]],
    ['unequal modes', 'reverse', [-2, 0], [-2.9905, 1.0147, 0.35403]],
    ['unequal modes', 'reverse', [4, -0.5], [2.9734, 1.0379, 1.19668]],
  ]
  // that a fit goes on where a dispatch ended is the same for all of them; a pipeline is of one divergence
  const ofEach = minima.filter(([, kind], i) => i === minima.findIndex(([, other]) => other === kind))
  const waiting = variant === 'webgpu, workgroup' ? casesOf(minima, ofEach) : minima
  it.each(variant.includes('cut') ? minima.slice(0, 1) : waiting)(
    'finds the minimum for %s: %s from %o is %o',
    async (name, divergence, start, minimum) => {
      const options = { divergence, alpha: 0.5, optimizer: 'adam', learningRate: 0.05, steps: 600 } as const
      const [row] = await fitted(backend, targets[name], [start], options)
      const [mean, sd, value] = minimum
      expect(Math.abs(row[0] - mean)).toBeLessThan(1e-3 * sd)
      expect(Math.abs(Math.exp(row[1]) - sd)).toBeLessThan(1e-3 * sd)
      expect(Math.abs(row[6] - value)).toBeLessThan(1e-4)
    },
  )

  it('refuses what it cannot fit, by name', async () => {
    const target = backend.createFitTarget(bimodal)
    const state = stateOf(backend, [
      [0, 0],
      [1, 0],
    ])
    const good = {
      target,
      state,
      divergence: 'reverse',
      optimizer: 'adam',
      learningRate: 0.1,
      steps: 1,
    } as const
    const refused = (change: Partial<FitArguments>, because: RegExp) => {
      expect(() => backend.gaussianFit({ ...good, ...change })).toThrow(RangeError)
      expect(() => backend.gaussianFit({ ...good, ...change })).toThrow(because)
    }
    const narrow = backend.createTensor([2, 6])
    refused({ state: narrow }, /gaussianFit: state.*\[2, 6\].*\[2, 8\]/)
    refused({ firstFit: 1, fits: 2 }, /gaussianFit: fits.*2 rows/)
    refused({ fits: 0 }, /gaussianFit: fits/)
    refused({ steps: 1.5 }, /gaussianFit: steps/)
    refused({ history: narrow }, /gaussianFit: history.*\[2, 6\].*\[1, 2, 4\]/)
    refused({ divergence: 'alpha' }, /gaussianFit: alpha/)
    refused({ divergence: 'alpha', alpha: 1.1 }, /gaussianFit: alpha.*1\.1/)
    refused({ divergence: 'other' as Divergence }, /gaussianFit: divergence other/)
    refused({ optimizer: 'other' as Optimizer }, /gaussianFit: optimizer other/)
    refused({ learningRate: Number.NaN }, /gaussianFit: learningRate/)
    refused({ tolerance: -1 }, /gaussianFit: tolerance/)
    const refusedTarget = (components: MixtureComponent[], because: RegExp) => {
      expect(() => backend.createFitTarget(components)).toThrow(RangeError)
      expect(() => backend.createFitTarget(components)).toThrow(because)
    }
    refusedTarget([], /createFitTarget: components.*0/)
    refusedTarget(mixture(...Array(7).fill([1 / 7, 0, 1])), /createFitTarget: components.*7/)
    refusedTarget(mixture([0.5, 0, 1], [0.4, 0, 1]), /createFitTarget: .*sum to 1/)
    refusedTarget(mixture([1, 0, 0]), /createFitTarget: components\[0\].sd/)
    refusedTarget(mixture([1, Number.NaN, 1]), /createFitTarget: components\[0\].mean/)
    refusedTarget(mixture([1, 0, 1], [0, 0, 1]), /createFitTarget: components\[1\].weight/)
    target.dispose()
    expect(() => backend.gaussianFit(good)).toThrow(/gaussianFit: target was disposed/)
    const plane = backend.createPlaneTarget([{ weight: 1, mean: [0, 0], covariance: [1, 0, 1] }])
    expect(() => backend.gaussianFit({ ...good, target: plane })).toThrow(/gaussianFit: target/)
    for (const tensor of [state, narrow, plane]) tensor.dispose()
    await backend.finished()
  })
})
