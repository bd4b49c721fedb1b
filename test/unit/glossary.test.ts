import { describe, expect, it } from 'vitest'
import { renderStep } from '../../src/labs/captions.ts'
import { glossary, wordsIn } from '../../src/labs/glossary.ts'
import { story as init } from '../../src/labs/init/story.ts'
import { story as kl } from '../../src/labs/kl/story.ts'
import type { StoryStep } from '../../src/labs/story.ts'
import { story as training } from '../../src/labs/training/story.ts'
import { story as vib } from '../../src/labs/vib/story.ts'

const stories = { init, training, kl, vib } as unknown as Readonly<Record<string, readonly StoryStep[]>>

describe('the glossary', () => {
  it('has each word once, in the order of the alphabet, with short sentences', () => {
    const names = glossary.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)].sort((one, other) => one.localeCompare(other, 'en')))
    const forms = glossary.flatMap(({ name, forms = [] }) => [name, ...forms])
    expect(new Set(forms).size).toBe(forms.length)
    for (const { says } of glossary) {
      expect(says).toMatch(/\.$/)
      for (const sentence of says.split(/[.?!:] /))
        expect(sentence.split(' ').length, sentence).toBeLessThan(22)
    }
  })

  it('explains what the lecture is about', () => {
    const wanted = [
      ...['nat', 'logit', 'token', 'std', 'd_model', 'rate', 'distortion', 'mean-field', 'zero-avoiding'],
      ...['zero-forcing', 'reparameterisation', 'entropy', 'cross-entropy', 'softmax', 'KL divergence'],
      ...['prior', 'posterior', 'encoder', 'decoder', 'seed', 'epoch', 'batch', 'learning rate'],
      ...['embedding', 'residual', 'layer normalisation', 'Adam'],
    ]
    expect(glossary.map(({ name }) => name)).toEqual(expect.arrayContaining(wanted))
  })

  it('finds whole words, the longer one of two, each once', () => {
    const names = (text: string, lab?: string) => wordsIn(text, lab).map(({ word }) => word.name)
    expect(names('The rate, then the learning rate. Another rate.', 'vib')).toEqual(['rate', 'learning rate'])
    expect(names('A rate of steps', 'init')).toEqual([])
    expect(names('Nats, separate, unstd, logits')).toEqual(['nat', 'logit'])
  })
})

describe.each(Object.entries(stories))('the captions of %s', (lab, story) => {
  const rendered = story.map((step) => renderStep(step, lab))

  it('mark a word once in a step, and never in an answer', () => {
    let marks = 0
    for (const { caption, question, goal } of rendered) {
      const html = caption + (question?.text ?? '') + (goal?.text ?? '')
      const words = [...html.matchAll(/<button class="word">([^<]+)</g)].flatMap(([, text]) =>
        wordsIn(text, lab).map(({ word }) => word.name),
      )
      expect(new Set(words).size).toBe(words.length)
      for (const word of words) expect(glossary.map(({ name }) => name)).toContain(word)
      marks += words.length
      expect(JSON.stringify({ ...question, text: '' })).not.toContain('<button')
    }
    expect(marks).toBeGreaterThan(story.length)
  })

  it('mark nothing in a formula or in code', () => {
    for (const { caption } of rendered) {
      expect(caption).not.toMatch(/<code[^>]*>[^<]*<button/)
      expect(caption).not.toMatch(/<span class="(mord|katex)[^>]*>[^<]*<button/)
    }
  })
})
