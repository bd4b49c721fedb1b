/** Saved comparisons against their schema, and the sizes that can be asked for. */
import { describe, expect, it } from 'vitest'
import { type Comparison, concluded, formatName, formatVersion } from '../../src/app/compare/comparison.ts'
import { chosenSizes, type SizeChoice } from '../../src/app/compare/request.ts'
import { toFile, toMarkdown, toTable } from '../../src/app/compare/saved.ts'
import { readComparison } from '../../src/app/compare/schema.ts'
import { compare } from '../../src/engine/compare/index.ts'
import { labs } from '../../src/labs/index.ts'
import { sizeAxes } from '../../src/labs/sizes.ts'
import { defaults } from '../../src/labs/validation.ts'
import { rowsOf } from '../app/saved.ts'
import { madeUp } from './madeUpBackends.ts'

const sizes = [16, 64, 256]

/** A comparison in which WebGPU is missing and a size does not fit. */
async function comparison(withGpu = true): Promise<Comparison> {
  const time = (size: number) => {
    if (size > 64) throw new RangeError('A tensor, "all of it", does not fit | here')
    return size
  }
  const { experiment, surroundings } = madeUp({
    one: { time: (size) => 0.1 * size ** 2 },
    all: { threads: 2, time },
    ...(withGpu && { webgpu: { time: () => 30, latency: 1, result: 3 } }),
  })
  const request = { repeats: 2, sizes: sizes.map((size) => ({ size, values: { size } })) }
  const rows = await compare(
    experiment,
    { size: 16 },
    request,
    surroundings,
    () => {},
    () => false,
  )
  return concluded({
    ...{ format: formatName, formatVersion, natlab: '1.0.0', date: '2026-01-02T03:04:05.678Z' },
    ...{ browser: 'A browser', cores: 8, crossOriginIsolated: true, lab: 'init', title: 'Initialisation' },
    parameters: { dModel: 16, scheme: 'unit', flag: true },
    link: 'https://example.org/#lab=init',
    rows,
    size: { parameter: 'dModel', label: 'd_model', present: 16 },
  })
}

describe('a saved comparison', () => {
  it.each([true, false])('is read as it was, WebGPU there: %s', async (withGpu) => {
    const saved = await comparison(withGpu)
    expect(saved.rows.some(({ error }) => error)).toBe(!withGpu)
    expect(saved.conclusion).toMatch(/quicker/)
    const read = readComparison(toFile(saved))
    expect(read).toEqual(saved)
    expect(toFile(read)).toBe(toFile(saved))
  })

  it('keeps infinity and NaN', async () => {
    const saved = await comparison()
    const [row] = saved.rows
    const odd = {
      ...saved,
      rows: [{ ...row, largestDifference: Number.POSITIVE_INFINITY, tolerance: Number.NaN }],
    }
    expect(readComparison(toFile(odd)).rows[0]).toMatchObject({
      largestDifference: Number.POSITIVE_INFINITY,
      tolerance: Number.NaN,
    })
  })

  it('may have fields of a newer natlab, which are left out', async () => {
    const saved = await comparison()
    const [row, ...others] = saved.rows
    const newer = { ...saved, mood: 'good', rows: [{ ...row, mood: 'good' }, ...others] }
    expect(readComparison(toFile(newer))).toEqual(saved)
  })

  it.each<readonly [change: Record<string, unknown>, message: RegExp]>([
    [{ format: 'a view' }, /no comparison of natlab/],
    [{ formatVersion: 2 }, /written in format 2, and this page reads format 1/],
    [{ date: 'yesterday' }, /date = "yesterday" is not permitted: it is a date/],
    [{ cores: 1.5 }, /cores = 1\.5 is not permitted: it is a whole number/],
    [{ browser: undefined }, /browser is missing/],
    [{ rows: [] }, /rows = \[\] is not permitted: it is a list of 1 to 16 entries/],
    [{ rows: 'none' }, /rows = "none" is not permitted/],
    [{ rows: [{ kind: 'cuda' }] }, /rows\[0\]\.kind = "cuda" is not permitted: it is one of wasm, webgpu/],
    [{ parameters: { a: null } }, /parameters\.a = null is not permitted/],
    // it would be a link on the page
    [{ link: 'javascript:alert(1)' }, /link = "javascript:alert\(1\)" is not permitted/],
  ])('is refused with the place of the fault: %j', async (change, message) => {
    const saved = await comparison()
    expect(() => readComparison(toFile({ ...saved, ...change } as Comparison))).toThrow(message)
  })

  it.each<readonly [change: Record<string, unknown>, message: RegExp]>([
    [{ samples: [1, 'two'] }, /rows\[1\]\.samples\[1\] = "two" is not permitted/],
    [{ quartiles: [1] }, /rows\[1\]\.quartiles = \[1\] is not permitted: it is a list of 2 to 2/],
    [{ warm: null }, /rows\[1\]\.warm = null is not permitted/],
    [{ curve: { points: [{ size: 1 }], omitted: [] } }, /rows\[1\]\.curve\.points\[0\]\.samples is missing/],
  ])('is refused with a fault in a row: %j', async (change, message) => {
    const saved = await comparison()
    const rows = saved.rows.map((row, index) => (index === 1 ? { ...row, ...change } : row))
    expect(() => readComparison(toFile({ ...saved, rows } as Comparison))).toThrow(message)
  })

  it.each(['', '{"format":', 'no JSON', '[]', 'null', '"natlab comparison"'])(
    'is refused if it is %j',
    (file) => {
      expect(() => readComparison(file)).toThrow(/^It is (damaged|no comparison of natlab)/)
    },
  )

  it('is a table of all samples', async () => {
    const saved = await comparison()
    const csv = toTable(saved)
    expect(csv).toContain('# browser: A browser\r\n')
    expect(csv).toMatch(/# .*256: A tensor, "all of it", does not fit/)
    const rows = rowsOf(csv)
    const count = (wanted: Record<string, string>) =>
      rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[name] === value)).length
    // three rows of two runs, on the device too; and the points of the curves
    expect(count({ dModel: '', time: 'warm' })).toBe(6)
    expect(count({ dModel: '', time: 'device' })).toBe(6)
    expect(count({ time: 'opening' })).toBe(3)
    expect(count({ dModel: '64', time: 'warm' })).toBe(6)
    // WebGPU alone
    expect(count({ dModel: '256', time: 'warm' })).toBe(2)
    expect(rows.find((row) => row.dModel === '64' && row.threads === '2')?.milliseconds).toBe('64')
  })

  it('is Markdown with a table of the backends and one of the sizes', async () => {
    const text = toMarkdown(await comparison())
    const lines = text.split('\n')
    const widths = (begin: string) =>
      lines.filter((line) => line.startsWith(begin)).map((line) => line.split(/(?<!\\)\|/).length)
    expect(new Set(widths('|'))).toEqual(new Set([6]))
    expect(text).toContain('| WebAssembly on 1 thread | WebAssembly on 2 threads | WebGPU |')
    expect(text).toMatch(/Below d_model = [\d.]+ WebAssembly on 2 threads is quicker; above it WebGPU/)
    expect(text).toContain('- cores that the browser offers: 8')
  })
})

describe('the sizes of a comparison', () => {
  const chosen = (id: string, choice: unknown, values = {}) => {
    const lab = labs.find((one) => one.id === id)!
    return chosenSizes(lab, choice as SizeChoice, defaults(lab.parameters, values))
  }

  it.each(Object.entries(sizeAxes).flatMap(([lab, axes]) => axes.map((axis) => [lab, axis] as const)))(
    'are the range of the lab %s: $parameter',
    (lab, { parameter, values }) => {
      const { sizes, parameter: own } = chosen(lab, { parameter })!
      expect(own.id).toBe(parameter)
      expect(sizes.map(({ size }) => size)).toEqual(values)
      for (const { size, values } of sizes) expect(values[parameter]).toBe(size)
    },
  )

  it('are known for every lab', () => {
    expect(Object.keys(sizeAxes).sort()).toEqual(labs.map(({ id }) => id).sort())
  })

  it('are the usual ones, a list, or a list of a named size; in ascending order, each once', () => {
    expect(chosen('init', true)?.parameter.id).toBe('dModel')
    expect(chosen('init', [512, 64, 64])?.sizes.map(({ size }) => size)).toEqual([64, 512])
    const named = chosen('init', { parameter: 'vocab', values: [4000] }, { dModel: 64 })
    expect(named).toMatchObject({
      present: 50_257,
      sizes: [{ size: 4000, values: { vocab: 4000, dModel: 64 } }],
    })
    expect(chosen('init', undefined)).toBeUndefined()
    expect(chosen('init', [])?.sizes).toEqual([])
  })

  it('have the present one if it is the same work', () => {
    expect(chosen('vib', { parameter: 'betaCount' })?.present).toBeUndefined()
    const sweep = { mode: 'sweep', seeds: 1, betaCount: 7 }
    expect(chosen('vib', { parameter: 'betaCount' }, sweep)?.present).toBe(7)
    // the loop has at least 256 starts
    expect(chosen('kl', true, { starts: 0 })?.present).toBe(256)
  })

  it.each<readonly [lab: string, choice: unknown, message: RegExp]>([
    ['init', [5], /^RangeError: dModel = 5 is not permitted: dModel is a whole number from 16 to 4,096\.$/],
    ['init', [64, Number.NaN], /^RangeError: dModel = NaN is not permitted/],
    ['init', ['64'], /^TypeError: dModel = "64" is not permitted/],
    ['init', 'all', /^TypeError: sizes = "all" is not permitted/],
    ['init', null, /^TypeError: sizes = null is not permitted/],
    ['init', { parameter: 'vocab', values: 5 }, /^TypeError: sizes = 5 is not permitted/],
    [
      'init',
      { parameter: 'seed' },
      /^RangeError: "seed" is no size of this lab: its sizes are dModel, vocab, tokens\.$/,
    ],
    ['init', Array.from({ length: 33 }, (_, index) => 16 + index), /^RangeError: 33 sizes are too many/],
    ['kl', [64], /^RangeError: starts = 64 is not permitted: as a size it is at least 256/],
    ['training', [66], /^RangeError: dModel = 66 is not permitted with heads = 4/],
    ['vib', { parameter: 'betaCount', values: [40] }, /^RangeError: betaCount = 40 .*from 2 to 33/],
  ])('are refused with the range: %s, %j', (lab, choice, message) => {
    let refusal = ''
    try {
      chosen(lab, choice)
    } catch (fault) {
      refusal = String(fault)
    }
    expect(refusal).toMatch(message)
  })
})
