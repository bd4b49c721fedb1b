/** The steps of the KL lab's story: what they hide until the answer, and the numbers that they name. */
import { describe, expect, it } from 'vitest'
import { klLab as lab } from '../../src/labs/kl/index.ts'
import { localMinima } from '../../src/labs/kl/minima.ts'
import { story } from '../../src/labs/kl/story.ts'
import { divergence } from '../../src/labs/kl/theory.ts'
import { surrogateKl } from '../../src/labs/kl/uniform.ts'
import { defaults } from '../../src/labs/validation.ts'
import { bimodal } from './klReference.ts'

const steps = story.map((step, index) => [index + 1, step] as const)
const textsOf = ({ title, caption, question, goal }: (typeof story)[number]) => [
  title,
  caption,
  ...(question && 'answers' in question
    ? [question.text, ...question.answers.flatMap(({ text, reason }) => [text, reason])]
    : []),
  ...(goal ? [goal.text, goal.reason] : []),
]

describe.each(steps)('step %d', (_, step) => {
  it('has at most three digits in every number that is written', () => {
    for (const text of textsOf(step)) {
      const numbers = [...text.matchAll(/\d+\.\d+/g)].map(([number]) => number.replace('.', ''))
      for (const digits of numbers) expect(digits.replace(/^0+/, '').length, text).toBeLessThanOrEqual(3)
    }
  })

  it('asks before it shows: its run waits, or its plots have no names', () => {
    if (step.question) expect([step.holds === 'start', step.switches?.anonymous]).toContain(true)
    for (const [name, value] of Object.entries(step.uncovers ?? {}))
      expect(step.switches?.[name]).toBe(!value)
    // what is lit is not all veiled: the question is about a picture
    const veiled = step.panels.filter((panel) => step.veils?.includes(panel))
    expect(veiled.length).toBeLessThan(step.panels.length)
  })

  it('has sliders that the panel shows with its values', () => {
    const values = defaults(lab.parameters, step.patch)
    for (const id of step.sliders ?? []) {
      const parameter = lab.parameters.find((one) => one.id === id)
      expect(parameter?.kind).toMatch(/number/i)
      expect(parameter?.relevant?.(values) ?? true, id).toBe(true)
    }
  })
})

it('the riddle tells neither in its caption nor in its question which plot is which', () => {
  const [{ caption, hides, question }] = story
  const before = `${caption} ${question?.text}`
  expect(before).not.toMatch(/plot [AB][^.]*(forward|reverse|KL)|(forward|reverse|KL)[^.]*plot [AB]/i)
  const named = lab.readouts.filter(({ metric }) => /^(forward|reverse|moment)(Mu|Sigma|Kl)/.test(metric))
  for (const { metric } of named) expect(hides).toContain(metric)
})

it('the minima wait until the third one was asked for', () => {
  for (const { switches } of story.slice(0, 4)) expect(switches?.minima).toBe(false)
  for (const { uncovers } of story.slice(0, 3)) expect(uncovers?.minima).toBeUndefined()
  expect(story[3].uncovers?.minima).toBe(true)
})

it('the values in the reasons are those of the theory', () => {
  const [hill, , middle] = localMinima('reverse', bimodal, {})
  const three = (value: number) => value.toPrecision(3)
  expect([hill.divergence, middle.divergence, middle.sigma].map(three)).toEqual(['0.689', '0.841', '2.74'])
  const forward = (mu: number, sigma: number) => three(divergence('forward', bimodal, mu, sigma, 0).value)
  expect([forward(hill.mu, hill.sigma), forward(0, Math.sqrt(10))]).toEqual(['7.86', '0.462'])
  const third = (alpha: number) => localMinima('alpha', bimodal, { alpha })
  expect([0.5, 0.36].map((alpha) => three(third(alpha)[0].sigma))).toEqual(['3.05', '2.99'])
  expect([0.5, 0.36].map((alpha) => third(alpha).length)).toEqual([1, 3])
  const { reverse } = surrogateKl(0, 1, 0, 2, 1e-9)
  expect(three(surrogateKl(0, 1, 0, 2, 1e-10).reverse - reverse)).toBe('1.15')
})
