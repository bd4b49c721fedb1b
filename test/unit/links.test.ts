/** Links of the real labs, by chance: what they may hold, and what a page makes of them. */
import { describe, expect, it } from 'vitest'
import { expectLinks, openedWith } from './anyLink.ts'

describe('a link to a real lab', () => {
  it('opens with permitted values, and the page’s own link then reads back as itself: 15,000 times', () => {
    // a walk does it 100,000 times
    expectLinks(15_000)
  }, 60_000)

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
