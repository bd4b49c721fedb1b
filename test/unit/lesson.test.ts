/** Lessons as they are kept: what is written reads back as itself, and what is damaged is named. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress } from '../../src/app/address.ts'
import { builtIn } from '../../src/app/lesson/builtIn.ts'
import { decode, encode } from '../../src/app/lesson/code.ts'
import { lessonOf } from '../../src/app/lesson/places.ts'
import {
  type LessonEntry,
  type LessonPlan,
  planMinutes,
  planText,
  readPlan,
} from '../../src/app/lesson/plan.ts'
import { readLesson } from '../../src/app/lesson/reading.ts'
import { beside, createState, placesOf, toldPlaces } from '../../src/app/state.ts'
import { labs } from '../../src/labs/index.ts'
import { initLab } from '../../src/labs/init/index.ts'
import { klLab } from '../../src/labs/kl/index.ts'
import { defaults } from '../../src/labs/validation.ts'
import { vibLab } from '../../src/labs/vib/index.ts'

const viewOf = (text: string) => formatAddress(parseAddress(text, labs)).slice(1)

const minutes = fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined })
const anyStep = fc
  .constantFrom(...labs)
  .chain((lab) =>
    fc.record({ lab: fc.constant(lab.id), step: fc.integer({ min: 1, max: lab.story.length }), minutes }),
  )
const anyText = fc.string({ unit: 'grapheme', maxLength: 80 })
const anyPage = fc.record({ title: anyText, text: anyText, minutes })
const ids = fc.option(fc.array(fc.stringMatching(/^[\w-]{1,12}$/), { maxLength: 4 }), { nil: undefined })
const anyView = fc
  .record({
    lab: fc.constantFrom(...labs),
    seed: fc.nat(1_000_000),
    rest: fc.record({
      title: anyText,
      caption: anyText,
      minutes,
      panels: ids,
      switches: fc.option(fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), fc.boolean()), {
        nil: undefined,
      }),
    }),
    look: fc.constantFrom('', 'losses.log:1', 'landscape.camera:-20,63,1.5;losses.log:0'),
  })
  .map(({ lab, seed, rest, look }) => {
    const values = {
      ...defaults(lab.parameters),
      ...(lab.parameters.some(({ id }) => id === 'seed') && { seed }),
    }
    const view = formatAddress({
      ...{ lab, values, look, story: null },
      ...{ theme: 'dark', present: false, backend: 'automatic' },
    }).slice(1)
    return { ...rest, view }
  })
const anyPlan = fc.record({
  title: anyText,
  entries: fc.array(fc.oneof(anyStep, anyPage, anyView), { maxLength: 12 }),
}) as fc.Arbitrary<LessonPlan>

/** Without fields that are undefined: JSON does not keep them. */
const plain = <Data>(data: Data): Data => JSON.parse(JSON.stringify(data))

const fileWith = (entries: unknown, more = {}) =>
  JSON.stringify({ natlab: 'lesson', version: 1, title: 'L', entries, ...more })
const step: LessonEntry = { lab: 'kl', step: 2 }

describe('a lesson', () => {
  it('reads back as itself from its file and from its code: 1,000 random ones', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const code = await encode(planText(plan))
        // no letter that a link would have to encode
        expect(new URLSearchParams({ lesson: code }).toString()).toBe(`lesson=${code}`)
        for (const text of [planText(plan, 2), await decode(code)])
          expect(readPlan(text, labs)).toEqual({ plan: plain(plan), refused: [] })
      }),
      { numRuns: 1000 },
    )
  })

  it('is left out where it is damaged, and the rest is read', () => {
    const view = viewOf('#lab=kl')
    const { plan, refused } = readPlan(
      fileWith([
        step,
        { lab: 'kl', step: 99 },
        { lab: 'klx', step: 1 },
        7,
        {},
        { title: 'T', caption: 'C', view: 'lab=vibes' },
        { title: 'T', caption: 'C', view: `${view}&seed=-5` },
        { title: 3, text: '' },
        { title: 'T', text: 'x'.repeat(10_001) },
        { title: 'T', text: '', minutes: '5' },
        { title: 'T', caption: '', view, panels: 'line' },
        { title: 'T', caption: '', view, switches: { log: 1 } },
      ]),
      labs,
    )
    expect(plan.entries).toHaveLength(2)
    expect(plan.entries[0]).toEqual(step)
    // the value alone is left out
    expect(plan.entries[1]).toMatchObject({
      title: 'T',
      caption: 'C',
      view: expect.not.stringContaining('seed='),
    })
    expect(refused).toEqual([
      expect.stringContaining('Entry 2 of the lesson is left out: step = 99 is not permitted'),
      expect.stringContaining('Entry 3 of the lesson is left out: lab = "klx" is not permitted'),
      expect.stringContaining('Entry 4'),
      expect.stringContaining('Entry 5 of the lesson is left out: it has no step, no view and no text.'),
      expect.stringContaining('Entry 6 of the lesson is left out: lab = "vibes" is not permitted'),
      expect.stringContaining('Entry 7 of the lesson: "seed" is not known'),
      expect.stringContaining('title = 3 is no text'),
      expect.stringContaining('text has 10001 characters'),
      expect.stringContaining('minutes = "5"'),
      expect.stringContaining('panels'),
      expect.stringContaining('switches'),
    ])
  })

  it.each([
    ['{"natlab": "les', 'It is damaged, or no lesson'],
    ['[]', 'It is no lesson of natlab'],
    ['{"lab": "kl"}', 'It is no lesson of natlab'],
    [fileWith([], { version: 2 }), 'It is written in version 2, and this page reads version 1.'],
    [fileWith({}), 'It has no list of entries.'],
    [fileWith([], { title: 5 }), 'title = 5 is no text'],
  ])('that is none is refused with its fault: %s', (text, fault) => {
    expect(() => readPlan(text, labs)).toThrow(fault)
  })

  it('is what the documentation shows', () => {
    const [, shown] = /```json\n([\s\S]*?)```/.exec(readFileSync('docs/console.md', 'utf8')) ?? []
    const { plan, refused } = readPlan(shown, labs)
    expect(refused).toEqual([])
    expect(plan.entries).toHaveLength(3)
  })

  it('has at most 200 entries', () => {
    const { plan, refused } = readPlan(fileWith(Array(201).fill(step)), labs)
    expect(plan.entries).toHaveLength(200)
    expect(refused).toEqual(['The lesson has 201 entries, and the first 200 are read.'])
  })

  it('has a code that is refused where a letter of it is missing or another one', async () => {
    const code = await encode(planText(builtIn['30-minutes']))
    const { plan } = readPlan(await decode(code), labs)
    expect(plan).toEqual(builtIn['30-minutes'])
    for (const damaged of [code.slice(0, -9), `${code.slice(0, 30)}!${code.slice(31)}`, '1.', '1.AAAA'])
      await expect(readLesson(damaged, labs)).rejects.toThrow('The lesson in the link is damaged')
    await expect(readLesson('9.abc', labs)).rejects.toThrow('this page does not know')
    await expect(readLesson('toString', labs)).rejects.toThrow('this page does not know')
    await expect(readLesson(await encode(fileWith([])), labs)).rejects.toThrow('no entry')
    // nothing is unpacked without end
    await expect(decode(await encode(' '.repeat(3_000_000)))).rejects.toThrow('damaged')
  })

  it('comes with the page in three lengths, which are those of their names', async () => {
    for (const [name, plan] of Object.entries(builtIn)) {
      expect(`${planMinutes(plan)}-minutes`).toBe(name)
      expect(readPlan(planText(plan), labs)).toEqual({ plan, refused: [] })
      const { lesson } = await readLesson(name, labs)
      expect(lesson).toMatchObject({ code: name, title: plan.title })
      expect(lesson.places).toHaveLength(plan.entries.length)
    }
  })
})

describe('a lesson that is told', () => {
  const entries: LessonEntry[] = [
    { lab: 'kl', step: 2 },
    { title: 'Pause', text: 'Some *text*.' },
    {
      title: 'Mine',
      caption: 'C',
      view: `${viewOf('#lab=init&dModel=64')}&look=losses.log:1`,
      panels: ['variance'],
    },
  ]
  const lesson = lessonOf({ title: 'L', entries }, 'code', labs)

  it('takes the defaults for what a view does not name, and the values of its preset', () => {
    const views = ['lab=kl&distance=5', '#lab=vib&preset=sweep'].map((view) => ({
      title: '',
      caption: '',
      view,
    }))
    const { places } = lessonOf({ title: '', entries: views }, '', labs)
    expect(places[0].step.patch).toEqual({ ...defaults(klLab.parameters), distance: 5 })
    expect(places[1].step.patch).toMatchObject(vibLab.presets?.sweep ?? { none: 0 })
  })

  it('is another list of the same kind of step, and ends with its last one', () => {
    const state = createState(klLab, labs)
    expect(toldPlaces(state)).toBe(placesOf(klLab))
    state.lesson.value = lesson
    state.story.value = 0
    expect(toldPlaces(state)).toBe(lesson.places)
    expect(lesson.places[0]).toMatchObject({ lab: klLab, index: 0, step: klLab.story[1] })
    expect(beside(state, -1)).toBeUndefined()
    expect(beside(state, 1)).toMatchObject({ index: 1, step: { title: 'Pause', patch: {} } })
    state.story.value = 1
    expect(beside(state, 1)).toMatchObject({
      ...{ lab: initLab, index: 2, look: 'losses.log:1' },
      step: { title: 'Mine', panels: ['variance'], patch: { dModel: 64 } },
    })
    state.story.value = 2
    expect(beside(state, 1)).toBeUndefined()
  })

  it('has an address, from which its place is read again', () => {
    const whole = { theme: 'projector', present: true, backend: 'automatic' } as const
    const values = { ...defaults(initLab.parameters), dModel: 64, seed: 77 }
    const text = formatAddress({ lab: initLab, values, lesson, story: 2, look: '', ...whole })
    expect(text).toContain('lesson=code&at=3')
    expect(text).not.toContain('story=')
    const unread = parseAddress(text, labs)
    expect(unread).toMatchObject({ unread: { code: 'code', text }, story: null, lab: initLab, refused: [] })
    const {
      lesson: told,
      story,
      lab,
      values: read,
      look,
      refused,
    } = parseAddress(text, labs, undefined, lesson)
    expect([told, story, lab, read, look, refused]).toEqual([lesson, 2, initLab, values, '', []])
  })

  it('is opened at its own view by a link that names the lesson alone, or another lab', () => {
    for (const text of ['#lesson=code&at=3', '#lab=kl&seed=9&look=a.b:1&lesson=code&at=3']) {
      const read = parseAddress(text, labs, undefined, lesson)
      expect(read).toMatchObject({ lab: initLab, story: 2, look: 'losses.log:1', values: {}, refused: [] })
    }
    const beyond = parseAddress('#lesson=code&at=4', labs, undefined, lesson)
    expect(beyond).toMatchObject({ lab: klLab, story: 0 })
    expect(beyond.refused).toEqual(['at = "4" is not permitted: at is a whole number from 1 to 3.'])
  })
})
