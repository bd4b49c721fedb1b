import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import type { Parameter, ParameterValues } from '../../src/labs/lab.ts'
import {
  defaults,
  parse,
  permitted,
  validate,
  validateChange,
  validatePatch,
} from '../../src/labs/parameters.ts'

const width: Parameter = {
  id: 'width',
  kind: 'logNumber',
  label: 'width',
  help: '',
  minimum: 16,
  maximum: 4096,
  integer: true,
  default: 512,
}
const rate: Parameter = {
  id: 'rate',
  kind: 'number',
  label: 'rate',
  help: '',
  minimum: 0,
  maximum: 1,
  default: 0.5,
}
const scheme: Parameter = {
  id: 'scheme',
  kind: 'choice',
  label: 'scheme',
  help: '',
  options: [
    { value: 'unit', label: '1' },
    { value: 'fixed', label: '1/√d' },
  ],
  default: 'unit',
}
const frozen: Parameter = { id: 'frozen', kind: 'flag', label: 'frozen', help: '', default: true }
const list: Parameter = {
  id: 'list',
  kind: 'text',
  label: 'list',
  help: '',
  maximumLength: 20,
  permitted: 'numbers separated by ;',
  fault: (text) =>
    text.split(';').flatMap((part) => (/^\d+$/.test(part) ? [] : [`“${part}” is no number`]))[0],
  default: '1;2',
}
const table = [width, rate, scheme, frozen, list]

describe('validation', () => {
  it('takes the ends of a range and what lies between', () => {
    for (const value of [16, 17, 4096]) expect(validate(width, value)).toBe(value)
    for (const value of [0, 0.3, 1]) expect(validate(rate, value)).toBe(value)
  })

  it.each([
    [width, -5, RangeError],
    [width, 4097, RangeError],
    [width, 64.5, RangeError],
    [width, Number.NaN, RangeError],
    [width, Number.POSITIVE_INFINITY, RangeError],
    [width, '64', TypeError],
    [width, null, TypeError],
    [width, undefined, TypeError],
    [width, [64], TypeError],
    [scheme, 'foo', RangeError],
    [scheme, 1, TypeError],
    [frozen, 'true', TypeError],
    [frozen, 1, TypeError],
    [list, '1;two', RangeError],
    [list, '1'.repeat(21), RangeError],
    [list, 12, TypeError],
  ])('refuses %o = %o by name and range', (parameter, value, kind) => {
    expect(() => validate(parameter, value)).toThrow(kind)
    expect(() => validate(parameter, value)).toThrow(permitted(parameter))
    expect(() => validate(parameter, value)).toThrow(parameter.id)
  })

  it('says what is wrong with a text', () => {
    expect(validate(list, '3;4')).toBe('3;4')
    expect(() => validate(list, '1;two')).toThrow(/list = "1;two".*“two” is no number.*separated by ;/)
    expect(parse(list, '5')).toBe('5')
  })

  it('refuses values that may not be together, and changes nothing', () => {
    const lab = {
      parameters: table,
      conflict: (values: ParameterValues) =>
        (values.rate as number) > 0.5 && values.frozen
          ? { ids: ['rate', 'frozen'], message: 'rate = 0.9 is not permitted while frozen' }
          : undefined,
    }
    const now = defaults(table)
    expect(validateChange(lab, { rate: 0.4 }, now)).toEqual({ rate: 0.4 })
    expect(validateChange(lab, { rate: 0.9, frozen: false }, now)).toEqual({ rate: 0.9, frozen: false })
    expect(() => validateChange(lab, { rate: 0.9 }, now)).toThrow(RangeError)
    expect(() => validateChange(lab, { rate: 0.9 }, { ...now, frozen: false })).not.toThrow()
  })

  it('keeps messages about long values short', () => {
    for (const value of ['x'.repeat(10_000), { deep: 'x'.repeat(10_000) }])
      try {
        validate(width, value)
        expect.unreachable()
      } catch (fault) {
        expect((fault as Error).message.length).toBeLessThan(150)
      }
  })

  it('takes a patch whole or not at all', () => {
    expect(validatePatch(table, { width: 64, frozen: false })).toEqual({ width: 64, frozen: false })
    expect(() => validatePatch(table, { width: 64, rate: 2, scheme: 'foo' })).toThrow(/rate.*scheme/)
    expect(() => validatePatch(table, { nonsense: 1 })).toThrow(RangeError)
    expect(() => validatePatch(table, { width: 'a' })).toThrow(TypeError)
    expect(() => validatePatch(table, { width: 'a', rate: 2 })).toThrow(RangeError)
    expect(() => validatePatch(table, null as never)).toThrow(TypeError)
    expect(() => validatePatch(table, JSON.parse('{"__proto__": 1}'))).toThrow(RangeError)
  })
})

describe('text', () => {
  it('gives back every permitted number exactly', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (value) => {
        expect(parse(rate, String(value))).toBe(value)
      }),
    )
  })

  it.each(['', ' ', 'abc', '1,5', '1 2', 'NaN', '0x', '--1', 'Infinity', '1e9'])('refuses “%s”', (text) => {
    expect(() => parse(rate, text)).toThrow(/rate/)
  })

  it('never yields a value that is not permitted', () => {
    fc.assert(
      fc.property(fc.constantFrom(...table), fc.string(), (parameter, text) => {
        try {
          const value = parse(parameter, text)
          expect(validate(parameter, value)).toBe(value)
        } catch (fault) {
          expect(fault).toBeInstanceOf(Error)
          expect((fault as Error).message).toContain(permitted(parameter))
        }
      }),
    )
  })
})

describe('the tables of the labs', () => {
  it.each(labs.map((lab) => [lab.id, lab] as const))(
    '%s: ids are unique, defaults and story patches are permitted',
    (_, lab) => {
      const ids = lab.parameters.map((parameter) => parameter.id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const reserved of ['lab', 'story', 'theme', 'backend']) expect(ids).not.toContain(reserved)
      validatePatch(lab.parameters, defaults(lab.parameters))
      for (const step of lab.story) validateChange(lab, step.patch, defaults(lab.parameters))
      for (const parameter of lab.parameters) expect(parameter.help).not.toBe('')
    },
  )
})

it('names the parameter whatever the value is', () => {
  const circular: Record<string, unknown> = {}
  circular.itself = circular
  for (const value of [5n, circular, Symbol('five'), () => 5, null, undefined, [1], 'x'.repeat(99)])
    for (const parameter of table) expect(() => validate(parameter, value)).toThrow(parameter.id)
})
