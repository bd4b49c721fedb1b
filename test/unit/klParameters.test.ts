import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineBreakpoints, linePoints, nodesPerPanel, panelEdges } from '../../src/compute/lineGrid.ts'
import {
  componentsFault,
  formatComponents,
  mostComponents,
  parseComponents,
  parsePlaneComponents,
  planeComponentsFault,
} from '../../src/labs/kl/components.ts'
import { conflict, parameters } from '../../src/labs/kl/parameters.ts'
import { defaults, parse, validatePatch } from '../../src/labs/validation.ts'
import { mixture, mixtures } from './klReference.ts'

const seven = Array.from({ length: 7 }, (_, index) => `1,${index},1`).join(';')

describe('components as text', () => {
  it.each([
    ['0.5,-3,1;0.5,3,1'],
    ['1,0,0.001'],
    ['1e-12,-30,1e-3;1,30,1'],
    [' 1 , 0 , 1 ; 2 , 100 , 100 ; '],
    ['0,5,1;1,0,1'],
    [seven.split(';').slice(0, 6).join(';')],
  ])('%j is permitted', (text) => {
    expect(componentsFault(text)).toBeUndefined()
  })

  it.each([
    ['1,0,-1', 'sd -1 of component 1 is not within 0.001 to 100'],
    ['1,0,0', 'sd 0 of component 1 is not within 0.001 to 100'],
    ['1,0,1;1,0,200', 'sd 200 of component 2 is not within 0.001 to 100'],
    ['nan,0,1', 'weight nan of component 1 is no number'],
    ['1,x,1', 'mean x of component 1 is no number'],
    ['0x10,0,1', 'weight 0x10 of component 1 is no number'],
    ['1,0b11,1', 'mean 0b11 of component 1 is no number'],
    ['1,,1', 'mean (nothing) of component 1 is no number'],
    ['1,101,1', 'mean 101 of component 1 is not within -100 to 100'],
    ['-1,0,1', 'weight -1 of component 1 is not within 0 to 1000000'],
    ['Infinity,0,1', 'weight Infinity of component 1 is not within 0 to 1000000'],
    ['1,0', 'component 1 has 2 numbers, not 3'],
    ['1,0,1;1,0,1,2', 'component 2 has 4 numbers, not 3'],
    ['', 'component 1 has 1 number, not 3'],
    [seven, '7 components are too many'],
    ['0,0,1;0,3,1', 'the total weight is zero'],
  ])('%j is refused: %s', (text, message) => {
    expect(componentsFault(text)).toBe(message)
  })

  it.each([
    ['1,0,0,1,1,0', undefined],
    ['1,0,0,1,1,1', 'correlation 1 of component 1 is not within -0.99 to 0.99'],
    ['1,0,0,0,1,0', 'sdX 0 of component 1 is not within 0.05 to 20'],
    ['1,0,30,1,1,0', 'y 30 of component 1 is not within -20 to 20'],
    ['1,0,1', 'component 1 has 3 numbers, not 6'],
    ['0,0,0,1,1,0', 'the total weight is zero'],
  ])('in the plane %j: %s', (text, message) => {
    expect(planeComponentsFault(text)).toBe(message)
  })

  it('are normalised, and those of weight 0 left out', () => {
    expect(parseComponents('3,-1,0.5;0,9,9;1,2,1')).toEqual(mixture([0.75, -1, 0.5], [0.25, 2, 1]))
    expect(parsePlaneComponents('2,1,-1,2,0.5,0.8;0,0,0,1,1,0')).toEqual([
      { weight: 1, mean: [1, -1], covariance: [4, 0.8, 0.25] },
    ])
  })

  it('of weights that vanish beside the others’ are left out: none has a weight of 0', () => {
    expect(parseComponents('1e-320,0,1;1e6,1,1')).toEqual(mixture([1, 1, 1]))
    expect(parsePlaneComponents('1e-320,0,0,1,1,0;1e6,1,1,1,1,0')).toHaveLength(1)
    expect(parseComponents('1e-310,0,1;1,1,1')).toHaveLength(1)
    expect(
      lineBreakpoints(parseComponents('1e-299,0,1e-3;1,1,100')).every(({ offset }) => offset < 1e6),
    ).toBe(true)
    expect(parseComponents('1e-320,0,1;1e-320,1,1')).toEqual(mixture([0.5, 0, 1], [0.5, 1, 1]))
  })

  it('come back from their text as they were, to six digits', () => {
    fc.assert(
      fc.property(mixtures(), (components) => {
        const text = formatComponents(components)
        expect(componentsFault(text)).toBeUndefined()
        const back = parseComponents(text)
        expect(back.length).toBe(components.length)
        for (const [index, { weight, mean, sd }] of components.entries()) {
          expect(Math.abs(back[index].weight / weight - 1)).toBeLessThan(2e-5)
          expect(back[index].mean).toBeCloseTo(mean, 4)
          expect(back[index].sd).toBeCloseTo(sd, 4)
        }
        // a second time changes only the last digit of the weights
        expect(parseComponents(formatComponents(back)).map(({ mean, sd }) => [mean, sd])).toEqual(
          back.map(({ mean, sd }) => [mean, sd]),
        )
      }),
    )
  })
})

describe('the parameter table', () => {
  it('permits its own defaults, which are in no conflict', () => {
    expect(validatePatch(parameters, defaults(parameters))).toEqual(defaults(parameters))
    expect(conflict(defaults(parameters))).toBeUndefined()
  })

  it.each([
    ['components', '1,0,-1', /^components = .*sd -1/],
    ['components', 'nan,0,1', /^components = .*weight nan/],
    ['components', seven, /^components = .*7 components are too many/],
    ['components', '0,0,1', /^components = .*total weight is zero/],
    ['planeComponents', '1,0,0,1,1,2', /^planeComponents = .*correlation 2/],
    ['sigma0', 0, /^sigma0 = 0 .*0\.001 to 100/],
    ['mu0', Number.NaN, /^mu0 = NaN .*-100 to 100/],
    ['starts', 16385, /^starts = 16385 .*0 to 16,384/],
    ['starts', 1.5, /^starts = 1\.5 .*whole number/],
    ['alpha', 1.01, /^alpha = 1\.01 .*0 to 1/],
    ['epsilon', 0, /^epsilon = 0 /],
    ['third', 'hellinger', /^third = "hellinger" .*chiSquared/],
    ['a', -11, /^a = -11 .*-10 to 10/],
  ])('refuses %s = %j by name and range', (id, value, message) => {
    expect(() => validatePatch(parameters, { [id]: value })).toThrow(message)
    // also from an address
    const parameter = parameters.find((one) => one.id === id)!
    expect(() => parse(parameter, String(value))).toThrow(RegExp(`^${id} = `))
  })

  it('has every target and names every text’s form', () => {
    for (const parameter of parameters)
      if (parameter.kind === 'text')
        expect(parameter.permitted).toContain(`1 to ${mostComponents} components`)
  })

  it('edges out of order are in conflict, with both values and the range', () => {
    const values = defaults(parameters)
    expect(conflict({ ...values, a: 2, b: 1 })).toEqual({
      ids: ['a', 'b'],
      message: 'a = 2 is not permitted with b = 1: a is below b, within −10 to 10.',
    })
    expect(conflict({ ...values, c: 3, d: 3 })?.ids).toEqual(['c', 'd'])
    expect(conflict({ ...values, a: 2, b: 1, c: 3, d: 3 })?.ids).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('the grid on the line', () => {
  const positions = (points: ReturnType<typeof lineBreakpoints>) =>
    points.map(({ anchor, offset }) => anchor + offset)

  it('is ascending and finite, holds every component’s panels, and counts its points', () => {
    fc.assert(
      fc.property(mixtures(), (components) => {
        const points = lineBreakpoints(components)
        const at = positions(points)
        expect(at.every(Number.isFinite)).toBe(true)
        for (const [index, x] of at.entries()) if (index > 0) expect(x).toBeGreaterThanOrEqual(at[index - 1])
        for (const { mean, sd } of components) {
          expect(at[0]).toBeLessThanOrEqual(mean - 7 * sd)
          expect(at[at.length - 1]).toBeGreaterThanOrEqual(mean + 7 * sd)
          for (const edge of panelEdges) expect(at).toContain(mean + edge * sd)
        }
        for (const { anchor } of points) expect(components.some(({ mean }) => mean === anchor)).toBe(true)
        expect(linePoints(points.length)).toBe((points.length + panelEdges.length - 1) * nodesPerPanel)
      }),
    )
  })

  it('has panels where one component takes over: in the middle between equal ones', () => {
    const at = positions(lineBreakpoints(mixture([0.5, -5, 0.2], [0.5, 5, 0.2])))
    expect(at.some((x) => Math.abs(x) < 1e-12)).toBe(true)
    // the bend of log p there is 1/250 wide: (10/0.2²)⁻¹
    expect(at.filter((x) => Math.abs(x) < 0.02).length).toBe(3)
  })

  it('stays where fits may go for components that hardly differ', () => {
    for (const components of [
      mixture([0.5, 0, 1], [0.5, 0, 1]),
      mixture([0.6, 0, 1], [0.4, 1e-300, 1]),
      mixture([0.6, 0, 1], [0.4, 1e-12, 1]),
      mixture([1 - 1e-12, 60, 1e-3], [1e-12, 60.0000001, 1e-3]),
      mixture([0.6, 0, 1], [0.4, 0, 1 + 1e-14]),
    ])
      for (const x of positions(lineBreakpoints(components))) expect(Math.abs(x)).toBeLessThan(2e6)
  })
})
