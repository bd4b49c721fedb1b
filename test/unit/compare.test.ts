/** Comparisons of made-up backends, whose times are known. */
import { describe, expect, it } from 'vitest'
import { conclusion, crossings } from '../../src/app/compare/crossing.ts'
import { compare } from '../../src/engine/compare/index.ts'
import { spreadOf } from '../../src/engine/compare/statistics.ts'
import type { CompareProgress } from '../../src/engine/protocol.ts'
import { madeUp, moved, type Nature, operations } from './madeUpBackends.ts'

type Natures = Parameters<typeof madeUp>[0]

const constant = (milliseconds: number) => () => milliseconds

async function compared(
  natures: Natures,
  sizes: readonly number[] = [],
  repeats = 3,
  cancelled: (progress: readonly CompareProgress[]) => boolean = () => false,
) {
  const { experiment, surroundings, open, now } = madeUp(natures)
  const progress: CompareProgress[] = []
  const rows = compare(
    experiment,
    { size: 1 },
    { repeats, sizes: sizes.map((size) => ({ size, values: { size } })) },
    surroundings,
    (one) => progress.push(one),
    () => cancelled(progress),
  )
  return {
    rows: await rows.catch((fault: Error) => Promise.reject(Object.assign(fault, { open }))),
    progress,
    open,
    now,
  }
}

describe('a spread', () => {
  it('is the median and the quartiles of the samples', () => {
    expect(spreadOf([4, 1, 3, 2, 5])).toEqual({ median: 3, quartiles: [2, 4] })
    expect(spreadOf([1, 2, 3, 4])).toEqual({ median: 2.5, quartiles: [1.75, 3.25] })
    expect(spreadOf([7])).toEqual({ median: 7, quartiles: [7, 7] })
    expect(spreadOf([]).median).toBeNaN()
  })
})

describe('a comparison', () => {
  const runs: Nature['time'] = (_, run) => [50, 10, 30, 20, 11, 31, 21][run]

  it('times opening, compilation, the first run and the warm ones apart', async () => {
    const { rows, open } = await compared({
      one: { opening: 5, time: runs, result: 1 },
      webgpu: { opening: 100, compilation: 40, time: runs, latency: 2, result: 1.005 },
    })
    expect(open).toEqual([])
    const [wasm, webgpu] = rows
    expect(rows).toHaveLength(2)
    expect(wasm).toMatchObject({
      kind: 'wasm',
      threads: 1,
      opening: 5,
      compilation: 0,
      firstRun: 50,
      cold: 55,
    })
    expect(wasm).toMatchObject({
      samples: [10, 30, 20],
      warm: 20,
      quartiles: [15, 25],
      spread: [10, 30],
      repeats: 3,
    })
    expect(webgpu).toMatchObject({ kind: 'webgpu', opening: 100, compilation: 40, firstRun: 52, cold: 192 })
    expect(webgpu).toMatchObject({ samples: [12, 32, 22], warm: 22, device: 21, deviceSamples: [11, 31, 21] })
    expect(webgpu).toMatchObject({ uploadedBytes: moved.uploaded, readBytes: moved.read })
    expect(webgpu.gigaflopsPerSecond).toBeCloseTo(operations / 22e6, 9)
  })

  it('holds the results to the first one, with the tolerance of the work', async () => {
    const { rows } = await compared({
      one: { time: constant(1), result: 1 },
      all: { threads: 4, time: constant(1), result: 1 },
      webgpu: { time: constant(1), result: 1.5 },
    })
    expect(rows.map(({ largestDifference }) => largestDifference)).toEqual([0, 0, 0.5])
    expect(rows.map(({ tolerance }) => tolerance)).toEqual([0.01, 0.01, 0.01])
  })

  it('has a row for all threads where there are more than one', async () => {
    const time = constant(1)
    const threads = async (natures: Natures) =>
      (await compared(natures)).rows.map((row) => [row.kind, row.threads])
    expect(await threads({ one: { time }, all: { threads: 4, time }, webgpu: { time } })).toEqual([
      ['wasm', 1],
      ['wasm', 4],
      ['webgpu', 1],
    ])
    expect(await threads({ one: { time }, all: { threads: 1, time }, webgpu: { time } })).toEqual([
      ['wasm', 1],
      ['webgpu', 1],
    ])
  })

  it('gives the rate at work as a share of the best of several products', async () => {
    const product = (rows: number) => ({ 256: 8, 512: 20 })[rows] ?? 5
    // 1e9 operations in 100 ms at work are 10 GFLOP/s
    const { rows } = await compared({
      one: { time: constant(100), product },
      webgpu: { time: constant(100), latency: 60, product },
    })
    for (const { peak, shareOfPeak } of rows) {
      expect(peak).toMatchObject({ gigaflopsPerSecond: 20 })
      expect(peak?.shape[0]).toBe(512)
      expect(shareOfPeak).toBeCloseTo(0.5, 9)
    }
  })

  it('tells why a backend could not run, and measures the others', async () => {
    const { rows } = await compared({ webgpu: { time: constant(1) } })
    expect(rows.map(({ kind, error }) => [kind, error])).toEqual([
      ['wasm', 'There is no wasm.'],
      ['webgpu', undefined],
    ])
  })

  it('counts its progress from nothing to all', async () => {
    const { progress } = await compared({ one: { time: constant(1) }, webgpu: { time: constant(1) } }, [1, 2])
    const counts = progress.map(({ done }) => done)
    expect(counts[0]).toBe(0)
    expect(counts).toEqual(counts.toSorted((one, other) => one - other))
    expect(Math.max(...counts)).toBe(progress[0].total - 1)
  })

  it.each(['run 2 of 3', 'size 2'])(
    'that is cancelled at %s ends soon, and closes its backend',
    async (moment) => {
      const time = constant(1000)
      let at = 0
      const cancelled = compared({ one: { time }, webgpu: { time } }, [1, 2, 4], 3, (progress) => {
        at ||= progress.some(({ doing }) => doing === moment) ? progress.length : 0
        return at > 0
      })
      const fault = await cancelled.catch((one) => one)
      expect(fault).toMatchObject({ name: 'AbortError', open: [] })
    },
  )
})

describe('curves', () => {
  const sizes = [1, 2, 4, 8, 16]
  const curveOf = async (nature: Nature, repeats = 3) =>
    (await compared({ one: nature }, sizes, repeats)).rows[0].curve!

  it('have the median and the quartiles of each size, without the first run', async () => {
    const { points, omitted } = await curveOf({ time: (size, run) => size * ([50, 10, 30, 20][run] ?? 20) })
    expect(omitted).toEqual([])
    expect(points.map(({ size }) => size)).toEqual(sizes)
    for (const { size, median, quartiles, samples } of points) {
      expect(median).toBeCloseTo(20 * size, 9)
      expect(quartiles[0]).toBeCloseTo(15 * size, 9)
      expect(quartiles[1]).toBeCloseTo(25 * size, 9)
      expect(samples).toHaveLength(3)
    }
  })

  it('end with a size that takes more than five seconds', async () => {
    // a point of ten runs takes 1.1, 2.2, 4.4 and 8.8 s
    const { points, omitted } = await curveOf({ time: (size) => 100 * size }, 10)
    expect(points.map(({ size }) => size)).toEqual([1, 2, 4, 8])
    // and begins no further run after five seconds
    expect(points.map(({ samples }) => samples.length)).toEqual([10, 10, 10, 6])
    expect(omitted).toEqual([
      { size: 16, reason: expect.stringMatching(/ends at 8, which takes more than 5 s \(5\.6 s\)/) },
    ])
  })

  it('leave out a size whose first run alone takes longer, and give up one that does not end', async () => {
    const slow = await curveOf({ time: (size) => (size < 4 ? 1 : 6000) })
    expect(slow.points.map(({ size }) => size)).toEqual([1, 2])
    expect(slow.omitted[0]).toEqual({
      size: 4,
      reason: expect.stringMatching(/first run takes more than 5 s \(6\.0 s\)/),
    })
    const endless = await curveOf({ time: (size) => (size < 4 ? 1 : 1e6) })
    expect(endless.omitted.map(({ size }) => size)).toEqual([4, 8, 16])
    expect(endless.omitted[0].reason).toMatch(/more than 5 s \(125\.0 s\)/)
  })

  it('leave out a size that the backend cannot hold, with its reason, and all that is larger', async () => {
    const { points, omitted } = await curveOf({
      time(size) {
        if (size >= 8) throw new RangeError(`A tensor of ${size} GB exceeds the limit of 4 GB`)
        return size
      },
    })
    expect(points.map(({ size }) => size)).toEqual([1, 2, 4])
    expect(omitted).toEqual([
      { size: 8, reason: 'A tensor of 8 GB exceeds the limit of 4 GB.' },
      { size: 16, reason: 'The curve ends before 8, which could not run.' },
    ])
  })
})

describe('the crossing', () => {
  const power =
    (factor: number, exponent: number): Nature['time'] =>
    (size) =>
      factor * size ** exponent
  const sizes = [1, 10, 100, 1000]

  it('lies where the times of two power laws are equal', async () => {
    // size² / 100 ms and size ms: equal at 100; and 3 · size at 300
    const { rows } = await compared(
      { one: { time: power(0.003, 2) }, webgpu: { time: power(0.9, 1) } },
      sizes,
    )
    const found = crossings(rows)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ before: 0, after: 1, between: [100, 1000] })
    expect(found[0].size).toBeCloseTo(300, 6)
    expect(found[0].milliseconds).toBeCloseTo(270, 6)
    expect(conclusion(rows, 'd_model')).toBe(
      'Below d_model = 300 WebAssembly on 1 thread is quicker; above it WebGPU.',
    )
  })

  it('is one between each two that are the fastest in turn', async () => {
    const { rows } = await compared(
      {
        one: { time: power(0.02, 1) },
        all: { threads: 4, time: power(0.5, 0.5) },
        webgpu: { time: power(40, 0) },
      },
      [1, 10, 100, 1000, 10_000, 100_000],
    )
    expect(crossings(rows).map(({ before, after }) => [before, after])).toEqual([
      [0, 1],
      [1, 2],
    ])
    expect(crossings(rows).map(({ size }) => Math.round(size))).toEqual([625, 6400])
    expect(conclusion(rows, 'starts')).toBe(
      'Below starts = 625 WebAssembly on 1 thread is quicker; above it WebAssembly on 4 threads. From starts = 6,400 on WebGPU is quicker.',
    )
  })

  it('is no change within the spread, and lies where the medians crossed', async () => {
    // equal within 2 % up to 100; from 1000 on WebGPU is clearly quicker
    const wobble = (size: number) => ({ 1: 1, 10: 10.2, 100: 100 })[size] ?? 4 * size
    const { rows } = await compared(
      { one: { time: wobble }, webgpu: { time: (size) => ({ 1: 1.01, 10: 10, 100: 101 })[size] ?? size } },
      sizes,
    )
    const found = crossings(rows)
    expect(found).toMatchObject([{ before: 0, after: 1, between: [100, 1000] }])
    expect(found[0].size).toBeLessThan(105)
  })

  it('is no change while the runs of both overlap', async () => {
    const restless =
      (factor: number): Nature['time'] =>
      (size, run) =>
        factor * size * [1, 0.5, 1, 1.5][run % 4]
    const { rows } = await compared(
      {
        one: { time: (size, run) => restless(1)(size, run) },
        webgpu: { time: (size, run) => restless(size < 100 ? 1.2 : 0.8)(size, run) },
      },
      sizes,
    )
    expect(crossings(rows)).toEqual([])
    expect(conclusion(rows, 'starts')).toBe(
      'WebAssembly on 1 thread is the quickest at 2 of 4 sizes, starts = 1 to 1,000, and at the others none is clearly quicker.',
    )
  })

  it('is none where one is the fastest at every size', async () => {
    const { rows } = await compared({ one: { time: power(2, 1) }, webgpu: { time: power(1, 1) } }, sizes)
    expect(crossings(rows)).toEqual([])
    expect(conclusion(rows, 'd_model')).toBe(
      'WebGPU is quicker at every size that was measured, d_model = 1 to 1,000.',
    )
  })

  it('is not made up where a curve ends', async () => {
    const { rows } = await compared(
      {
        one: { time: power(5, 1) },
        all: { threads: 2, time: power(4, 1) },
        webgpu: {
          time(size) {
            if (size > 10) throw new RangeError('too large')
            return size
          },
        },
      },
      sizes,
    )
    expect(crossings(rows)).toMatchObject([{ before: 2, after: 1, between: [10, 100], size: Number.NaN }])
    expect(conclusion(rows, 'd_model')).toBe(
      'Up to d_model = 10 WebGPU is quicker; it has no time beyond that.',
    )
  })

  it('needs two backends', async () => {
    const { rows } = await compared({ one: { time: power(5, 1) } }, sizes)
    expect(conclusion(rows, 'd_model')).toBe('No size was measured on two backends.')
  })
})
