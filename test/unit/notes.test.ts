/** The notes of the presenter window: every step has some, and they can be said in the time that they name. */
import { describe, expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'

const words = (text: string) => text.split(/\s+/).length

describe.each(labs.map((lab) => [lab.id, lab] as const))('the notes of %s', (_, lab) => {
  it('are there for every step, and short enough to read at a glance', async () => {
    const notes = await lab.loadNotes()
    expect(notes).toHaveLength(lab.story.length)
    for (const { say, mistakes } of notes) {
      expect(say.length).toBeGreaterThanOrEqual(2)
      expect(say.length).toBeLessThanOrEqual(4)
      expect(mistakes.length).toBeGreaterThanOrEqual(1)
      expect(mistakes.length).toBeLessThanOrEqual(2)
      const texts = [...say, ...mistakes.flatMap(({ wrong, helps }) => [wrong, helps])]
      for (const text of texts) {
        expect(text).toMatch(/^\S.*[.?!…]$/)
        expect(words(text)).toBeGreaterThan(2)
        expect(words(text)).toBeLessThanOrEqual(32)
      }
      expect(words(say.join(' '))).toBeGreaterThanOrEqual(15)
    }
  })

  it('repeat no sentence of the captions', async () => {
    const [notes, steps] = [await lab.loadNotes(), await lab.loadStory()]
    const plain = steps.map(({ caption }) => caption.replace(/<[^>]+>/g, '')).join(' ')
    expect(plain.length).toBeGreaterThan(1000)
    const said = notes.flatMap(({ say }) => say.flatMap((text) => text.split(/(?<=[.?!]) /)))
    expect(said.filter((sentence) => plain.includes(sentence))).toEqual([])
  })

  it('take between 10 and 75 minutes, in whole minutes', async () => {
    const minutes = (await lab.loadNotes()).map((one) => one.minutes)
    expect(minutes.every((one) => Number.isInteger(one) && one >= 1 && one <= 10)).toBe(true)
    const sum = minutes.reduce((all, one) => all + one, 0)
    expect(sum).toBeGreaterThanOrEqual(10)
    expect(sum).toBeLessThanOrEqual(75)
  })
})
