/** The curves that the stories name: each is drawn in a panel of its step, and stands out when it is asked for. */
import { describe, expect, it } from 'vitest'
import { renderStep } from '../../src/labs/captions.ts'
import { curveNames } from '../../src/labs/curveNames.ts'
import type { StoryStep } from '../../src/labs/story.ts'
import { draws, isMeant, standingOut } from '../../src/stage/standing.ts'
import { contentsOf, steps, stories } from './steps.ts'

const namedIn = (text = '') => Array.from(text.matchAll(/data-curve="([^"]*)"/g), ([, curve]) => curve)

function namedBy(step: StoryStep, lab: string): string[] {
  const { caption, question, goal } = renderStep(step, lab)
  return [caption, question?.text, goal?.text].flatMap(namedIn)
}

it.each(steps)('step %s names only curves that its panels draw', async (_, lab, step) => {
  const all = await contentsOf(lab, step, true)
  const contents = step.panels.flatMap((id) => all.get(id) ?? [])
  expect(contents).toHaveLength(step.panels.length)
  const missing = namedBy(step, lab.id).filter((curve) => !contents.some((content) => draws(content, curve)))
  expect(missing).toEqual([])
})

it('each lab’s story names curves, and each name is used', () => {
  for (const [lab, story] of stories) {
    const named = new Set(story.flatMap((step) => namedBy(step, lab.id)))
    expect([...named].sort()).toEqual(Object.keys(curveNames[lab.id]).sort())
  }
})

describe('a curve of a caption', () => {
  const step: StoryStep = { title: '', patch: {}, panels: [], caption: '' }
  const rendered = (caption: string) => renderStep({ ...step, caption }, 'kl').caption

  it('is a button with its words, and says what it shows', () => {
    const html = rendered('Where [p/0](curve:infinite+forward), KL is infinite.')
    expect(html).toContain(
      '<span class="formula"><button class="curve" data-curve="infinite forward" title="Shows where forward KL is infinite">p/0</button>,</span>',
    )
  })

  it('may be a formula with brackets', () => {
    expect(rendered('[$\\mathbb E[-\\ln q]$](curve:q)')).toMatch(
      /<button class="curve" data-curve="q"[^>]*><span class="katex">.*<\/button><\/p>/s,
    )
  })

  it('holds no other button: its words are not marked', () => {
    expect(rendered('The [forward KL](curve:forward)')).not.toContain('class="word"')
    expect(rendered('The forward KL')).toContain('class="word"')
  })

  it.each(['[x](curve:nothing)', '[x](curve:toString)'])('is refused where it has no name: %s', (caption) => {
    expect(() => rendered(caption)).toThrow(/No caption, question or goal can name the curve/)
  })

  it('is refused in an answer, which is a button itself', () => {
    const answers = [{ text: '[P](curve:p)', right: true, reason: '' }]
    expect(() => renderStep({ ...step, question: { text: '', answers } }, 'kl')).toThrow(/can name the curve/)
  })
})

describe('a curve that is asked for', () => {
  const marks = [{ curve: 'q forward' }, { curve: 'q reverse', opacity: 0.5 }, {}]

  it('is meant by some of its words in any order', () => {
    expect(
      ['q', 'forward', 'forward q', 'q reverse', 'qu', ''].map((asked) => isMeant(asked, 'q forward')),
    ).toEqual([true, true, true, false, false, false])
    expect(isMeant(undefined, 'q')).toBe(false)
    expect(isMeant('q', undefined)).toBe(false)
  })

  it('makes all others faint, and nothing where it is not drawn', () => {
    const { marks: shown } = standingOut({ marks }, ['marks'], 'forward')
    expect(shown[0]).toBe(marks[0])
    expect(shown[1].opacity).toBeLessThan(0.2)
    expect((shown[2] as { opacity?: number }).opacity).toBeLessThan(0.3)
    const content = { marks }
    expect(standingOut(content, ['marks'], 'third')).toBe(content)
    expect(standingOut(content, ['marks'], undefined)).toBe(content)
  })
})
