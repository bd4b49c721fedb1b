/** What is heard of a picture: numbers of three digits, units and plain words, in every lab. */
import { describe, expect, it } from 'vitest'
import { listed, spoken, spokenMeasured, spokenNats, spokenPlace } from '../../src/labs/common/spoken.ts'
import { contentsOf, steps } from './steps.ts'

describe('a number that is heard', () => {
  it.each([
    [0, '0'],
    [0.688774, '0.689'],
    [-2.98, '−2.98'],
    [12345.6, '12,300'],
    [0.00057, '0.00057'],
    [2.059e-12, '2.06 times 10 to the minus 12'],
    [-3e8, '−3 times 10 to the 8'],
    [Infinity, 'infinite'],
    [-Infinity, 'minus infinity'],
    [Number.NaN, 'unknown'],
  ])('%d is “%s”', (value, text) => {
    expect(spoken(value)).toBe(text)
  })

  it('has its unit only where it is a number', () => {
    expect([spokenNats(0.5), spokenNats(Infinity)]).toEqual(['0.5 nats', 'infinite'])
  })

  it('has an error of two digits', () => {
    expect(spokenMeasured(27.714, 1.1234)).toBe('27.7 plus or minus 1.1')
    expect(spokenMeasured(27.714, 0)).toBe('27.7')
  })
})

it('is 0 where it is a place much nearer to 0 than the picture shows', () => {
  expect([spokenPlace(-8e-7, 1), spokenPlace(8e-7, 1e-6)]).toEqual(['0', '8 times 10 to the minus 7'])
})

it('lists parts', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c'])
})

describe.each(steps)('the panels of step %s', (_, lab, step) => {
  it.each([false, true])(
    'say what they show with three digits and without signs that no voice reads (answered: %s)',
    async (answered) => {
      const contents = await contentsOf(lab, step, answered)
      expect(contents.size).toBeGreaterThanOrEqual(step.panels.length)
      for (const [panel, { description }] of contents) {
        expect(description, panel).toMatch(/^\S.{20,}[.…]$/s)
        expect(description, panel).not.toMatch(/[⁰¹²³⁴-⁹⁻∞‖]|NaN|undefined|unknown/)
        for (const [number] of description.matchAll(/\d[\d,]*\.\d+/g))
          expect(
            number.replace(/\D/g, '').replace(/^0+/, '').length,
            `${panel}: ${description}`,
          ).toBeLessThanOrEqual(3)
      }
    },
  )
})

it('a latent space tells how well its model predicts only after the question that asks for it', async () => {
  const [, lab, step] = steps.find(([name]) => name === 'vib 9')!
  const told = async (answered: boolean) =>
    (await contentsOf(lab, step, answered)).get('latent1')!.description
  expect(await told(false)).not.toContain('predicted')
  expect(await told(true)).toContain('are predicted right')
})
