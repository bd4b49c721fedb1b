/** The page around made-up labs: a range that follows a choice, a story that leads from one lab to the next, a file. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app/app.ts'
import type { Engine as PageEngine } from '../../src/app/engine.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { ExperimentModule } from '../../src/labs/experiment.ts'
import type { Lab } from '../../src/labs/lab.ts'
import type { NumberParameter, Parameter, ParameterValues } from '../../src/labs/parameter.ts'
import type { StoryOutline } from '../../src/labs/story.ts'

const view: Parameter = {
  id: 'view',
  kind: 'choice',
  label: 'view',
  help: 'What is shown.',
  options: ['still', 'moving'].map((value) => ({ value, label: value })),
  default: 'still',
}
const width: NumberParameter = {
  id: 'width',
  kind: 'logNumber',
  label: 'width of it',
  help: 'How wide it is.',
  minimum: 16,
  maximum: 4096,
  integer: true,
  default: 512,
  when: ({ view }) =>
    view === 'moving'
      ? { minimum: 64, maximum: 500, step: 16, default: 128, because: 'it moves' }
      : undefined,
}
const words: NumberParameter = {
  id: 'words',
  kind: 'number',
  label: 'words',
  help: 'How many words there are.',
  minimum: 1,
  maximum: 998,
  integer: true,
  step: 1,
  default: 10,
}
const fold: Parameter = {
  id: 'fold',
  kind: 'choice',
  label: 'fold',
  help: 'What divides the words.',
  options: ['1', '5', '8'].map((value) => ({ value, label: value })),
  default: '1',
}

/** Number of runs begun, and the provided data. */
let runs = 0
let brought: string[] = []

const experimentModule: ExperimentModule = {
  parameters: [view, width, words, fold],
  async createExperiment(_backend, values) {
    runs++
    const metrics = { area: (values.width as number) * (values.words as number) }
    return {
      step: 0,
      ready: true,
      progress: 1,
      complete: true,
      lastStep: 0,
      advance: async () => {},
      update() {},
      frame: async () => ({ metrics, data: null, transfer: [] }),
      metrics: async () => metrics,
      dispose() {},
    }
  },
  calibratedDefaults: async (_, { view }): Promise<ParameterValues> =>
    view === 'moving' ? { width: 256 } : {},
  createHotLoop: () => Promise.reject(new Error('nothing to time')),
  async provide(name, bytes) {
    const text = new TextDecoder().decode(bytes)
    if (text === '') throw new RangeError('The file is empty.')
    brought.push(`${name}: ${text}`)
    return text.split(' ').length
  },
}

/** A story of one step. */
const told = (step: StoryOutline) => ({
  story: [step],
  loadStory: async () => [{ ...step, caption: '' }],
  loadNotes: async () => [],
})

const lab: Lab = {
  id: 'made',
  title: 'Made up',
  question: 'Does the page follow?',
  parameters: experimentModule.parameters,
  conflict: ({ words, fold }) =>
    (words as number) % Number(fold) === 0
      ? undefined
      : { ids: ['fold'], message: `fold = ${fold} is not permitted with words = ${words}.` },
  readouts: [{ metric: 'area', label: 'area' }],
  file: {
    lab: 'made',
    label: 'Open a text of your own…',
    accept: '.txt,text/plain',
    async read(file, provide) {
      const words = await provide('text', new Uint8Array(await file.arrayBuffer()))
      return { facts: {}, patch: { view: 'moving', words: words as number } }
    },
  },
  ...told({ title: 'it moves', patch: { view: 'moving' }, panels: [] }),
  loadView: () => Promise.reject(new Error('nothing to draw')),
}
const fileless: Lab = { ...lab, id: 'fileless', title: 'Without a file', file: undefined }
/** Takes a file for the other one, which its story goes on with. */
const before: Lab = {
  ...lab,
  id: 'before',
  title: 'Before it',
  ...told({ title: 'the first of all', patch: { view: 'still' }, panels: [] }),
  goesOn: { lab: 'made', keeps: ['words'] },
}

/** The engine in the page's own thread. */
function createEngine(): PageEngine {
  const load = async () => experimentModule
  const engine = new Engine(undefined, { made: load, fileless: load, before: load })
  return {
    open: (...given) => engine.open(...given),
    set: (values) => engine.set(values),
    run: (steps) => engine.run(steps),
    reset: () => engine.reset(),
    metrics: () => engine.metrics(),
    request: (name) => engine.request(name),
    provide: (...given) => engine.provide(...given),
    use: (choice) => engine.use(choice),
    compare: (...given) => engine.compare(...given),
    raceBackends: (...given) => engine.raceBackends(...given),
    steerRace: (...given) => engine.steerRace(...given),
    play: () => engine.play(),
    pause: () => engine.pause(),
    setSpeed: (speed) => engine.setSpeed(speed),
    cancelCompare: () => engine.cancelCompare(),
    onNotice() {},
    onWaiting() {},
    onError() {},
    restart: async () => {},
    onFrame(listener) {
      const pull = async (): Promise<void> => {
        listener((await engine.nextFrame()).frame)
        return pull()
      }
      void pull()
      return () => {}
    },
  }
}

const root = document.createElement('div')
const find = <Found extends HTMLElement>(selector: string) => {
  const found = root.querySelector<Found>(selector)
  if (!found) throw new Error(`There is no ${selector} on the page.`)
  return found
}
const slider = () => find('[data-parameter=width] [role=slider]')
const field = () => find<HTMLInputElement>('[data-parameter=width] input')
const range = () => ['min', 'max', 'now'].map((end) => Number(slider().getAttribute(`aria-value${end}`)))
const values = () => window.natlab.parameters()
const notices = () => find('.notices').textContent
const openButton = () => find('aside .panel-section > button.button')

/** Drags an object from outside over the page, or drops it there. */
function drag(kind: 'dragover' | 'drop' | 'dragleave', fill: (data: DataTransfer) => void): DragEvent {
  const dataTransfer = new DataTransfer()
  fill(dataTransfer)
  const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true })
  find('main').dispatchEvent(event)
  return event
}
const textFile = (text: string) => new File([text], 'speech.txt', { type: 'text/plain' })
const withFile = (text: string) => (data: DataTransfer) => {
  data.items.add(textFile(text))
}

beforeAll(async () => {
  document.body.append(root)
  createApp(root, {
    labs: [lab, fileless, before],
    createEngine,
    loadStage: () => Promise.reject(new Error('no pictures in this test')),
  })
  await window.natlab.ready
})
afterAll(() => {
  root.remove()
  history.replaceState(null, '', location.pathname + location.search)
})
beforeEach(async () => {
  await window.natlab.open('made')
  brought = []
})

describe('a slider whose range follows a choice', () => {
  it('has the range, the keys and the messages of the moment', async () => {
    expect(range()).toEqual([16, 4096, 512])
    await window.natlab.set({ view: 'moving' })
    // pushed into its range
    expect(range()).toEqual([64, 500, 500])
    await window.natlab.set({ width: 256 })
    expect(range()).toEqual([64, 500, 256])
    slider().dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))
    expect(values().width).toBe(240)
    slider().dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }))
    expect(values().width).toBe(500)
    field().value = '1,000'
    field().dispatchEvent(new Event('change'))
    expect(find('[data-parameter=width] .field-error').textContent).toBe(
      '"1,000" is not permitted: it moves; width of it (width) is a whole number from 64 to 500.',
    )
    await window.natlab.set({ view: 'still' })
    expect(range()).toEqual([16, 4096, 500])
    expect(find('[data-parameter=width] .field-error').textContent).toBe('')
  })

  it('is refused by the same range in the console and in a link', async () => {
    const refusal = 'width = 1000 is not permitted: it moves; width is a whole number from 64 to 500.'
    await expect(window.natlab.set({ width: 1000, view: 'moving' })).rejects.toThrow(refusal)
    await expect(window.natlab.open('made', { view: 'moving', width: 1000 })).rejects.toThrow(refusal)
    expect(values().view).toBe('still')
    location.hash = '#lab=made&width=1000&view=moving&words=7'
    await expect.poll(notices).toContain(refusal)
    await expect.poll(values).toMatchObject({ view: 'moving', width: 256, words: 7 })
  })
})

describe('what may not be together', () => {
  it('is refused where it is chosen, with the reason', async () => {
    const select = find<HTMLSelectElement>('[data-parameter=fold] select')
    const choose = (index: number) => {
      select.selectedIndex = index
      select.dispatchEvent(new Event('change'))
    }
    await window.natlab.set({ words: 15 })
    choose(2)
    expect(notices()).toContain('fold = 8 is not permitted with words = 15.')
    expect([select.selectedIndex, values().fold]).toEqual([0, '1'])
    choose(1)
    expect(values().fold).toBe('5')
    expect(notices()).not.toContain('fold = 8')
  })

  it('lets a slider go as far as it may, to a hundredth of the way', async () => {
    await window.natlab.set({ words: 15, fold: '5' })
    find('[data-parameter=words] [role=slider]').dispatchEvent(
      new KeyboardEvent('keydown', { key: 'PageUp', bubbles: true }),
    )
    // 10 notches further is 25, a multiple of 5
    expect(values().words).toBe(25)
    find('[data-parameter=words] [role=slider]').dispatchEvent(
      new KeyboardEvent('keydown', { key: 'End', bubbles: true }),
    )
    expect(values().words).toBe(940)
    await expect.poll(() => find('[data-parameter=words] .field-error').textContent).toContain('words = 998')
  })
})

describe('a story that goes on in another lab', () => {
  it('leads there and back by its buttons and keys, and so do back and forward', async () => {
    await window.natlab.open('before', { width: 1000, words: 5 })
    const [previous, next] = ['Previous', 'Next'].map((one) =>
      find<HTMLButtonElement>(`[aria-label="${one} step of the story"]`),
    )
    const place = () => [find('#story-title').textContent, find('.story-counter').textContent]
    expect([place(), previous.disabled, next.disabled]).toEqual([['the first of all', '1 of 1'], true, false])
    next.click()
    await expect.poll(values).toMatchObject({ view: 'moving', width: 256, words: 5 })
    expect([place(), previous.disabled, next.disabled]).toEqual([['it moves', '1 of 1'], false, true])
    expect(find('[aria-current=page]').textContent).toBe('Made up')
    expect(await window.natlab.metrics()).toEqual({ area: 256 * 5 })
    // the entry holds the calibrated values
    await expect.poll(() => location.hash).toMatch(/lab=made.*width=256.*story=1/)
    history.back()
    await expect.poll(values).toMatchObject({ view: 'still', width: 1000, words: 5 })
    expect(await window.natlab.metrics()).toEqual({ area: 5000 })
    history.forward()
    await expect.poll(values).toMatchObject({ view: 'moving', width: 256, words: 5 })
    const key = (key: string) => dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    key('ArrowLeft')
    await expect.poll(place).toEqual(['the first of all', '1 of 1'])
    expect(values()).toMatchObject({ view: 'still', words: 5 })
    key('ArrowRight')
    await expect.poll(place).toEqual(['it moves', '1 of 1'])
    await expect.poll(values).toMatchObject({ view: 'moving', width: 256, words: 5 })
  })
})

describe('a file', () => {
  it('is dropped anywhere, after a hint where', async () => {
    await window.natlab.open('before')
    const hint = find('.drop-hint')
    expect(hint.hidden).toBe(true)
    expect(drag('dragover', withFile('a b c')).defaultPrevented).toBe(true)
    expect([hint.hidden, hint.textContent]).toEqual([false, 'Drop one file here. It stays on this machine.'])
    drag('dragleave', withFile('a b c'))
    expect(hint.hidden).toBe(true)
    drag('dragover', withFile('a b c'))
    drag('drop', withFile('a b c'))
    expect(hint.hidden).toBe(true)
    await expect.poll(values).toMatchObject({ view: 'moving', width: 256, words: 3 })
    expect(brought).toEqual(['text: a b c'])
    await expect.poll(() => root.textContent).toContain('“speech.txt” is read.')
  })

  it('is chosen with a button where the lab has a use for it', async () => {
    expect(openButton().textContent).toBe('Open a text of your own…')
    await window.natlab.open('before')
    expect(openButton().checkVisibility()).toBe(false)
    await window.natlab.open('made')
    expect(openButton().checkVisibility()).toBe(true)
    const input = find<HTMLInputElement>('input[type=file]')
    expect(input.accept).toBe('.txt,text/plain')
    const chosen = new DataTransfer()
    chosen.items.add(textFile('one two'))
    // the browser's dialog cannot be used here, so the test fills the input
    let asked = 0
    input.addEventListener('click', (event) => {
      event.preventDefault()
      asked++
    })
    openButton().click()
    expect(asked).toBe(1)
    input.files = chosen.files
    input.dispatchEvent(new Event('change'))
    await expect.poll(() => values().words).toBe(2)
  })

  it('begins a new run even if it changes no parameter', async () => {
    drag('drop', withFile('a b c'))
    await expect.poll(() => values().words).toBe(3)
    await window.natlab.metrics()
    const before = runs
    drag('drop', withFile('d e f'))
    await expect.poll(() => runs).toBe(before + 1)
    expect(brought).toEqual(['text: a b c', 'text: d e f'])
    expect(values().words).toBe(3)
  })

  it('is refused with the reason, and nothing changes', async () => {
    const before = values()
    drag('drop', withFile(''))
    await expect.poll(notices).toContain('“speech.txt” cannot be used.The file is empty.')
    drag('drop', (data) => {
      withFile('a')(data)
      withFile('b')(data)
    })
    expect(notices()).toContain('Nothing was read.2 files were dropped: drop one.')
    // a newer message replaces the older one
    expect(notices()).not.toContain('The file is empty.')
    drag('drop', (data) => data.setData('text/plain', 'a selection'))
    expect(notices()).toContain('That was not a file.')
    expect([values(), brought]).toEqual([before, []])
    drag('drop', withFile('a b'))
    await expect.poll(() => values().words).toBe(2)
    expect(notices()).not.toContain('Nothing was read.')
  })

  it('is not taken by a lab that works with none, which says so', async () => {
    await window.natlab.open('fileless')
    expect(openButton().checkVisibility()).toBe(false)
    const over = drag('dragover', withFile('a'))
    expect([over.defaultPrevented, over.dataTransfer?.dropEffect]).toEqual([true, 'none'])
    expect(find('.drop-hint').textContent).toBe(
      'Drop a lesson or a saved view here. This lab works with no other file.',
    )
    drag('drop', withFile('a'))
    await expect.poll(notices).toContain('This lab works with no file.')
  })
})

describe('an unexpected error', () => {
  it('is told, but not that an element was resized twice in a frame', async () => {
    const box = document.createElement('div')
    document.body.append(box)
    const happened: ErrorEvent[] = []
    const listen = (event: ErrorEvent) => void happened.push(event)
    addEventListener('error', listen)
    new ResizeObserver(() => {
      if (box.offsetHeight < 50) box.style.height = `${box.offsetHeight + 10}px`
    }).observe(box)
    await expect
      .poll(() => happened.map(({ message }) => message))
      .toContainEqual(expect.stringContaining('ResizeObserver'))
    expect(notices()).not.toContain('unexpected')
    setTimeout(() => {
      throw new Error('it broke')
    })
    await expect.poll(notices).toMatch(/unexpected.*it broke/)
    removeEventListener('error', listen)
    box.remove()
  })
})
