import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import type { Lab } from '../../src/labs/lab.ts'
import type { Parameter, ParameterValues } from '../../src/labs/parameter.ts'
import {
  defaults,
  parse,
  permitted,
  resolved,
  validate,
  validateChange,
  validateOpening,
  validatePatch,
} from '../../src/labs/validation.ts'

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

describe('a range that depends on other values', () => {
  const view: Parameter = {
    id: 'view',
    kind: 'choice',
    label: '',
    help: '',
    options: ['still', 'moving'].map((value) => ({ value, label: value })),
    default: 'still',
  }
  const vocabulary: Parameter = {
    ...width,
    id: 'vocabulary',
    minimum: 1000,
    maximum: 262144,
    default: 50257,
    when: ({ view, words }) =>
      view === 'moving'
        ? {
            minimum: 50,
            maximum: words as number,
            default: 4096,
            step: 2,
            because: `the text has ${words} words`,
          }
        : undefined,
  }
  const words: Parameter = { ...width, id: 'words', minimum: 60, maximum: 30000, default: 24871 }
  // a dependent parameter comes before the one that it depends on
  const lab = { parameters: [vocabulary, view, words, rate] }
  const still = defaults(lab.parameters)
  const moving = defaults(lab.parameters, { view: 'moving' })

  it('has the range, the step and the default that the others give it', () => {
    expect(still.vocabulary).toBe(50257)
    expect(moving).toEqual({ vocabulary: 4096, view: 'moving', words: 24871, rate: 0.5 })
    expect(resolved(vocabulary, moving)).toMatchObject({ minimum: 50, maximum: 24871, step: 2 })
    expect(resolved(vocabulary, still)).toBe(vocabulary)
    expect(resolved(rate, moving)).toBe(rate)
  })

  it('has a default inside its range whatever the others are', () => {
    expect(defaults(lab.parameters, { view: 'moving', words: 100 }).vocabulary).toBe(100)
    expect(defaults(lab.parameters, { view: 'moving', words: 100, vocabulary: 70 }).vocabulary).toBe(70)
  })

  it('tells the range as it is, and why where it is narrower than the table’s', () => {
    const refusal = (value: number) => {
      try {
        validateChange(lab, { vocabulary: value }, moving)
      } catch (fault) {
        return (fault as Error).message
      }
      return 'permitted'
    }
    const range = 'vocabulary is a whole number from 50 to 24,871.'
    expect(refusal(50000)).toBe(`vocabulary = 50000 is not permitted: the text has 24871 words; ${range}`)
    expect(refusal(-5)).toBe(`vocabulary = -5 is not permitted: ${range}`)
    expect(refusal(70.5)).toBe(`vocabulary = 70.5 is not permitted: ${range}`)
    expect(refusal(60)).toBe('permitted')
    expect(() => validateChange(lab, { vocabulary: 60 }, still)).toThrow('1,000 to 262,144')
  })

  it('counts with what the same patch names, in any order', () => {
    for (const patch of [
      { vocabulary: 60, view: 'moving' },
      { view: 'moving', vocabulary: 60 },
    ])
      expect(validateChange(lab, patch, still)).toMatchObject(patch)
    expect(() => validateChange(lab, { vocabulary: 50000, view: 'moving' }, still)).toThrow('24871 words')
    expect(validateChange(lab, { words: 30000, vocabulary: 30000 }, moving)).toEqual({
      words: 30000,
      vocabulary: 30000,
    })
    // a refused value does not cause a refusal of dependent values
    expect(() => validateChange(lab, { view: 'none', vocabulary: 60000 }, still)).toThrow(
      /^view = "none" is not permitted: view is one of still, moving\.$/,
    )
  })

  it('moves a value that a change pushes out to the nearest permitted one', () => {
    expect(validateChange(lab, { words: 1000 }, moving)).toEqual({ words: 1000, vocabulary: 1000 })
    expect(validateChange(lab, { words: 25000 }, moving)).toEqual({ words: 25000 })
    // a value named in the patch does not move: it is a fault
    expect(() => validateChange(lab, { words: 1000, vocabulary: 4096 }, moving)).toThrow('1000 words')
  })

  it('takes what is kept where a lab is opened, beside what is named, and nothing that the lab has not', () => {
    const kept = { words: 2000, rate: 0.25, elsewhere: 'own' }
    expect(validateOpening(lab, { view: 'moving' }, kept)).toEqual({
      view: 'moving',
      words: 2000,
      rate: 0.25,
    })
    expect(validateOpening(lab, { view: 'moving', rate: 1, vocabulary: 2000 }, kept)).toEqual({
      view: 'moving',
      words: 2000,
      rate: 1,
      vocabulary: 2000,
    })
    expect(() => validateOpening(lab, { view: 'moving', vocabulary: 2001 }, kept)).toThrow('2000 words')
    expect(validateOpening(lab, {}, kept)).toEqual({ words: 2000, rate: 0.25 })
    expect(validateChange(lab, { view: 'still', rate: 1 }, { ...still, ...kept })).toEqual({
      view: 'still',
      rate: 1,
    })
  })

  it('pushes what is kept into the range that it comes to', () => {
    const change = validateOpening(lab, { view: 'moving' }, { vocabulary: 200000 })
    expect(change).toEqual({ view: 'moving', vocabulary: 24871 })
  })

  it('is opened with what is named alone', () => {
    expect(validateOpening(lab, { view: 'moving', words: 100 })).toEqual({ view: 'moving', words: 100 })
    expect(() => validateOpening(lab, { view: 'moving', words: 100, vocabulary: 101 })).toThrow('100 words')
    expect(() => validateOpening(lab, { vocabulary: 101 })).toThrow('1,000 to 262,144')
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
      for (const step of lab.story) {
        validateChange(lab, step.patch, defaults(lab.parameters))
        validateOpening(lab, step.patch)
      }
      for (const parameter of lab.parameters) expect(parameter.help).not.toBe('')
    },
  )
})

it.each(labs.map((lab) => [lab.id, lab] as const))(
  '%s: a range depends only on what depends on nothing itself, and the story’s next lab keeps what there is',
  (_, lab) => {
    const ids = (one: Lab | undefined) => (one?.parameters ?? []).map(({ id }) => id)
    const after = labs.find(({ id }) => id === lab.goesOn?.lab)
    expect(after?.id).toBe(lab.goesOn?.lab)
    for (const id of lab.goesOn?.keeps ?? []) expect([...ids(lab), ...ids(after)]).toContain(id)
    const depends = (parameter: Parameter) => 'when' in parameter && parameter.when !== undefined
    for (const parameter of lab.parameters) {
      if (!depends(parameter)) continue
      const others = Object.fromEntries(
        lab.parameters.filter((one) => !depends(one)).map((one) => [one.id, one.default]),
      )
      const alone = new Proxy(others, {
        get(values, id) {
          if (!(id in values)) throw new Error(`${parameter.id} depends on ${String(id)}`)
          return values[id as string]
        },
      })
      resolved(parameter, alone)
    }
  },
)

it('names the parameter whatever the value is', () => {
  const circular: Record<string, unknown> = {}
  circular.itself = circular
  for (const value of [5n, circular, Symbol('five'), () => 5, null, undefined, [1], 'x'.repeat(99)])
    for (const parameter of table) expect(() => validate(parameter, value)).toThrow(parameter.id)
})
