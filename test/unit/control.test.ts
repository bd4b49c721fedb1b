/** What the page does where one lab leads into another, when that fails, and with a file: on made-up labs and engine. */
import { describe, expect, it, vi } from 'vitest'
import { isComplete, meantValues, parseAddress } from '../../src/app/address.ts'
import { createControl } from '../../src/app/control.ts'
import type { Engine } from '../../src/app/engine.ts'
import type { Notice } from '../../src/app/notices.ts'
import {
  createState,
  hiddenIds,
  isHeld,
  type Lesson,
  placesAhead,
  placesOf,
  type State,
  veil,
} from '../../src/app/state.ts'
import type { BackendInfo, OpenResult } from '../../src/engine/protocol.ts'
import { coded, obsolete } from '../../src/faults.ts'
import type { Lab, LabFile } from '../../src/labs/lab.ts'
import type { Parameter, ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'

const number = { kind: 'number', label: '', help: '', minimum: 0, integer: true } as const

/** A file of a text with up to 100 bytes; each byte is a word. */
const file: LabFile = {
  lab: 'moving',
  label: 'Open a text…',
  accept: 'text/plain',
  async read(file, provide) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (bytes.length > 100) throw new RangeError('it has more than 100 words')
    await provide('text', bytes)
    return { facts: { words: bytes.length }, patch: { words: bytes.length } }
  },
}

const words: Parameter = { ...number, id: 'words', maximum: 100, default: 50 }
const rate: Parameter = { ...number, id: 'rate', maximum: 9, default: 1, live: true }
const seed: Parameter = { ...number, id: 'seed', maximum: 999_999, default: 1 }

const lab: Lab = {
  id: 'still',
  title: 'Made up',
  question: '',
  parameters: [{ ...number, id: 'width', maximum: 4096, default: 512 }, words, rate, seed],
  readouts: [],
  file,
  speed: 10,
  story: [{ title: 'still', patch: { rate: 4 }, panels: [] }],
  loadStory: async () => [],
  loadNotes: async () => [],
  goesOn: { lab: 'moving', keeps: ['seed', 'words', 'depth'] },
  loadView: () => Promise.reject(new Error('not drawn here')),
}
const { goesOn: _, ...alone } = lab
/** The story goes on with it. */
const moving: Lab = {
  ...alone,
  id: 'moving',
  parameters: [
    { ...number, id: 'width', maximum: 256, default: 128 },
    { ...number, id: 'depth', maximum: 9, default: 0 },
    words,
    rate,
    seed,
  ],
  speed: 30,
  story: [
    { title: 'moving', patch: { rate: 2 }, panels: [] },
    { title: 'moving on', patch: { rate: 3 }, panels: [] },
  ],
}
const labs = [lab, moving]

/** A page at the first lab, open and playing, whose engine calibrates `width` to 64 in the second, `part` to 7. */
async function opened(open?: () => Promise<void>) {
  const calls: [string, ...unknown[]][] = []
  const answer = { open }
  const note =
    (name: string) =>
    async (...given: unknown[]) => {
      calls.push([name, ...given])
    }
  const engine: Engine = {
    async open(id, values): Promise<OpenResult> {
      calls.push(['open', values, id])
      await answer.open?.()
      const { parameters } = labs.find((one) => one.id === id)!
      const calibrated: ParameterValues = { moving: { width: 64 }, bounded: { part: 7 } }[id] ?? {}
      const backend = { kind: 'wasm', adapter: 'a', software: false, threads: 1, reason: 'a reason' } as const
      return { values: { ...defaults(parameters, values), ...calibrated, ...values }, backend }
    },
    set: note('set'),
    run: note('run'),
    reset: note('reset'),
    provide: note('provide'),
    restart: note('restart'),
    play: () => calls.push(['play']),
    pause: () => calls.push(['pause']),
    metrics: async () => ({}),
    request: () => Promise.reject(new Error('nothing')),
    async use(choice) {
      calls.push(['use', choice])
      return { kind: 'wasm', adapter: 'a', software: false, threads: 1, reason: 'chosen by you' }
    },
    compare: () => Promise.reject(new Error('nothing')),
    raceBackends: () => Promise.reject(new Error('nothing')),
    steerRace() {},
    setSpeed() {},
    cancelCompare() {},
    onNotice(listener) {
      engineTells = listener
    },
    onWaiting(listener) {
      engineWaits = listener
    },
    onFrame: () => () => {},
    onError(listener) {
      engineFails = listener
    },
  }
  let engineFails = (_: Error) => {}
  let engineWaits = (_: string | undefined) => {}
  let engineTells = (_message: string, _backend: BackendInfo) => {}
  const notices: Notice[] = []
  const history: [string, ParameterValues][] = []
  const entry = (kind: string) => (text: string) => {
    history.push([kind, parseAddress(text, labs).values])
  }
  const state = createState(lab, labs)
  const control = createControl(
    state,
    engine,
    {
      element: undefined as unknown as HTMLElement,
      show: (notice) => notices.push(notice),
      dismiss() {},
      dismissErrors: () => notices.splice(0, notices.length),
    },
    { push: entry('push'), extend: entry('extend'), replace: entry('replace') },
  )
  // avoids the notice of a missing WebGPU
  state.backendChoice.value = 'wasm'
  await control.open(lab, { values: { seed: 7 }, play: true }).catch(control.report)
  calls.length = 0
  const named = (name: string) => calls.filter(([one]) => one === name).map(([, given]) => given)
  return {
    state,
    control,
    engine,
    engineFails,
    waits: engineWaits,
    engineTells,
    calls,
    named,
    notices,
    history,
    answer,
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))

/** A promise, and a function that resolves it. */
function gate() {
  let open!: () => void
  let fail!: (fault: Error) => void
  const wait = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { wait: () => wait, open, fail }
}

describe('a lab that another one leads into', () => {
  it('keeps what both keep and what the patch names, the rest is calibrated', async () => {
    const { state, control, named, calls } = await opened()
    await control.set({ width: 4000, rate: 5, words: 20 }, 'push')
    await control.goOn(moving, { rate: 3 }, 'push')
    expect(named('open')).toEqual([{ seed: 7, words: 20, rate: 3 }])
    expect(state.lab.value).toBe(moving)
    expect(state.values.value).toEqual({ width: 64, depth: 0, words: 20, rate: 3, seed: 7 })
    expect(state.busy.value).toBe(false)
    // it was playing, so it plays on
    expect(calls.at(-1)).toEqual(['play'])
    control.setPlaying(false)
    await control.goOn(lab, {}, 'push')
    expect([state.lab.value, state.values.value.width]).toEqual([lab, 512])
    expect([state.playing.value, calls.at(-1)?.[0]]).toEqual([false, 'open'])
  })

  it('has what it kept once more after the way there and back, unless another lab was opened meanwhile', async () => {
    const { state, control } = await opened()
    await control.goOn(moving, { depth: 5, rate: 8 }, 'push')
    await control.goOn(lab, {}, 'push')
    expect(state.values.value).toEqual({ width: 512, words: 50, rate: 1, seed: 7 })
    await control.set({ seed: 8 }, 'push')
    await control.goOn(moving, {}, 'push')
    expect(state.values.value).toMatchObject({ depth: 5, rate: 1, seed: 8 })
    await control.goOn(lab, {}, 'push')
    await control.open(lab, { values: {}, play: true })
    await control.goOn(moving, {}, 'push')
    expect(state.values.value).toMatchObject({ depth: 0, seed: 1 })
  })

  it('plays at its own speed, and otherwise as was chosen', async () => {
    const { state, control } = await opened()
    expect(state.speed.value).toBe(10)
    control.setSpeed(3)
    await control.open(lab, { values: {}, play: true })
    expect(state.speed.value).toBe(3)
    await control.goOn(moving, {}, 'push')
    expect(state.speed.value).toBe(30)
  })

  it('makes one entry in the history, with the values as they are calibrated', async () => {
    const { control, history } = await opened()
    await control.goOn(moving, {}, 'push')
    expect(history.map(([kind, { width }]) => [kind, width])).toEqual([
      ['push', 128],
      ['replace', 64],
    ])
    // as the panel does: first a change, then its commit
    history.length = 0
    const set = control.goOn(lab, {}, 'none')
    control.commit()
    await set
    expect(history.map(([kind, { width }]) => [kind, width])).toEqual([
      ['push', 512],
      ['replace', 512],
    ])
  })

  it('is refused before anything changes where the patch is not permitted there', async () => {
    const { state, control, named } = await opened()
    const before = state.values.value
    await expect(control.goOn(moving, { width: 512 }, 'push')).rejects.toThrow('0 to 256')
    expect([state.lab.value, state.values.value]).toEqual([lab, before])
    expect(named('open')).toEqual([])
  })

  it('is where the story leads from its last step, and from where it leads back', async () => {
    const { state, control, history } = await opened()
    // before the first step of all there is none
    control.travel(-1)
    await settled()
    expect([state.lab.value, history]).toEqual([lab, []])
    control.travel(1)
    await settled()
    expect([state.lab.value, state.story.value]).toEqual([moving, 0])
    expect(state.values.value).toMatchObject({ width: 64, rate: 2, seed: 7 })
    expect(history.map(([kind, { rate }]) => [kind, rate])).toEqual([
      ['push', 2],
      ['replace', 2],
    ])
    control.travel(1)
    await settled()
    expect([state.story.value, state.values.value.rate]).toEqual([1, 3])
    // nor behind the last one
    control.travel(1)
    await settled()
    expect([state.lab.value, state.story.value]).toEqual([moving, 1])
    control.travel(-1)
    await settled()
    control.answer()
    expect(state.answered.value).toBe(moving.story[0])
    control.travel(-1)
    await settled()
    expect([state.lab.value, state.story.value]).toEqual([lab, 0])
    expect(state.values.value).toEqual({ width: 512, words: 50, rate: 4, seed: 7 })
    // its questions are asked anew
    control.travel(1)
    await settled()
    expect([state.lab.value, state.answered.value]).toEqual([moving, null])
  })

  it('is left with exactly the values of the entry that is travelled to', async () => {
    const { state, control, named } = await opened()
    await control.set({ width: 3000, rate: 8 }, 'push')
    const address = control.address()
    control.travel(1)
    await settled()
    await control.apply(parseAddress(address, labs))
    expect(named('open').at(-1)).toEqual(state.values.value)
    expect(state.lab.value).toBe(lab)
    expect(state.values.value).toEqual({ width: 3000, words: 50, rate: 8, seed: 7 })
    expect(state.story.value).toBeNull()
  })

  it('takes what is moved meanwhile, and sends nothing of before', async () => {
    const { state, control, engine, answer, named } = await opened()
    // one change is on its way, another waits for it
    const sending = gate()
    engine.set = vi.fn(sending.wait)
    const early = [control.set({ width: 1000 }, 'none'), control.set({ width: 2000 }, 'none')]
    const opening = gate()
    answer.open = opening.wait
    const going = control.goOn(moving, {}, 'push')
    engine.set = vi.fn(async () => {})
    await control.set({ width: 32, rate: 6 }, 'none')
    sending.open()
    opening.open()
    await Promise.all([...early, going])
    expect(engine.set).toHaveBeenCalledExactlyOnceWith({ width: 32, rate: 6 })
    expect(state.values.value).toEqual({ width: 32, depth: 0, words: 50, rate: 6, seed: 7 })
    expect(named('open')).toHaveLength(1)
  })

  it('gives way to a newer one', async () => {
    const { state, control, answer, history } = await opened()
    const first = gate()
    answer.open = first.wait
    const going = control.goOn(moving, {}, 'push')
    answer.open = undefined
    await control.goOn(lab, {}, 'push')
    first.open()
    await going
    expect([state.lab.value, state.values.value.width]).toEqual([lab, 512])
    expect(history.at(-1)).toEqual(['replace', state.values.value])
    expect(state.busy.value).toBe(false)
  })
})

describe('the first opening, when it fails', () => {
  const failed = () => opened(() => Promise.reject(new Error('the text did not come')))

  it('says why and offers a reset, which asks for the same again', async () => {
    const { state, notices, answer, named } = await failed()
    expect(state.failure.value?.message).toBe('the text did not come')
    expect(notices.map(({ kind, lines }) => [kind, lines])).toEqual([['error', ['the text did not come']]])
    expect(state.values.value).toMatchObject({ seed: 7 })
    expect(state.busy.value).toBe(false)
    answer.open = undefined
    notices[0].action?.run()
    await settled()
    expect(named('open').at(-1)).toEqual({ seed: 7 })
    expect([state.failure.value, notices]).toEqual([null, []])
  })

  it('is tried again by the next change, and left by another lab', async () => {
    const { state, control, answer, named, notices } = await failed()
    answer.open = undefined
    await control.set({ rate: 5 }, 'push')
    expect(named('set')).toEqual([])
    expect(state.values.value).toMatchObject({ rate: 5, seed: 7 })
    expect([state.failure.value, notices]).toEqual([null, []])
    await control.apply(parseAddress('#lab=moving&rate=7&seed=6&backend=wasm', labs))
    expect(state.lab.value).toBe(moving)
    expect(state.values.value).toMatchObject({ width: 64, rate: 7, seed: 6 })
  })
})

describe('a later opening, when it fails', () => {
  async function failed() {
    const page = await opened()
    const { state } = page
    page.answer.open = () => Promise.reject(new Error('the text did not come'))
    const before = [state.lab.value, state.values.value, state.story.value, state.playing.value]
    const options = { values: { rate: 3 }, play: false, story: 1 }
    await page.control.open(moving, options).catch(page.control.report)
    return { ...page, before }
  }

  it('leaves lab, values, step and playing as they were, and says why', async () => {
    const { state, notices, before, control, named, history } = await failed()
    expect([state.lab.value, state.values.value, state.story.value, state.playing.value]).toEqual(before)
    expect(state.failure.value).toBeNull()
    expect(state.busy.value).toBe(false)
    expect(notices.map(({ title, lines }) => [title, lines])).toEqual([
      ['The lab “Made up” could not be opened. The run before goes on.', ['the text did not come']],
    ])
    expect(history.at(-1)).toEqual(['replace', before[1]])
    await control.set({ rate: 5 }, 'push')
    expect(named('set')).toEqual([{ rate: 5 }])
  })

  it('leaves them so, too, where it overtook another opening that was under way', async () => {
    const { state, control, answer } = await opened()
    const before = [state.lab.value, state.values.value]
    answer.open = () => new Promise(() => {})
    void control.open(moving, { values: {}, play: true })
    answer.open = () => Promise.reject(new Error('the text did not come'))
    await control.open(moving, { values: { rate: 3 }, play: true }).catch(control.report)
    expect([state.lab.value, state.values.value]).toEqual(before)
    expect(state.failure.value).toBeNull()
  })

  it('is tried again by its button', async () => {
    const { state, notices, answer } = await failed()
    answer.open = undefined
    notices[0].action?.run()
    await settled()
    expect(state.lab.value).toBe(moving)
    expect(state.values.value).toMatchObject({ rate: 3, width: 64 })
    expect(state.story.value).toBe(1)
  })

  it('rejects the script’s call, and leaves the same lab’s own values as they were, too', async () => {
    const { control, state } = await failed()
    await expect(control.open(lab, { values: { seed: 8 }, play: false })).rejects.toThrow('did not come')
    expect(state.values.value).toMatchObject({ seed: 7 })
  })
})

describe('a value that a range pushes aside', () => {
  const most: Parameter = { ...number, id: 'most', maximum: 100, default: 100 }
  const part: Parameter = {
    ...number,
    id: 'part',
    maximum: 100,
    default: 50,
    when: ({ most }, facts) => ({ maximum: Math.min(Number(most), Number(facts?.words ?? 100)) }),
  }
  const bounded: Lab = { ...lab, id: 'bounded', parameters: [most, part, seed] }

  async function open() {
    const page = await opened()
    page.answer.open = undefined
    labs.push(bounded)
    await page.control.open(bounded, { values: { part: 40 }, play: false })
    labs.pop()
    return { ...page, value: () => page.state.values.value.part }
  }

  it('comes back with the range, unless another one was chosen meanwhile', async () => {
    const { control, value } = await open()
    await control.set({ most: 30 }, 'push')
    await control.set({ most: 20 }, 'push')
    expect(value()).toBe(20)
    await control.set({ most: 35 }, 'push')
    expect(value()).toBe(35)
    await control.set({ most: 90 }, 'push')
    expect(value()).toBe(40)
    await control.set({ most: 20 }, 'push')
    await control.set({ part: 10 }, 'push')
    await control.set({ most: 90 }, 'push')
    expect(value()).toBe(10)
  })

  it('was never chosen, but measured for a small file: the default comes with a larger one', async () => {
    const { control, state, value, answer } = await open()
    state.file.value = { words: 7 }
    labs.push(bounded)
    answer.open = undefined
    await control.open(bounded, { values: {}, play: false })
    labs.pop()
    expect(value()).toBe(7)
    state.file.value = { words: 60 }
    await control.set({ seed: 3 }, 'push')
    expect(value()).toBe(50)
  })
})

describe('what takes long', () => {
  it('is named, with WebAssembly in place of a backend that does not come, and another lab at any time', async () => {
    const { control, state, answer, notices, named, waits } = await opened()
    answer.open = () => new Promise(() => {})
    void control.open(moving, { values: { rate: 3 }, play: true, backend: 'automatic' })
    waits('the backend')
    expect(notices.at(-1)).toMatchObject({
      title: 'natlab still waits for the backend.',
      action: { label: 'Compute on WebAssembly' },
    })
    answer.open = undefined
    notices.at(-1)!.action!.run()
    await settled()
    expect(named('open').at(-1)).toMatchObject({ rate: 3 })
    expect(state.busy.value).toBe(false)
    expect(state.lab.value).toBe(moving)
    waits(undefined)
    expect(state.waiting.value).toBeNull()
    waits('the lab "moving"')
    expect(notices.at(-1)).toMatchObject({ action: { label: 'Try again' } })
  })
})

describe('the backend in use', () => {
  it('is told with its reason where WebGPU was looked for and cannot be had, whatever the page’s own GPU does', async () => {
    const { control, engine, state, notices } = await opened()
    const { open } = engine
    const missing = { kind: 'wasm', adapter: 'a', software: false, threads: 1, webgpuMissing: true } as const
    engine.open = async (...given) => ({
      ...(await open(...given)),
      backend: { ...missing, reason: 'It gave no adapter in time' },
    })
    state.backendChoice.value = 'automatic'
    await control.open(lab, { values: {}, play: true })
    expect(notices.map(({ title }) => title)).toEqual([
      'Computing on WebAssembly: It gave no adapter in time.',
    ])
    // a software adapter that was not chosen is no loss
    notices.length = 0
    engine.open = open
    await control.open(lab, { values: {}, play: true })
    expect(notices).toEqual([])
  })

  it('of a link that cannot be had is told, and another one computes', async () => {
    const { state, control, engine, notices } = await opened()
    const { open } = engine
    engine.open = async (id, values, choice) => {
      if (choice === 'webgpu') throw coded('unavailable', new Error('It gave no adapter in time.'))
      return open(id, values, choice)
    }
    await control.apply(parseAddress('#lab=still&rate=3&backend=webgpu', labs))
    expect([state.backendChoice.value, state.values.value.rate]).toEqual(['automatic', 3])
    expect(notices.map(({ title }) => title)).toEqual([
      'Computing on WebAssembly: It gave no adapter in time.',
    ])
  })

  it('that had to be left is no choice any more, so that it can be chosen again', async () => {
    const { state, control, engine, engineTells, notices } = await opened()
    const wasm = { kind: 'wasm', adapter: 'a', software: false, threads: 1, reason: 'a kernel' } as const
    // WebGPU fails while it computes
    state.backendChoice.value = 'webgpu'
    engineTells('The kernel gelu does not compile.', wasm)
    expect([state.backendChoice.value, state.backend.value]).toEqual(['automatic', wasm])
    expect(notices.map(({ title }) => title)).toEqual(['The kernel gelu does not compile.'])
    // WebGPU fails while it is being chosen
    engine.use = async () => wasm
    await control.chooseBackend('webgpu')
    expect([state.backendChoice.value, state.backend.value]).toEqual(['automatic', wasm])
    // WebGPU fails while a lab is opened with it
    await control.open(lab, { values: {}, play: true, backend: 'webgpu' })
    expect([state.backendChoice.value, state.backend.value?.kind]).toEqual(['automatic', 'wasm'])
    // WebAssembly is still the user's choice
    await control.open(lab, { values: {}, play: true, backend: 'wasm' })
    expect(state.backendChoice.value).toBe('wasm')
  })
})

describe('a failure', () => {
  /** The page's offer after a fault, from a rejected call or from the engine. */
  async function failing(kind: 'wasm' | 'webgpu') {
    const page = await opened()
    page.state.backend.value = { kind, adapter: 'a', software: false, threads: 1, reason: '' }
    const offered = (fault: Error, tell: (fault: Error) => void = page.control.report) => {
      tell(fault)
      return page.notices.at(-1)?.action
    }
    return { ...page, offered }
  }

  it('of a GPU that is too small offers WebAssembly', async () => {
    const { state, notices, named, offered } = await failing('webgpu')
    const fault = coded('tooLarge', new RangeError('worded as you like'))
    expect(offered(fault)?.label).toBe('Compute on WebAssembly')
    offered(fault)?.run()
    await settled()
    expect(named('use')).toEqual(['wasm'])
    expect([state.backend.value?.kind, state.failure.value, notices]).toEqual(['wasm', null, []])
    // WebAssembly has no other backend to offer
    expect(offered(fault)?.label).toBe('Reset the lab')
  })

  it('of data that did not come offers another try, and never blames the values', async () => {
    const { offered, named, engineFails } = await failing('wasm')
    const fault = coded('tryAgain', new Error('worded as you like'))
    for (const tell of [engineFails, engineFails, undefined]) {
      const again = offered(fault, tell)
      expect(again?.label).toBe('Try again')
      again?.run()
      await settled()
    }
    expect(named('restart')).toHaveLength(3)
  })

  it('that comes back with the same values offers the defaults', async () => {
    const { offered, engineFails } = await failing('wasm')
    const fault = new Error('worded as you like')
    const again = offered(fault, engineFails)
    expect(again?.label).toBe('Reset the lab')
    again?.run()
    await settled()
    expect(offered(fault, engineFails)?.label).toBe('Reset the lab to its defaults')
  })

  it('is decided by its code and not by its words', async () => {
    const { offered } = await failing('webgpu')
    const labels = [
      'It takes 9 bytes. A smaller one, or WebAssembly, has room.',
      'The file is missing. Trying again is possible.',
    ].map((words) => offered(new Error(words))?.label)
    expect(labels).toEqual(['Reset the lab', 'Reset the lab'])
  })

  it('is kept as it was thrown, but for what was only made obsolete', async () => {
    const { state, control, notices } = await failing('wasm')
    control.report(obsolete('The run was paused.'))
    expect([state.failure.value, notices]).toEqual([null, []])
    const fault = coded('lost', new RangeError('it broke'))
    control.report(fault)
    expect(state.failure.value).toBe(fault)
    control.report('a text')
    expect(state.failure.value).toEqual(new Error('a text'))
  })
})

describe('steps that a script asks for', () => {
  it('are under way until they are done, or are ended by the button', async () => {
    const { state, control, engine, named } = await opened()
    const steps = gate()
    engine.run = vi.fn(steps.wait)
    const run = control.run(1000)
    expect([state.running.value, state.playing.value]).toEqual([true, false])
    control.togglePlaying()
    expect(named('pause')).toHaveLength(1)
    expect(state.playing.value).toBe(false)
    steps.fail(obsolete('The run was paused.'))
    await expect(run).rejects.toThrow('paused')
    expect(state.running.value).toBe(false)
  })

  it('are under way as long as the newest of them are', async () => {
    const { state, control, engine } = await opened()
    const [first, second] = [gate(), gate()]
    engine.run = vi.fn(first.wait)
    const replaced = control.run(10).catch(() => undefined)
    engine.run = vi.fn(second.wait)
    const run = control.run(10)
    first.fail(new Error('replaced'))
    await replaced
    expect(state.running.value).toBe(true)
    second.open()
    await run
    expect(state.running.value).toBe(false)
  })
})

it('asks a step’s question anew when it is entered again, or travelled to', async () => {
  const { state, control } = await opened()
  control.enterStory(0)
  await settled()
  const address = control.address()
  control.answer()
  expect(state.answered.value).toBe(lab.story[0])
  control.enterStory(0)
  expect(state.answered.value).toBeNull()
  control.answer()
  state.story.value = null
  await control.apply(parseAddress(address, labs))
  expect([state.story.value, state.answered.value]).toEqual([0, null])
})

describe('a question that holds the run', () => {
  const asking: Lab = {
    ...lab,
    id: 'asking',
    story: [
      { title: 'first', patch: { width: 8 }, panels: [] },
      {
        title: 'asks',
        patch: { width: 16, rate: 4 },
        panels: [],
        holds: 'start',
        hides: ['rate'],
        veils: ['one'],
      },
    ],
  }
  const both = [asking, moving]
  const frame = ({ frames, lab, values }: State, step = 0, finished = false) => {
    const run = { run: 3, playing: true, asks: false, ready: true, progress: 1, metrics: {}, data: {} }
    frames.add({ ...run, lab: lab.value.id, values: values.value, step, finished, lastStep: 40 })
  }

  async function asked() {
    const page = await opened()
    labs.push(asking)
    try {
      await page.control.open(asking, { values: { seed: 7 }, play: true })
    } finally {
      labs.pop()
    }
    page.calls.length = 0
    frame(page.state)
    page.control.enterStory(1)
    await settled()
    frame(page.state)
    return page
  }

  it('waits, whatever is pressed, until an answer is given; then it plays', async () => {
    const { state, control, named } = await asked()
    expect([isHeld(state), hiddenIds(state), veil(state).panels]).toEqual([true, ['rate'], ['one']])
    expect([named('pause').length, named('play').length]).toEqual([1, 0])
    control.togglePlaying()
    control.step()
    await settled()
    expect([named('play').length, named('run').length, state.wanted.value]).toEqual([
      0,
      0,
      { id: 'question' },
    ])
    // the steps of a script go on, and can be paused
    state.running.value = true
    control.togglePlaying()
    expect(named('pause')).toHaveLength(2)
    state.running.value = false
    control.setPlaying(true)
    expect(named('play')).toHaveLength(0)
    control.answer()
    expect([named('play').length, isHeld(state), hiddenIds(state), veil(state).panels]).toEqual([
      1,
      false,
      [],
      [],
    ])
  })

  it('keeps the hidden value out of the link, which opens the same all the same', async () => {
    const { state, control } = await asked()
    const hidden = control.address()
    expect(hidden).toContain('width=16')
    expect(hidden).not.toContain('rate=')
    const read = parseAddress(hidden, both)
    expect(meantValues(read)).toEqual(expect.objectContaining({ width: 16, rate: 4, seed: 7 }))
    expect([isComplete(read), read.story]).toEqual([true, 1])
    control.answer()
    expect(control.address()).toContain('rate=4')
    // another value than the step's is no secret of the step
    control.ask()
    state.values.value = { ...state.values.value, rate: 5 }
    expect(control.address()).toContain('rate=5')
  })

  it('begins anew where the run had gone on, and asks again from its start', async () => {
    const { control, named } = await asked()
    expect(named('reset')).toHaveLength(0)
    control.answer()
    // the same values: the run would not begin anew by itself
    control.enterStory(1)
    await settled()
    expect(named('reset')).toHaveLength(1)
    control.answer()
    control.ask()
    await settled()
    expect(named('reset')).toHaveLength(2)
  })

  it('begins anew where the history of the browser leads back to it', async () => {
    const { state, control, named } = await asked()
    const there = control.address()
    control.answer()
    control.enterStory(0)
    await settled()
    // the values of the step are here already
    await control.set({ width: 16, rate: 4 }, 'none')
    frame(state, 9)
    labs.push(asking)
    await control.apply(parseAddress(there, both)).finally(() => labs.pop())
    await settled()
    expect([isHeld(state), named('reset').length]).toEqual([true, 1])
  })

  it('holds a link with the values of its step, and no other view', async () => {
    const { state } = await asked()
    const first = { ...asking, story: [asking.story[1]] }
    state.lab.value = first
    state.story.value = null
    expect(isHeld(state)).toBe(true)
    state.values.value = { ...state.values.value, rate: 1 }
    expect([isHeld(state), hiddenIds(state), veil(state).panels]).toEqual([false, [], []])
  })

  it('trains behind its veil where the question is about a trained model, and says how far it is', async () => {
    const { state } = await asked()
    state.lab.value = { ...asking, story: [{ ...asking.story[1], holds: 'trained' }] }
    state.story.value = 0
    expect(isHeld(state)).toBe(false)
    frame(state, 13)
    expect(veil(state)).toEqual({
      panels: ['one'],
      sentence: 'Predict first. The models train behind this: 32 %.',
    })
    frame(state, 40, true)
    expect(veil(state)).toEqual({
      panels: ['one'],
      sentence: 'Predict first. The answer uncovers this picture.',
    })
    state.answered.value = state.lab.value.story[0]
    expect(veil(state).panels).toEqual([])
  })
})

it('goes back to the defaults of what is open', async () => {
  const { state, control, named } = await opened()
  await control.goOn(moving, { rate: 3, words: 4 }, 'push')
  state.story.value = 1
  await control.resetToDefaults()
  // the story's step has other values
  expect(state.story.value).toBeNull()
  expect(named('open').at(-1)).toEqual({})
  expect(state.lab.value).toBe(moving)
  expect(state.values.value).toEqual({ width: 64, depth: 0, words: 50, rate: 1, seed: 1 })
})

describe('a lesson', () => {
  const [first, second] = [lab, moving].map(placesOf)
  const page = {
    index: 1,
    step: { title: 'page', patch: {}, panels: [] },
    texts: async () => ({ caption: '' }),
  }
  const lesson: Lesson = {
    title: 'L',
    code: '1.x',
    places: [{ ...second[1], index: 0, look: 'a.b:1' }, page, { ...first[0], index: 2 }],
  }
  const place = ({ lesson, story, lab, values }: State) => [
    lesson.value?.code,
    story.value,
    lab.value.id,
    values.value.rate,
  ]

  it('is told across the labs, forward and back, and ended at the same step of the lab’s own story', async () => {
    const { state, control, named } = await opened()
    control.tell(lesson, 0)
    await settled()
    expect(place(state)).toEqual(['1.x', 0, 'moving', 3])
    expect(state.look.value).toBe('a.b:1')
    expect(control.address()).toContain('lesson=1.x&at=1&look=a.b')
    control.travel(-1)
    expect(state.story.value).toBe(0)
    await control.set({ rate: 8 }, 'push')
    control.travel(1)
    await settled()
    // a page leaves what is open as it is
    expect(place(state)).toEqual(['1.x', 1, 'moving', 8])
    expect(named('open')).toHaveLength(1)
    control.travel(1)
    await settled()
    expect(place(state)).toEqual(['1.x', 2, 'still', 4])
    control.travel(1)
    expect(state.story.value).toBe(2)
    await control.resetToDefaults()
    expect(place(state)).toEqual(['1.x', 2, 'still', 1])
    control.enterStory(0)
    await settled()
    expect(place(state)).toEqual(['1.x', 0, 'moving', 3])
    control.endLesson()
    expect(place(state)).toEqual([undefined, 1, 'moving', 3])
    expect(control.address()).toContain('story=2')
  })

  it('waits where it was left by a lab’s tab, and no lab’s index is taken for one of it', async () => {
    const { state, control, notices } = await opened()
    control.tell(lesson, 1)
    await settled()
    control.endLesson()
    // a page is no step of a lab’s own story
    expect(place(state)).toEqual([undefined, null, 'still', 1])
    expect(notices).toEqual([])
    control.tell(lesson, 2)
    await settled()
    await control.open(moving, { values: {}, play: true })
    expect(place(state)).toEqual([undefined, null, 'moving', 1])
    expect(notices.at(-1)?.title).toBe('The lesson waits where you left it.')
    notices.at(-1)?.action?.run()
    await settled()
    expect(place(state)).toEqual(['1.x', 2, 'still', 4])
  })

  it('is told as before where its next lab cannot be opened', async () => {
    const { state, control, answer } = await opened()
    control.tell(lesson, 1)
    await settled()
    answer.open = () => Promise.reject(new Error('no network'))
    control.enterStory(0)
    await settled()
    expect(place(state)).toEqual(['1.x', 1, 'still', 1])
    // nor does one begin that cannot be opened
    control.endLesson()
    control.tell(lesson, 0)
    await settled()
    expect(place(state)).toEqual([undefined, null, 'still', 1])
  })

  it('is read from its address by the way back and forward, without reading it twice', async () => {
    const { state, control } = await opened()
    control.tell(lesson, 0)
    await settled()
    const at = control.address()
    control.travel(1)
    await settled()
    await control.apply(parseAddress(at, labs))
    expect(place(state)).toEqual(['1.x', 0, 'moving', 3])
    expect(state.lesson.value).toBe(lesson)
    await control.apply(parseAddress('#lab=still&rate=6', labs))
    expect(place(state)).toEqual([undefined, null, 'still', 6])
  })

  it('that is damaged is named, and the rest of the link counts', async () => {
    const { state, control, notices } = await opened()
    await control.apply(
      parseAddress('#lab=still&width=9&words=5&seed=1&story=1&backend=wasm&lesson=1.AAAA&at=7', labs),
    )
    expect(place(state)).toEqual([undefined, 0, 'still', 4])
    expect(notices[0].lines).toEqual([
      'lesson: The lesson in the link is damaged. A part of the link may be missing.',
    ])
  })
})

describe('a file', () => {
  const text = (words: number) => new File(['x'.repeat(words)], 'speech.txt')

  it('is handed over to the lab that works with it, which is opened with what the file asks for', async () => {
    const { state, control, calls } = await opened()
    await control.takeFile(text(30))
    expect(calls.map(([name]) => name)).toEqual(['provide', 'open', 'play'])
    expect(calls[0].slice(1, 3)).toEqual(['moving', 'text'])
    expect(state.lab.value).toBe(moving)
    expect(state.values.value).toMatchObject({ words: 30, width: 64, seed: 7 })
  })

  it('restarts the run once, whether or not it changes a parameter', async () => {
    const { control, named } = await opened()
    await control.takeFile(text(30))
    await control.takeFile(text(31))
    expect([named('set'), named('reset')]).toEqual([[{ words: 31 }], []])
    await control.takeFile(text(31))
    expect(named('reset')).toHaveLength(1)
  })

  it('changes nothing where it cannot be used, and says why', async () => {
    const { state, control, calls } = await opened()
    const before = state.values.value
    await expect(control.takeFile(text(101))).rejects.toThrow('more than 100 words')
    expect([state.values.value, calls, state.failure.value]).toEqual([before, [], null])
    state.lab.value = { ...lab, file: undefined }
    await expect(control.takeFile(text(1))).rejects.toThrow('works with no file')
  })

  it('is kept, but not shown, when another lab was opened meanwhile', async () => {
    const { state, control, calls } = await opened()
    const taken = control.takeFile(text(30))
    state.lab.value = { ...lab }
    await taken
    expect(calls.map(([name]) => name)).toEqual(['provide'])
  })
})

describe('a drag', () => {
  it('lasts until a while after its last value, and what is chosen at once is none', async () => {
    const { state, control } = await opened()
    vi.useFakeTimers()
    try {
      await control.set({ width: 40 }, 'push')
      expect(state.dragging.value).toBe(false)
      for (const width of [41, 42, 43]) {
        void control.set({ width }, 'none')
        vi.advanceTimersByTime(200)
        expect(state.dragging.value).toBe(true)
      }
      control.commit()
      vi.advanceTimersByTime(100)
      expect(state.dragging.value).toBe(false)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a link that locks', () => {
  async function locked(lock: string) {
    const page = await opened()
    await page.control.apply(parseAddress(`#lab=moving&width=100&seed=5&story=1&lock=${lock}`, labs))
    const { state } = page
    return { ...page, kept: () => [state.values.value.width, state.values.value.seed] }
  }

  it('fixes its values, whatever is tried, and leaves the others free', async () => {
    const { state, control, kept } = await locked('width,-seed')
    const refused = /^width = 50 is not permitted: the link to this page fixes it at 100\.$/
    await expect(control.set({ width: 50, rate: 2 }, 'push')).rejects.toThrow(refused)
    await expect(control.goOn(moving, { width: 50 }, 'push')).rejects.toThrow(refused)
    await expect(control.open(moving, { values: { width: 50 }, play: false })).rejects.toThrow(refused)
    control.newSeed()
    await control.open(moving, { values: {}, play: false })
    expect(kept()).toEqual([100, 5])
    await control.set({ rate: 9 }, 'push')
    expect(state.values.value.rate).toBe(9)
    await control.resetToDefaults()
    expect([...kept(), state.values.value.rate]).toEqual([100, 5, defaults(moving.parameters).rate])
    await control.recover(true)
    expect(kept()).toEqual([100, 5])
    // the steps are free
    control.travel(1)
    await settled()
    expect([state.story.value, state.values.value.rate, ...kept()]).toEqual([1, 3, 100, 5])
    expect(control.address()).toContain('lock=width%2C-seed')
  })

  it('wins over the patch of a step', async () => {
    const { state, control } = await locked('rate')
    const { rate } = state.values.value
    control.travel(1)
    await settled()
    expect([state.story.value, state.values.value.rate]).toEqual([1, rate])
  })

  it('stays in its lab, at its step, and keeps its answers', async () => {
    const { state, control } = await locked('steps,answers')
    // nothing is trained for steps that nobody can reach
    expect(placesAhead(state)).toEqual([])
    state.lock.value = ['answers']
    expect(placesAhead(state)).toHaveLength(1)
    state.lock.value = ['steps', 'answers']
    const refused = /^"still" cannot be opened: the link to this page stays in the lab "moving"\.$/
    await expect(control.open(lab, { values: {}, play: false })).rejects.toThrow(refused)
    await expect(control.goOn(lab, {}, 'push')).rejects.toThrow(refused)
    control.travel(1)
    control.enterStory(1)
    control.tell({ title: '', code: '', places: placesOf(moving) }, 1)
    control.endLesson()
    control.answer()
    await settled()
    expect([state.lab.value, state.story.value, state.lesson.value, state.answered.value]).toEqual([
      moving,
      0,
      null,
      null,
    ])
    // back to the values of the step is a way within it
    await control.set({ rate: 9 }, 'push')
    control.enterStory(0)
    await settled()
    expect(state.values.value.rate).toBe(2)
  })

  it('ends with the next link', async () => {
    const { state, control } = await locked('width')
    await control.apply(parseAddress('#lab=moving&width=64', labs))
    await control.set({ width: 32 }, 'push')
    expect([state.lock.value, state.values.value.width]).toEqual([[], 32])
  })
})
