/** Links of the real labs, by chance: what they may hold, and what a page makes of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, meantValues, parseAddress } from '../../src/app/address.ts'
import { labs } from '../../src/labs/index.ts'
import type { Lab } from '../../src/labs/lab.ts'
import type { Parameter, ParameterValues } from '../../src/labs/parameter.ts'
import { defaults, resolved, validate, validateOpening } from '../../src/labs/validation.ts'

/** Texts for a parameter: permitted ones, values at and beyond the ends of its range, and others. */
function texts(parameter: Parameter): fc.Arbitrary<string> {
  const odd = fc.constantFrom('', '0', '−1', '1,5', '1e9', 'NaN', '0x10', 'true', '%', 'own')
  switch (parameter.kind) {
    case 'choice':
      return fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...parameter.options.map(({ value }) => value)) },
        odd,
      )
    case 'flag':
      return fc.oneof({ weight: 6, arbitrary: fc.constantFrom('true', 'false') }, odd)
    case 'text':
      return fc.oneof(fc.constantFrom(parameter.default, '1,0,1', '1,0,0,1,1,0', '0.5,−3,1;0.5,3,1'), odd)
    default: {
      const { minimum, maximum, integer, values } = parameter
      const inside = values
        ? fc.constantFrom(...values)
        : integer
          ? fc.integer({ min: minimum, max: maximum })
          : fc.double({ min: minimum, max: maximum, noNaN: true })
      const ends = fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, parameter.default)
      return fc.oneof(
        { weight: 4, arbitrary: inside.map(String) },
        { weight: 2, arbitrary: ends.map(String) },
        odd,
      )
    }
  }
}

/** A link to a lab that names some of its parameters, in any order, and perhaps a step of its story. */
const link = (lab: Lab) =>
  fc
    .tuple(
      fc.subarray([...lab.parameters], { maxLength: 8 }),
      fc.option(fc.integer({ min: 0, max: lab.story.length + 1 })),
      fc.boolean(),
    )
    .chain(([named, story, behindHash]) =>
      fc
        .tuple(...named.map((one) => texts(one).map((text) => `${one.id}=${encodeURIComponent(text)}`)))
        .map((parts) => {
          const all = [`lab=${lab.id}`, ...parts, ...(story === null ? [] : [`story=${story}`])]
          return `${behindHash ? '#' : '?'}${all.join('&')}`
        }),
    )

const anyLink = fc.oneof(...labs.map(link))

function isPermitted(parameter: Parameter, values: ParameterValues): boolean {
  try {
    return validate(resolved(parameter, values), values[parameter.id]) === values[parameter.id]
  } catch {
    return false
  }
}

/** The values with which the page opens a link's lab. */
function openedWith(text: string) {
  const address = parseAddress(text, labs)
  const { lab } = address
  const values = defaults(lab.parameters, validateOpening(lab, meantValues(address)))
  return { address, lab, values }
}

describe('a link to a real lab', () => {
  it('opens with permitted values, and the page’s own link then reads back as itself: 100,000 times', () => {
    fc.assert(
      fc.property(anyLink, (text) => {
        const { address, lab, values } = openedWith(text)
        const { story, look, theme, present, backend } = address
        const own = openedWith(formatAddress({ lab, values, story, look, theme, present, backend }))
        // one assertion a link: a hundred times as many take minutes
        const faults = {
          conflict: lab.conflict?.(values),
          outside: lab.parameters.filter((one) => !isPermitted(one, values)).map(({ id }) => id),
          refused: own.address.refused,
          changed: Object.keys(values).filter((id) => own.values[id] !== values[id]),
          stepChanged: own.address.story !== story,
        }
        expect(faults).toEqual({
          conflict: undefined,
          outside: [],
          refused: [],
          changed: [],
          stepChanged: false,
        })
      }),
      { numRuns: 100_000 },
    )
  })

  it.each([
    ['#lab=vib&preset=sweep&model=67&story=6&epochs=7', { model: 67, epochs: 7, preset: 'custom' }],
    ['#lab=vib&story=6&model=67', { model: 67 }],
    ['#lab=vib&model=67&preset=sweep', { model: 67 }],
    ['#lab=vib&model=67&preset=sweep&seeds=3&betaCount=30', { model: 67, seeds: 3, betaCount: 30 }],
    ['#lab=vib&story=6&seeds=1&betaCount=5', { seeds: 1, betaCount: 5, trainSize: 2000 }],
    ['#lab=vib&story=4&preset=sweep', { betaCount: 17 }],
  ])('counts the values of its preset: %s', (text, expected) => {
    const { address, values } = openedWith(text)
    expect(address.refused).toEqual([])
    expect(values).toMatchObject({ ...expected, mode: 'sweep' })
  })

  it('leaves out a model that its preset does not have, and keeps preset, step and all else', () => {
    const { address, values } = openedWith('#lab=vib&preset=sweep&model=126&story=6&epochs=7')
    expect(address.refused).toEqual([
      'model = 126 is not permitted: the sweep has 68 models; model is a whole number from -1 to 67.',
    ])
    expect(address.story).toBe(5)
    expect(values).toMatchObject({ mode: 'sweep', model: -1, epochs: 7, betaCount: 17, seeds: 4 })
  })

  it.each([
    '#lab=kl&amp;target=three',
    '#lab=kl&amp;amp;target=three',
    '#lab%3Dkl%26target%3Dthree',
    '#lab%253Dkl%2526target%253Dthree',
    '%23lab%3Dkl%26target%3Dthree',
    '?utm_source=mail&fbclid=x#lab=kl&target=three&utm_medium=chat&_gl=1',
    '?lab=kl&target=three&gclid=1&mc_eid=2&igsh=3&ref=nav',
  ])('is read though a program has changed it: %s', (text) => {
    const { address, values } = openedWith(text)
    expect(address.refused).toEqual([])
    expect(address.lab.id).toBe('kl')
    expect(values.target).toBe('three')
  })
})
