import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNumber } from '../../src/app/format.ts'
import { labs } from '../../src/labs/index.ts'
import { componentsFault, parseComponents } from '../../src/labs/kl/components.ts'
import { listedNumber, numberOf } from '../../src/labs/numberText.ts'
import type { NumberParameter } from '../../src/labs/parameter.ts'
import { parse } from '../../src/labs/validation.ts'

const within = (minimum: number, maximum: number) => (value: number) => value >= minimum && value <= maximum
const whole = (value: number) => Number.isInteger(value)

describe('a number in a text', () => {
  it.each([
    ['12', 12],
    [' 0.5 ', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['+3', 3],
    ['-1e-1', -0.1],
    ['1E5', 1e5],
    // U+2212, a full-width sign, an en dash
    ['−1e−1', -0.1],
    ['－2', -2],
    ['–2', -2],
    ['0,5', 0.5],
    ['−0,02', -0.02],
    ['1,500', 1500],
    ['1,234,567', 1234567],
    ['1,234.5', 1234.5],
    ['1.234,5', 1234.5],
    ['12 345', 12345],
    ['12\u202f345,6', 12345.6],
    ['12’345', 12345],
    ['1,5e3', 1500],
    ['0,500', 0.5],
    ['4.2 × 10⁻⁵', 4.2e-5],
    ['4,2·10^-5', 4.2e-5],
    ['10⁻³', 1e-3],
    ['-10^3', -1000],
    ['1e400', Number.POSITIVE_INFINITY],
    ['−∞', Number.NEGATIVE_INFINITY],
  ])('%j is %d', (text, value) => expect(numberOf(text)).toBe(value))

  it.each([
    '',
    ' ',
    'x',
    '0x10',
    '0b11',
    '0o7',
    '1_000',
    '1e',
    '--1',
    '1,2,3',
    '1.2.3',
    '1,23,456',
    'NaN',
    '1 2',
    '5 %',
    '10^',
    '1,2.3,4',
  ])('%j is none', (text) => expect(numberOf(text)).toBeUndefined())

  it.each([
    ['1,500', within(-100, 100), 1.5],
    ['12,345', within(-100, 100), 12.345],
    ['−12,345', within(-100, 100), -12.345],
    ['1,500', within(0, 1e4), 1500],
    ['1.500', within(0, 1e4), 1.5],
    ['1.500', whole, 1500],
    ['1.500.000', whole, 1500000],
    // neither fits: the message names the likelier one
    ['12,345', within(0, 1), 12345],
  ] as const)('%j is read by what is permitted', (text, permitted, value) =>
    expect(numberOf(text, permitted)).toBe(value),
  )

  it('is read back as the page writes it, and as scripts do', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), (value) => {
        const shown = formatNumber(value)
        // the page writes five digits, or four with a power of ten
        expect(Math.abs(numberOf(shown)! - value)).toBeLessThanOrEqual(5.01e-4 * Math.abs(value))
        expect(numberOf(String(value))).toBe(value === 0 ? numberOf('0') && 0 : value)
      }),
    )
  })

  it('has no comma in a list, where a comma separates', () => {
    expect(listedNumber('−1e−1')).toBe(-0.1)
    expect(listedNumber('1,5')).toBeUndefined()
    expect(componentsFault('0.5,−3,1;0.5,3,1e−1')).toBeUndefined()
    expect(parseComponents('0.5,−3,1;0.5,3,1e−1')).toEqual([
      { weight: 0.5, mean: -3, sd: 1 },
      { weight: 0.5, mean: 3, sd: 0.1 },
    ])
    expect(componentsFault('1,0x10,1')).toMatch(/mean 0x10 of component 1 is no number/)
  })

  it('is read alike by every number parameter of every lab', () => {
    for (const lab of labs)
      for (const parameter of lab.parameters)
        if (parameter.kind === 'number' || parameter.kind === 'logNumber') {
          const { minimum, maximum } = parameter as NumberParameter
          for (const value of [minimum, maximum]) {
            expect(parse(parameter, String(value).replaceAll('-', '−'))).toBe(value)
            if (!Number.isInteger(value))
              expect(parse(parameter, String(value).replace('.', ','))).toBe(value)
          }
          expect(() => parse(parameter, '0x10')).toThrow(TypeError)
        }
  })
})
