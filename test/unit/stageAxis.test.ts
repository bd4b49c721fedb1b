import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  axisTicks,
  createInverse,
  createMapping,
  type Domain,
  equalUnits,
  evenTicks,
  formatPower,
  formatValue,
  resolveDomain,
  Span,
} from '../../src/stage/axis.ts'
import type { Axis } from '../../src/stage/contract.ts'

const linear: Axis = { label: 'x', scale: 'linear' }
const log: Axis = { label: 'x', scale: 'log' }

function spanOf(...values: number[]): Span {
  const span = new Span()
  for (const value of values) span.include(value)
  return span
}

const texts = (axis: Axis, domain: readonly [number, number], pixels = 400, spacing = 60) =>
  axisTicks(axis, domain, pixels, spacing)
    .map((tick) => tick.text)
    .filter(Boolean)

describe('domains', () => {
  test('what is asked for is kept, also when reversed', () => {
    expect(resolveDomain({ ...linear, domain: [3, -7] }, spanOf(0, 100))).toEqual([3, -7])
  })

  test('ends that are unusable fall back to the marks', () => {
    expect(resolveDomain({ ...linear, domain: [Number.NaN, 8] }, spanOf(2, 5))).toEqual([2, 8])
    expect(resolveDomain({ ...log, domain: [0, 100] }, spanOf(-3, 0.5, 20))).toEqual([0.5, 100])
    expect(resolveDomain({ ...log, domain: [-1, Infinity] }, spanOf(2, 50))).toEqual([2, 50])
  })

  test('infinities and NaN do not widen a span', () => {
    expect(resolveDomain(log, spanOf(1, Infinity, Number.NaN, 1000))).toEqual([1, 1000])
  })

  test('nothing to show still gives an interval', () => {
    expect(resolveDomain(linear, new Span())).toEqual([0, 1])
    expect(resolveDomain(log, new Span())).toEqual([1, 10])
    expect(resolveDomain(log, spanOf(-5, 0))).toEqual([1, 10])
  })

  test('a single value lies in the middle', () => {
    expect(resolveDomain(linear, spanOf(4))).toEqual([2, 6])
    const [low, high] = resolveDomain(log, spanOf(4))
    expect(Math.sqrt(low * high)).toBeCloseTo(4, 12)
  })

  test('is always an interval of finite width', () => {
    const any = fc.double()
    fc.assert(
      fc.property(fc.constantFrom('linear', 'log'), any, any, fc.array(any), (scale, from, to, values) => {
        const [low, high] = resolveDomain({ label: '', scale, domain: [from, to] }, spanOf(...values))
        expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true)
        if (scale === 'log') expect(Math.min(low, high)).toBeGreaterThan(0)
      }),
    )
  })
})

describe('ticks', () => {
  test('a single tick at 0 is written as 0', () => {
    const axis = { label: '', scale: 'linear' as const }
    expect(axisTicks(axis, [-5, 5], 40, 80).map((tick) => tick.text)).toContain('0')
    for (let pixels = 10; pixels < 200; pixels += 10)
      for (const { text } of axisTicks(axis, [-7, 7], pixels, 80)) expect(text.length).toBeLessThan(4)
  })

  test('powers of ten on a logarithmic axis', () => {
    expect(texts(log, [1, 1000], 300, 60)).toEqual(['1', '10', '100', '1,000'])
    expect(texts(log, [1e-6, 1], 200, 20)).toEqual(['10⁻⁶', '10⁻⁵', '10⁻⁴', '10⁻³', '10⁻²', '10⁻¹', '1'])
  })

  test('not all powers where they would be crowded', () => {
    expect(texts(log, [1e-8, 1], 100, 25)).toEqual(['10⁻⁶', '10⁻³', '1'])
  })

  test('twos and fives where few powers lie in the interval', () => {
    expect(texts(log, [8, 400], 400, 34)).toEqual(['10', '20', '50', '100', '200'])
  })

  test('less than a decade is labelled as a linear axis', () => {
    expect(texts(log, [2, 4], 300, 60)).toEqual(['2.0', '2.5', '3.0', '3.5', '4.0'])
  })

  test('plain numbers with one number of decimals', () => {
    expect(texts(linear, [-0.4, 0.4], 300, 60)).toEqual(['−0.4', '−0.2', '0', '0.2', '0.4'])
    expect(texts(linear, [0, 50_000], 300, 80)).toEqual(['0', '20,000', '40,000'])
    expect(texts(linear, [0, 4e6], 300, 60)).toEqual(['0', '1M', '2M', '3M', '4M'])
    // letters up to millions, powers beyond, so that no axis has 600T where another has 10¹⁵
    expect(texts(linear, [0, 6e14], 300, 100)).toEqual(['0', '2×10¹⁴', '4×10¹⁴', '6×10¹⁴'])
    expect(texts(linear, [-1e15, 0], 300, 150)).toEqual(['−10¹⁵', '−5×10¹⁴', '0'])
    expect(texts(linear, [0, 3e-7], 300, 80)).toEqual(['0', '10⁻⁷', '2×10⁻⁷', '3×10⁻⁷'])
  })

  test('given values are used, those inside', () => {
    expect(texts({ ...log, ticks: [4, 16, 64, 4096] }, [16, 4096])).toEqual(['16', '64', '4,096'])
  })

  test('never leave the interval, whatever it is', () => {
    const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true })
    fc.assert(
      fc.property(
        fc.constantFrom('linear', 'log'),
        positive,
        positive,
        fc.integer({ min: 1, max: 4000 }),
        (scale, a, b, pixels) => {
          fc.pre(a !== b)
          const ticks = axisTicks({ label: '', scale }, [a, b], pixels, 50)
          expect(ticks.length).toBeLessThan(4000)
          const [low, high] = [Math.min(a, b), Math.max(a, b)]
          for (const { value } of ticks) {
            expect(value).toBeGreaterThanOrEqual(low * (1 - 1e-6))
            expect(value).toBeLessThanOrEqual(high * (1 + 1e-6))
          }
        },
      ),
    )
  })
})

describe('numbers that do not all fit', () => {
  const ticks = axisTicks(linear, [-124, 124], 1000, 70)
  const values = (enough: (count: number) => boolean) =>
    evenTicks(ticks, (kept) => enough(kept.length)).map((tick) => tick.value)

  test('are left out evenly, from zero', () => {
    expect(values(() => true)).toHaveLength(13)
    expect(values((count) => count < 13)).toEqual([-120, -80, -40, 0, 40, 80, 120])
    expect(values((count) => count < 7)).toEqual([-100, 0, 100])
    expect(values(() => false)).toHaveLength(13)
  })
})

describe('mappings', () => {
  test('reach both ends of the range', () => {
    const y = createMapping('log', [1e-6, 1], [300, 20])
    expect(y(1e-6)).toBeCloseTo(300, 9)
    expect(y(1)).toBeCloseTo(20, 9)
    expect(y(1e-3)).toBeCloseTo(160, 9)
  })

  test('a logarithm of zero or less is nowhere', () => {
    const y = createMapping('log', [1, 10], [0, 1])
    expect(y(0)).toBeNaN()
    expect(y(-1)).toBeNaN()
  })

  test('the widest domain does not overflow', () => {
    const x = createMapping('linear', [-1.7e308, 1.7e308], [0, 100])
    expect(x(0)).toBeCloseTo(50, 9)
    expect(x(1.7e308)).toBeCloseTo(100, 9)
  })
})

test.each([
  [0, '0'],
  [11.32493, '11.325'],
  [262_144, '262,144'],
  [0.84749, '0.84749'],
  [1e-8, '10⁻⁸'],
  [-2.5e-7, '−2.5×10⁻⁷'],
  [1.23456e9 + 0.5, '1.2346×10⁹'],
  [Infinity, '∞'],
  [-Infinity, '−∞'],
  [Number.NaN, 'not a number'],
])('hover writes %d as %s', (value, text) => {
  expect(formatValue(value)).toBe(text)
})

test('powers', () => {
  expect(formatPower(1e-4)).toBe('10⁻⁴')
  expect(formatPower(-1e5)).toBe('−10⁵')
  expect(formatPower(3.2e12)).toBe('3.2×10¹²')
})

describe('the way back from pixels', () => {
  test.each([
    ['linear', [-3, 7]],
    ['linear', [7, -3]],
    ['linear', [-1e308, 1e308]],
    ['log', [1e-6, 1e3]],
    ['log', [100, 0.1]],
  ] as const)('undoes a %s mapping of %j', (scale, domain) => {
    const range: Domain = [40, 340]
    const pixel = createMapping(scale, domain, range)
    const value = createInverse(scale, domain, range)
    for (const at of [40, 99.5, 200, 340]) expect(pixel(value(at))).toBeCloseTo(at, 6)
  })
})

describe('equal units', () => {
  const unitsOf = ({ x, y }: { x: Domain; y: Domain }, width: number, height: number) => [
    width / Math.abs(x[1] - x[0]),
    height / Math.abs(y[1] - y[0]),
  ]

  test('widen the axis with room to spare around its middle, and never cut the other', () => {
    expect(equalUnits([-4, 4], [-4, 4], 800, 400)).toEqual({ x: [-8, 8], y: [-4, 4] })
    expect(equalUnits([-4, 4], [0, 2], 400, 400)).toEqual({ x: [-4, 4], y: [-3, 5] })
    expect(equalUnits([-1, 1], [-1, 1], 300, 300)).toEqual({ x: [-1, 1], y: [-1, 1] })
  })

  test('keep the direction of a reversed axis', () => {
    expect(equalUnits([4, -4], [-4, 4], 800, 400)).toEqual({ x: [8, -8], y: [-4, 4] })
  })

  test('are equal for any domains and sizes', () => {
    const ends = fc.tuple(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.double({ min: 0.1, max: 1e3, noNaN: true }),
    )
    fc.assert(
      fc.property(
        ends,
        ends,
        fc.integer({ min: 30, max: 4000 }),
        fc.integer({ min: 30, max: 4000 }),
        (x, y, width, height) => {
          const given: { x: Domain; y: Domain } = { x: [x[0], x[0] + x[1]], y: [y[0], y[0] + y[1]] }
          const equal = equalUnits(given.x, given.y, width, height)
          const [across, upward] = unitsOf(equal, width, height)
          expect(across / upward).toBeCloseTo(1, 6)
          expect(across).toBeCloseTo(Math.min(...unitsOf(given, width, height)), 3)
        },
      ),
    )
  })
})
