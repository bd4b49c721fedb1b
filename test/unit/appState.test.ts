import { describe, expect, it } from 'vitest'
import { createFrames } from '../../src/app/frames.ts'
import { createSender } from '../../src/app/sender.ts'
import { asFarAs, fromPosition, hasSlider, keyed, moved, toPosition } from '../../src/app/sliderScale.ts'
import {
  askedFor,
  beside,
  createState,
  departedIds,
  hiddenIds,
  keptStep,
  playLabel,
  storyIndex,
} from '../../src/app/state.ts'
import { position } from '../../src/app/transport.ts'
import type { EngineFrame } from '../../src/engine/protocol.ts'
import { labs } from '../../src/labs/index.ts'
import { initLab } from '../../src/labs/init/index.ts'
import { klLab } from '../../src/labs/kl/index.ts'
import type { NumberParameter, ParameterValues } from '../../src/labs/parameter.ts'
import { trainingLab } from '../../src/labs/training/index.ts'
import { defaults } from '../../src/labs/validation.ts'

function frame(run: number, step: number, size = 1): EngineFrame {
  return {
    lab: 'init',
    run,
    step,
    ready: true,
    progress: 1,
    playing: true,
    finished: false,
    lastStep: 0,
    asks: false,
    values: {},
    metrics: {},
    data: { field: new Float32Array(size) },
  }
}

describe('the story', () => {
  it('is told from its first step, until one is entered', () => {
    const state = createState(initLab)
    expect(storyIndex(state)).toBe(0)
    state.story.value = 2
    expect(storyIndex(state)).toBe(2)
  })

  it('leads over its last step into the lab that it goes on with, and back', () => {
    const state = createState(initLab, labs)
    expect(beside(state, -1)).toBeUndefined()
    expect(beside(state, 1)).toMatchObject({ lab: initLab, index: 1 })
    state.story.value = 7
    const begin = beside(state, 1)
    expect(begin).toMatchObject({ lab: trainingLab, index: 0 })
    expect(begin?.step.title).toBe('A riddle: two loss curves')
    state.lab.value = trainingLab
    for (const entered of [null, 0]) {
      state.story.value = entered
      expect(beside(state, -1)).toMatchObject({ lab: initLab, index: 7 })
    }
    state.story.value = 4
    expect(beside(state, 1)).toBeUndefined()
    // a page of one lab has nowhere to go
    const alone = createState(initLab)
    alone.story.value = 7
    expect(beside(alone, 1)).toBeUndefined()
  })

  it('hides what would answer its riddle until it is answered, or is not the riddle any more', () => {
    const state = createState(initLab)
    const [riddle] = initLab.story
    expect(hiddenIds(state)).toEqual(riddle.hides)
    expect(hiddenIds(state)).toContain('scheme')
    // before the story begins, the size may change; another scheme is not the riddle, so nothing is hidden
    state.values.value = { ...state.values.value, dModel: 64 }
    expect(hiddenIds(state)).toEqual(riddle.hides)
    state.values.value = { ...state.values.value, scheme: 'custom' }
    expect([hiddenIds(state), keptStep(state)]).toEqual([[], undefined])
    state.story.value = 0
    expect(hiddenIds(state)).toEqual(riddle.hides)
    state.answered.value = riddle
    expect(hiddenIds(state)).toEqual([])
    state.answered.value = null
    state.story.value = 1
    expect(hiddenIds(state)).toEqual([])
  })
})

it('a story that is not begun takes the sizes of the machine, and those alone', () => {
  const state = createState(trainingLab)
  const [step] = trainingLab.story
  const values = { ...defaults(trainingLab.parameters), ...step.patch } as ParameterValues
  state.values.value = { ...values, vocab: 2048 }
  expect(departedIds(state, step)).toEqual(['vocab'])
  state.measured.value = { vocab: 2048, dModel: 512 }
  expect(departedIds(state, step)).toEqual([])
  state.values.value = { ...values, vocab: 4096 }
  expect(departedIds(state, step)).toEqual(['vocab'])
  state.values.value = { ...values, vocab: 2048 }
  state.story.value = 0
  expect(departedIds(state, step)).toEqual(['vocab'])
})

it('a link with other values hides nothing either where the step hides only numbers', () => {
  const state = createState(klLab)
  expect(hiddenIds(state)).toEqual(klLab.story[0].hides)
  state.values.value = { ...state.values.value, family: 'uniform' }
  expect([hiddenIds(state), keptStep(state)]).toEqual([[], undefined])
})

describe('the run’s button and position', () => {
  const opened = (lab = initLab) => {
    const state = createState(lab)
    state.busy.value = false
    state.answered.value = lab.story[0] ?? null
    return state
  }

  it('wait with a step that holds, but for the steps of a script', () => {
    const state = opened()
    state.answered.value = null
    state.frames.add(frame(1, 0))
    expect([playLabel(state), position(state)]).toEqual(['Play', 'step 0: the question comes first'])
    state.running.value = true
    expect([playLabel(state), position(state)]).toEqual(['Pause', 'step 0'])
  })

  it('offer another run where one is finished, however it came to its end', () => {
    const state = opened()
    state.frames.add(frame(1, 30))
    expect([playLabel(state), position(state)]).toEqual(['Play', 'step 30'])
    state.frames.add({ ...frame(1, 31), finished: true })
    for (const playing of [false, true]) {
      state.playing.value = playing
      expect([playLabel(state), position(state)]).toEqual(['Replay', 'step 31: finished'])
    }
  })

  it('tell what a run waits for, and play on with it', () => {
    const state = opened(trainingLab)
    const values = state.values.value
    state.frames.add({ ...frame(1, 20), finished: true, asks: true, values })
    expect([playLabel(state), position(state)]).toEqual(['Play', 'step 20: waiting for your guess'])
    expect(askedFor(state)?.id).toBe('raceGuess')
    // set by now, though no frame knows of it
    state.values.value = { ...values, raceGuess: 300 }
    expect([position(state), askedFor(state)]).toEqual(['step 20', undefined])
    state.values.value = values
    expect(askedFor(state)?.id).toBe('raceGuess')
    state.frames.add({ ...frame(1, 20), asks: true })
    expect(askedFor(state)).toBe(undefined)
  })

  it('tell of nothing finished while a script’s steps are under way beyond the end', () => {
    const state = opened()
    state.frames.add({ ...frame(1, 639), finished: true })
    state.running.value = true
    expect([playLabel(state), position(state)]).toEqual(['Pause', 'step 639'])
    state.failure.value = new Error('it broke')
    expect([playLabel(state), position(state)]).toEqual(['Play', 'stopped: the message says why'])
  })
})

describe('kept frames', () => {
  it('are one a step, the newest of it, and only of the current run', () => {
    const frames = createFrames()
    frames.add(frame(1, 0))
    const complete = frame(1, 0)
    frames.add(complete)
    frames.add(frame(1, 1))
    expect(frames.kept.value.map(({ step }) => step)).toEqual([0, 1])
    expect(frames.kept.value[0]).toBe(complete)
    frames.add(frame(2, 0))
    expect(frames.kept.value).toHaveLength(1)
  })

  it('drop the oldest when there are too many or too much', () => {
    const frames = createFrames()
    for (let step = 0; step < 300; step++) frames.add(frame(1, step))
    expect(frames.kept.value).toHaveLength(240)
    expect(frames.kept.value.at(-1)?.step).toBe(299)
    for (let step = 300; step < 330; step++) frames.add(frame(1, step, 2 ** 21))
    expect(frames.kept.value.length).toBeLessThan(20)
  })

  it('can be looked back at while new ones arrive, until the run is another one', () => {
    const frames = createFrames()
    for (let step = 0; step < 5; step++) frames.add(frame(1, step))
    frames.lookBack(2)
    frames.add(frame(1, 5))
    expect(frames.shown.value?.step).toBe(2)
    expect(frames.lookingBack.value).toBe(true)
    frames.live()
    expect(frames.shown.value?.step).toBe(5)
    frames.lookBack(0)
    frames.add(frame(2, 0))
    expect(frames.shown.value?.run).toBe(2)
    // the newest frame is live, not in the past
    frames.lookBack(0)
    expect(frames.lookingBack.value).toBe(false)
  })
})

describe('sending values while dragging', () => {
  it('has one call in flight and then sends only the newest values', async () => {
    const sent: ParameterValues[] = []
    const finish: (() => void)[] = []
    const sender = createSender((values) => {
      sent.push(values)
      return new Promise((resolve) => finish.push(resolve))
    })
    const first = sender.push({ std: 1 })
    await Promise.resolve()
    await Promise.resolve()
    const later = [sender.push({ std: 2 }), sender.push({ std: 3 }), sender.push({ dModel: 64 })]
    expect(sent).toEqual([{ std: 1 }])
    finish[0]()
    await first
    await new Promise((resolve) => setTimeout(resolve))
    expect(sent).toEqual([{ std: 1 }, { std: 3, dModel: 64 }])
    finish[1]()
    await Promise.all(later)
  })

  it('tells a refusal to those who wait for it and goes on', async () => {
    let refuse = true
    const sender = createSender(async () => {
      if (refuse) throw new RangeError('refused')
    })
    await expect(sender.push({ std: 1 })).rejects.toThrow('refused')
    refuse = false
    await expect(sender.push({ std: 2 })).resolves.toBeUndefined()
  })
})

describe('a slider', () => {
  const log: NumberParameter = {
    id: 'dModel',
    kind: 'logNumber',
    label: '',
    help: '',
    minimum: 16,
    maximum: 4096,
    integer: true,
    default: 500,
  }
  const linear: NumberParameter = {
    id: 'alignment',
    kind: 'number',
    label: '',
    help: '',
    minimum: 0,
    maximum: 1,
    step: 0.01,
    default: 0.7,
  }

  it('moves by equal ratios on a log scale and reaches both ends', () => {
    expect(toPosition(log, 256)).toBeCloseTo(0.5, 12)
    expect(fromPosition(log, 0.5)).toBe(256)
    expect([fromPosition(log, 0), fromPosition(log, 1)]).toEqual([16, 4096])
  })

  it('finds powers of two and the default, which nobody could hit by hand', () => {
    expect(fromPosition(log, toPosition(log, 1020))).toBe(1024)
    expect(fromPosition(log, toPosition(log, 497))).toBe(500)
    expect(fromPosition(log, toPosition(log, 700.4))).toBe(700)
  })

  it('gives round values on a linear scale', () => {
    expect(fromPosition(linear, 0.30000001)).toBe(0.3)
    expect(moved(linear, 0.29, 1)).toBe(0.3)
    expect(moved(linear, 1, 1)).toBe(1)
  })

  it('moves in multiples of its step, on a log scale too', () => {
    const stepped = { ...log, minimum: 50, step: 16, maximum: 1000 }
    for (let position = 0.01; position < 1; position += 0.01) {
      const value = fromPosition(stepped, position)
      if (value > 50 && value < 1000) expect(value % 16).toBe(0)
    }
    expect([0, 0.5, 1].map((position) => fromPosition(stepped, position))).toEqual([50, 224, 1000])
    // a typed value between two notches moves to the next notch on either side
    expect([moved(stepped, 100, 1), moved(stepped, 100, -1)]).toEqual([112, 96])
    expect(moved(stepped, 96, 1)).toBe(112)
    expect(fromPosition({ ...linear, minimum: 1, maximum: 64, step: 8 }, 0.2)).toBe(16)
  })

  it('goes as far as the other values permit, by hundredths of its way on either scale', () => {
    const wide = { ...log, minimum: 1e-8, maximum: 1e3, integer: false, default: 100 }
    const above = (least: number) => (value: number) => value > least
    const reached = asFarAs(wide, 1e3, 1e-8, above(1e-6))
    expect(reached).toBeGreaterThan(1e-6)
    // a hundredth of eleven decades
    expect(reached).toBeLessThan(1e-6 * 10 ** 0.12)
    expect(asFarAs(wide, 1e3, 1e-8, () => true)).toBe(1e-8)
    expect(asFarAs(wide, 1e3, 1e-8, () => false)).toBe(1e3)
    expect(asFarAs(linear, 0.9, 0, above(0.4))).toBeCloseTo(0.41, 12)
  })

  it('stops at listed values alone', () => {
    const listed = { ...log, minimum: 1, maximum: 16, values: [1, 2, 4, 8, 16] }
    for (let position = 0; position <= 1; position += 0.05)
      expect(listed.values).toContain(fromPosition(listed, position))
    expect(fromPosition(listed, 0.52)).toBe(4)
    expect([moved(listed, 4, 1), moved(listed, 4, -1), moved(listed, 4, 10)]).toEqual([8, 2, 16])
    expect(moved(listed, 16, 1)).toBe(16)
  })

  it.each([
    log,
    linear,
    { ...log, id: 'stepped', step: 16 },
    { ...log, id: 'between', minimum: 50, step: 16 },
    { ...linear, id: 'listed', values: [0, 0.1, 0.5, 1] },
  ])('every key press changes the value until the end is reached: $id', (parameter) => {
    let value = parameter.minimum
    for (let press = 0; press < 500 && value < parameter.maximum; press++) {
      const next = keyed(parameter, value, 'ArrowRight')!
      expect(next).toBeGreaterThan(value)
      value = next
    }
    expect(value).toBe(parameter.maximum)
    expect(keyed(parameter, value, 'PageDown')).toBeLessThan(value)
    expect(keyed(parameter, value, 'Home')).toBe(parameter.minimum)
    expect(keyed(parameter, value, 'a')).toBeUndefined()
  })

  it('is not made for a range that nobody can drag over', () => {
    expect(hasSlider({ ...linear, integer: true, maximum: 2 ** 32 - 1 })).toBe(false)
    expect(hasSlider(log) && hasSlider(linear)).toBe(true)
  })
})
