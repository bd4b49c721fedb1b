/** The steps of the stories of init, training and vib: what they name is there, and no answer is in sight too early. */
import { describe, expect, it } from 'vitest'
import { initLab } from '../../src/labs/init/index.ts'
import { story as initStory } from '../../src/labs/init/story.ts'
import type { Lab, View } from '../../src/labs/lab.ts'
import type { StoryStep } from '../../src/labs/story.ts'
import { trainingLab } from '../../src/labs/training/index.ts'
import { Race } from '../../src/labs/training/race.ts'
import { story as trainingStory } from '../../src/labs/training/story.ts'
import { defaults, validateOpening } from '../../src/labs/validation.ts'
import { vibLab } from '../../src/labs/vib/index.ts'
import { story as vibStory } from '../../src/labs/vib/story.ts'
import type { PanelOptions, Stage } from '../../src/stage/contract.ts'

const stories: readonly (readonly [string, Lab, readonly StoryStep[]])[] = [
  ['init', initLab, initStory as readonly StoryStep[]],
  ['training', trainingLab, trainingStory as readonly StoryStep[]],
  ['vib', vibLab, vibStory as readonly StoryStep[]],
]

/** Ids of the panels that a step's view has. */
async function panelsOf(lab: Lab, step: StoryStep): Promise<string[]> {
  const ids: string[] = []
  const add = ({ id }: PanelOptions) => {
    ids.push(id)
    return { update() {} }
  }
  const stage = { chart: add, scene: add, table: add, diagram: add, setToggle() {}, clear() {} }
  const { createView } = await lab.loadView()
  const view: View = createView(stage as unknown as Stage, {} as never)
  const values = defaults(lab.parameters, validateOpening(lab, step.patch))
  // nothing is loaded and nothing measured
  const data = {
    loading: { share: 0, bytes: 1, trainingImages: 1 },
    ...{ spaces: [], curves: [], schemes: [], measured: [], wordsSeen: 0 },
    ...{ measuredSteps: [], measuredStep: -1, prompt: '', race: new Race().frame },
  }
  view.draw({ step: 0, ready: false, progress: 0, values, metrics: {}, data })
  return ids
}

const each = stories.flatMap(([id, lab, story]) =>
  story.map((step, index) => [`${id} ${index + 1}`, lab, step] as const),
)

describe.each(each)('step %s', (_, lab, step) => {
  const names = lab.parameters.map(({ id }) => id)

  it('has one to three sliders of its own, which matter at its values', () => {
    const { sliders = [], patch } = step
    expect(sliders.length).toBeGreaterThan(0)
    expect(sliders.length).toBeLessThanOrEqual(3)
    expect(names).toEqual(expect.arrayContaining([...sliders]))
    const values = defaults(lab.parameters, validateOpening(lab, patch))
    for (const { id, relevant } of lab.parameters)
      if (sliders.includes(id)) expect([id, relevant?.(values) ?? true]).toEqual([id, true])
    // a slider must not show what the step hides
    expect((step.hides ?? []).filter((hidden) => sliders.includes(hidden))).toEqual([])
  })

  it('lights and veils panels that are there', async () => {
    const panels = await panelsOf(lab, step)
    expect(step.panels.length).toBeGreaterThan(0)
    expect(panels).toEqual(expect.arrayContaining([...step.panels, ...(step.veils ?? [])]))
  })

  it('covers something only where a question uncovers it', () => {
    const { question, veils = [], hides = [], holds, uncovers = {}, switches = {} } = step
    if (!question) expect([veils, holds]).toEqual([[], undefined])
    // the run itself waits for a guess
    else if (!('guess' in question)) expect([...veils, ...hides]).not.toEqual([])
    for (const name of Object.keys(uncovers)) expect(Object.keys(switches)).toContain(name)
    if (!question || !('answers' in question)) return
    for (const { reason, text } of question.answers) expect([reason, text]).not.toContain('')
  })

  it('has short sentences and few digits in its caption', () => {
    const words = step.caption
      .replace(/\]\(curve:[\w+]+\)/g, ' ')
      .replace(/```[\s\S]*?```|\$[^$]*\$|\{\{[^}]*\}\}|[*`]/g, ' x ')
      .split(/[.?!:;]\s/)
      .map((sentence) => sentence.split(/\s+/).filter((word) => /\w/.test(word)).length)
    expect(Math.max(...words)).toBeLessThanOrEqual(38)
    expect(step.caption.match(/\d\.\d{3,}/g) ?? []).toEqual([])
  })
})

it('tells nowhere before its question that the rate’s gradient does not reach the decoder', () => {
  const asked = vibStory.findIndex(({ question }) => question && 'several' in question)
  expect(asked).toBe(2)
  for (const { switches, hides } of vibStory.slice(0, asked + 1)) {
    expect(switches?.hidden).toBe(true)
    expect(hides).toContain('gradientDecoderRate')
  }
})

it('shows no loss over d_model before its question', () => {
  const asked = initStory.findIndex(({ question }) => question?.text.includes('double d_model'))
  expect(asked).toBe(2)
  for (const { switches } of initStory.slice(0, asked + 1)) expect(switches?.theory).toBe(false)
  expect(initStory[asked].veils).toContain('loss')
})

it.each([
  ['init', initStory, ['token', 'nat', 'std', 'logit', 'd_model', 'softmax']],
  ['vib', vibStory, ['nats', 'rate', 'reparameterisation']],
] as const)('the captions of %s mark the word that they explain, where it comes first', (_, story, terms) => {
  // formulas, code and the names of curves are no words
  const text = story
    .map(({ caption }) => caption.replace(/\$[^$]*\$|`[^`]*`|\]\(curve:[\w+]+\)/g, ''))
    .join('\n')
  for (const term of terms) expect(text.match(new RegExp(`\\W${term}\\W`))?.[0]).toBe(`*${term}*`)
})

it('says where it comes first that a dashed line is theory', () => {
  const first = initStory.find(({ caption }) => caption.includes('dashed'))
  expect(first?.caption).toContain('a dashed line is theory')
})
