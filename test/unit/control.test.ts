/** The page when a choice opens the lab anew, when that fails, and with a file: on a made-up lab and engine. */
import { describe, expect, it, vi } from 'vitest'
import { parseAddress } from '../../src/app/address.ts'
import { createControl } from '../../src/app/control.ts'
import type { Engine } from '../../src/app/engine.ts'
import type { Notice } from '../../src/app/notices.ts'
import { createState } from '../../src/app/state.ts'
import type { BackendInfo, OpenResult } from '../../src/engine/protocol.ts'
import { coded, obsolete } from '../../src/faults.ts'
import type { Lab, LabFile, ParameterValues } from '../../src/labs/lab.ts'
import { defaults } from '../../src/labs/parameters.ts'

const number = { kind: 'number', label: '', help: '', minimum: 0, integer: true } as const

/** A file of a text with up to 100 bytes; each byte is a word. */
const file: LabFile = {
  label: 'Open a text…',
  accept: 'text/plain',
  async read(file, provide) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (bytes.length > 100) throw new RangeError('it has more than 100 words')
    await provide('text', bytes)
    return { view: 'moving', words: bytes.length }
  },
}

const lab: Lab = {
  id: 'made',
  title: 'Made up',
  question: '',
  parameters: [
    {
      id: 'view',
      kind: 'choice',
      label: '',
      help: '',
      options: ['still', 'moving'].map((value) => ({ value, label: value })),
      default: 'still',
      reopens: { keeps: ['seed', 'words'] },
    },
    {
      ...number,
      id: 'width',
      maximum: 4096,
      default: 512,
      when: ({ view }) => (view === 'moving' ? { maximum: 256, default: 128 } : undefined),
    },
    { ...number, id: 'words', maximum: 100, default: 50 },
    { ...number, id: 'rate', maximum: 9, default: 1, live: true },
    { ...number, id: 'seed', maximum: 99, default: 1 },
  ],
  readouts: [],
  file,
  speed: ({ view }) => (view === 'moving' ? 30 : 10),
  story: [
    { title: 'still', patch: { view: 'still' }, panels: [] },
    { title: 'moving', patch: { view: 'moving', rate: 2 }, panels: [] },
  ],
  loadStory: async () => [],
  createView: () => Promise.reject(new Error('not drawn here')),
}

/** A page with the open, playing lab. Its engine calibrates `width` to 64 in the view `moving`. */
async function opened() {
  const calls: [string, ...unknown[]][] = []
  const answer = { open: undefined as undefined | (() => Promise<void>) }
  const note =
    (name: string) =>
    async (...given: unknown[]) => {
      calls.push([name, ...given])
    }
  const engine: Engine = {
    async open(_, values): Promise<OpenResult> {
      calls.push(['open', values])
      await answer.open?.()
      const calibrated: ParameterValues = values.view === 'moving' ? { width: 64 } : {}
      const backend = { kind: 'wasm', adapter: 'a', software: false, reason: 'a reason' } as const
      return { values: { ...defaults(lab.parameters, values), ...calibrated, ...values }, backend }
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
      return { kind: 'wasm', adapter: 'a', software: false, reason: 'chosen by you' }
    },
    compare: () => Promise.reject(new Error('nothing')),
    setSpeed() {},
    cancelCompare() {},
    onNotice(listener) {
      engineTells = listener
    },
    onFrame: () => () => {},
    onError(listener) {
      engineFails = listener
    },
  }
  let engineFails = (_: Error) => {}
  let engineTells = (_message: string, _backend: BackendInfo) => {}
  const notices: Notice[] = []
  const history: [string, ParameterValues][] = []
  const entry = (kind: string) => (text: string) => {
    history.push([kind, parseAddress(text, [lab]).values])
  }
  const state = createState(lab)
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
  await control.open(lab, { values: { seed: 7 }, play: true })
  calls.length = 0
  const named = (name: string) => calls.filter(([one]) => one === name).map(([, given]) => given)
  return { state, control, engine, engineFails, engineTells, calls, named, notices, history, answer }
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

describe('a choice that opens the lab anew', () => {
  it('keeps what it keeps and what the patch names, the rest is calibrated', async () => {
    const { state, control, named, calls } = await opened()
    await control.set({ width: 4000, rate: 5, words: 20 }, 'push')
    await control.set({ view: 'moving', rate: 3 }, 'push')
    expect(named('open')).toEqual([{ view: 'moving', seed: 7, words: 20, rate: 3 }])
    expect(state.values.value).toEqual({ view: 'moving', width: 64, words: 20, rate: 3, seed: 7 })
    expect(state.busy.value).toBe(false)
    // it was playing, so it plays on
    expect(calls.at(-1)).toEqual(['play'])
    control.setPlaying(false)
    await control.set({ view: 'still' }, 'push')
    expect(state.values.value.width).toBe(512)
    expect([state.playing.value, calls.at(-1)?.[0]]).toEqual([false, 'open'])
  })

  it('plays at the speed of the view that opens, and otherwise as was chosen', async () => {
    const { state, control } = await opened()
    expect(state.speed.value).toBe(10)
    control.setSpeed(3)
    await control.open(lab, { values: {}, play: true })
    expect(state.speed.value).toBe(3)
    await control.set({ view: 'moving' }, 'push')
    expect(state.speed.value).toBe(30)
  })

  it('opens nothing where it is chosen already', async () => {
    const { control, named } = await opened()
    await control.set({ view: 'still', rate: 4 }, 'push')
    expect(named('open')).toEqual([])
    expect(named('set')).toEqual([{ view: 'still', rate: 4 }])
  })

  it('makes one entry in the history, with the values as they are calibrated', async () => {
    const { control, history } = await opened()
    await control.set({ view: 'moving' }, 'push')
    expect(history.map(([kind, { width }]) => [kind, width])).toEqual([
      ['push', 128],
      ['replace', 64],
    ])
    // as the panel does: first a change, then its commit
    history.length = 0
    const set = control.set({ view: 'still' }, 'none')
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
    await expect(control.set({ view: 'moving', width: 512 }, 'push')).rejects.toThrow('0 to 256')
    expect(state.values.value).toBe(before)
    expect(named('open')).toEqual([])
  })

  it('may come with a step of the story', async () => {
    const { state, control } = await opened()
    control.enterStory(1)
    await settled()
    expect(state.story.value).toBe(1)
    expect(state.values.value).toMatchObject({ view: 'moving', width: 64, rate: 2, seed: 7 })
  })

  it('comes back with exactly the values of the entry that is travelled to', async () => {
    const { state, control, named } = await opened()
    await control.set({ width: 3000, rate: 8 }, 'push')
    const address = control.address()
    control.enterStory(1)
    await settled()
    await control.apply(parseAddress(address, [lab]))
    expect(named('open').at(-1)).toEqual(state.values.value)
    expect(state.values.value).toEqual({ view: 'still', width: 3000, words: 50, rate: 8, seed: 7 })
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
    const moving = control.set({ view: 'moving' }, 'push')
    engine.set = vi.fn(async () => {})
    await control.set({ width: 32, rate: 6 }, 'none')
    sending.open()
    opening.open()
    await Promise.all([...early, moving])
    expect(engine.set).toHaveBeenCalledExactlyOnceWith({ width: 32, rate: 6 })
    expect(state.values.value).toEqual({ view: 'moving', width: 32, words: 50, rate: 6, seed: 7 })
    expect(named('open')).toHaveLength(1)
  })

  it('gives way to a newer one', async () => {
    const { state, control, answer, history } = await opened()
    const first = gate()
    answer.open = first.wait
    const moving = control.set({ view: 'moving' }, 'push')
    answer.open = undefined
    await control.set({ view: 'still' }, 'push')
    first.open()
    await moving
    expect(state.values.value).toMatchObject({ view: 'still', width: 512 })
    expect(history.at(-1)).toEqual(['replace', state.values.value])
    expect(state.busy.value).toBe(false)
  })
})

describe('an opening that fails', () => {
  async function failed() {
    const page = await opened()
    // first a refusal for the chosen backend, then one for the automatic choice
    page.answer.open = () => Promise.reject(new Error('the text did not come'))
    await page.control.set({ view: 'moving', rate: 3 }, 'push').catch(page.control.report)
    return page
  }

  it('says why and offers a reset, which asks for the same again', async () => {
    const { state, notices, answer, named } = await failed()
    expect(state.failure.value?.message).toBe('the text did not come')
    expect(notices.map(({ kind, lines }) => [kind, lines])).toEqual([['error', ['the text did not come']]])
    expect(state.values.value).toMatchObject({ view: 'moving', rate: 3, seed: 7 })
    expect(state.busy.value).toBe(false)
    answer.open = undefined
    notices[0].action?.run()
    await settled()
    expect(named('open').at(-1)).toEqual({ view: 'moving', rate: 3, seed: 7, words: 50 })
    expect(state.values.value.width).toBe(64)
    expect([state.failure.value, notices]).toEqual([null, []])
  })

  it('is tried again by the next change, and left by going back', async () => {
    const { state, control, answer, named, notices } = await failed()
    answer.open = undefined
    await control.set({ rate: 5 }, 'push')
    expect(named('set')).toEqual([])
    expect(state.values.value).toEqual({ view: 'moving', width: 64, words: 50, rate: 5, seed: 7 })
    expect([state.failure.value, notices]).toEqual([null, []])
    await control.apply(
      parseAddress('#lab=made&view=still&width=9&words=8&rate=7&seed=6&backend=wasm', [lab]),
    )
    expect(state.values.value).toEqual({ view: 'still', width: 9, words: 8, rate: 7, seed: 6 })
  })
})

describe('the backend in use', () => {
  it('is told with its reason where WebGPU was looked for and cannot be had, whatever the page’s own GPU does', async () => {
    const { control, engine, state, notices } = await opened()
    const { open } = engine
    const missing = { kind: 'wasm', adapter: 'a', software: false, webgpuMissing: true } as const
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
    await control.apply(parseAddress('#lab=made&rate=3&backend=webgpu', [lab]))
    expect([state.backendChoice.value, state.values.value.rate]).toEqual(['automatic', 3])
    expect(notices.map(({ title }) => title)).toEqual([
      'Computing on WebAssembly: It gave no adapter in time.',
    ])
  })

  it('that had to be left is no choice any more, so that it can be chosen again', async () => {
    const { state, control, engine, engineTells, notices } = await opened()
    const wasm = { kind: 'wasm', adapter: 'a', software: false, reason: 'a kernel' } as const
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
    page.state.backend.value = { kind, adapter: 'a', software: false, reason: '' }
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
  await control.apply(parseAddress(address, [lab]))
  expect([state.story.value, state.answered.value]).toEqual([0, null])
})

it('goes back to the defaults of what is open', async () => {
  const { state, control, named } = await opened()
  await control.set({ view: 'moving', rate: 3, words: 4 }, 'push')
  state.story.value = 1
  await control.resetToDefaults()
  // the story's step has other values
  expect(state.story.value).toBeNull()
  expect(named('open').at(-1)).toEqual({ view: 'moving' })
  expect(state.values.value).toEqual({ view: 'moving', width: 64, words: 50, rate: 1, seed: 1 })
})

describe('a file', () => {
  const text = (words: number) => new File(['x'.repeat(words)], 'speech.txt')

  it('is handed over, then what it asks for is set', async () => {
    const { state, control, calls } = await opened()
    await control.takeFile(text(30))
    expect(calls.map(([name]) => name)).toEqual(['provide', 'open', 'play'])
    expect(calls[0].slice(1, 3)).toEqual(['made', 'text'])
    expect(state.values.value).toMatchObject({ view: 'moving', words: 30, width: 64 })
  })

  it('restarts the run once, whether or not it changes a parameter', async () => {
    const { control, named } = await opened()
    await control.takeFile(text(30))
    await control.takeFile(text(31))
    expect([named('set'), named('reset')]).toEqual([[{ view: 'moving', words: 31 }], []])
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
