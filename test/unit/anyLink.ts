/** Links of the real labs, by chance. */
import fc from 'fast-check'
import { expect } from 'vitest'
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
export function openedWith(text: string) {
  const address = parseAddress(text, labs)
  const { lab } = address
  const values = defaults(lab.parameters, validateOpening(lab, meantValues(address)))
  return { address, lab, values }
}

/** So many links open with permitted values, and the page's own link then reads back as itself. */
export function expectLinks(count: number): void {
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
    { numRuns: count },
  )
}
