import { describe, expect, it } from 'vitest'
import { verdict } from '../../src/app/compare/table.ts'
import { toJson } from '../../src/app/export/csv.ts'
import {
  formatField,
  formatMetric,
  formatMilliseconds,
  formatNumber,
  formatRate,
  spokenDigits,
} from '../../src/app/format.ts'
import { shortened } from '../../src/app/notices.ts'
import { readoutRows } from '../../src/app/readouts.ts'
import { failed } from '../../src/engine/compare/contestant.ts'
import { type CompareRow, defaultRepeats } from '../../src/engine/protocol.ts'

describe('numbers on the page', () => {
  it.each([
    [117.40543, '117.41'],
    [10.8249, '10.825'],
    [50257, '50,257'],
    [0, '0'],
    [0.0000442, '4.420 × 10⁻⁵'],
    [-2.5e12, '−2.500 × 10¹²'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '−∞'],
    [Number.NaN, '–'],
  ])('%f is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('have three digits where they are read aloud', () => {
    expect(formatNumber(0.830366, 3)).toBe('0.830')
    expect(formatNumber(3.16228, 3)).toBe('3.16')
    expect(formatMetric([0.19000012, Number.POSITIVE_INFINITY], 3)).toBe('0.190, ∞')
  })

  it('metrics may be missing, texts or lists', () => {
    expect(formatMetric(undefined)).toBe('–')
    expect(formatMetric('unit')).toBe('unit')
    expect(formatMetric([1, Number.POSITIVE_INFINITY])).toBe('1, ∞')
  })

  it('that are read aloud have three digits, and whole numbers all of theirs', () => {
    const spoken = [117.40543, 10.8249, 50257, 409690.4, 0.0000442].map((one) =>
      formatNumber(one, spokenDigits),
    )
    expect(spoken).toEqual(['117', '10.8', '50,257', '410,000', '4.42 × 10⁻⁵'])
    expect(formatMetric([96.18, 0.4], spokenDigits)).toBe('96.2, 0.400')
  })

  it('times and rates take the unit that reads best', () => {
    expect([0.84, 12.34, 456.7, 1520, Number.NaN].map(formatMilliseconds)).toEqual([
      '0.840 ms',
      '12.3 ms',
      '457 ms',
      '1.52 s',
      '–',
    ])
    expect([12, 3210, 4.5e6, 0, Number.NaN].map(formatRate)).toEqual([
      '12.0 MFLOP/s',
      '3.21 GFLOP/s',
      '4.50 TFLOP/s',
      '–',
      '–',
    ])
  })

  it('fields hold digits that can be typed back', () => {
    expect(formatField(50257)).toBe('50257')
    expect(Number(formatField(0.044194173824))).toBeCloseTo(0.0441942, 12)
  })

  it('JSON keeps ∞ and NaN', () => {
    expect(
      JSON.parse(toJson({ loss: Number.POSITIVE_INFINITY, own: Number.NaN, list: [-Infinity, 1] })),
    ).toEqual({
      loss: 'Infinity',
      own: 'NaN',
      list: ['-Infinity', 1],
    })
  })
})

describe('a long notice', () => {
  it('stops after eight lines and says how many are left', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
    expect(shortened(lines)).toHaveLength(8)
    expect(shortened(lines).at(-1)).toBe('and 13 more.')
    expect(shortened(lines.slice(0, 8))).toEqual(lines.slice(0, 8))
  })
})

describe('readouts', () => {
  it('put a prediction beside what it predicts, and nothing else together', () => {
    const rows = readoutRows(
      ['loss', 'lossPredicted', 'ownLogitPredicted', 'lnVocab'].map((metric) => ({ metric, label: metric })),
    )
    expect(rows.map(({ metric, prediction }) => [metric, prediction])).toEqual([
      ['loss', 'lossPredicted'],
      ['ownLogitPredicted', undefined],
      ['lnVocab', undefined],
    ])
  })
})

describe('the verdict of a comparison', () => {
  const row = (kind: CompareRow['kind'], warm: number, more: Partial<CompareRow> = {}): CompareRow => ({
    ...failed,
    kind,
    threads: 1,
    adapter: kind,
    software: false,
    cold: 2 * warm,
    warm,
    device: warm,
    repeats: defaultRepeats,
    ...more,
  })

  it('names the faster one and the ratio, also when WebGPU is slower', () => {
    expect(verdict([row('wasm', 10), row('webgpu', 2)])).toBe(
      'WebGPU is 5.00 times faster than WebAssembly on 1 thread for this work.',
    )
    expect(verdict([row('wasm', 10), row('webgpu', 150, { software: true })])).toMatch(
      /^WebAssembly on 1 thread is 15\.0 times faster than WebGPU \(software adapter\).*real GPU/,
    )
  })

  it('calls a tie a tie and tells what could not run', () => {
    expect(verdict([row('wasm', 10), row('webgpu', 10.2)])).toMatch(/the same time/)
    const failed = row('webgpu', Number.NaN, { error: 'no adapter' })
    expect(verdict([row('wasm', 10), failed])).toBe(
      'Only WebAssembly on 1 thread could run here. WebGPU could not run: no adapter',
    )
  })
})
