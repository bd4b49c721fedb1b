/** The console and links on the real labs: refusals, and values that change together. The engine takes all values. */
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/app/address.ts'
import { createConsole } from '../../src/app/console.ts'
import { createControl } from '../../src/app/control.ts'
import type { Engine } from '../../src/app/engine.ts'
import type { Notice } from '../../src/app/notices.ts'
import { createState } from '../../src/app/state.ts'
import { labs } from '../../src/labs/index.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'

/** A page opened by this link. */
async function visited(link: string) {
  const sent: ParameterValues[] = []
  const openings: string[] = []
  const nothing = async () => {}
  const engine: Engine = {
    async open(id, values) {
      openings.push(id)
      const { parameters } = labs.find((lab) => lab.id === id)!
      const backend = { kind: 'wasm', adapter: 'a', software: false, threads: 1, reason: 'a reason' } as const
      return { values: defaults(parameters, values), backend }
    },
    async set(values) {
      sent.push(values)
    },
    ...{ run: nothing, reset: nothing, provide: nothing, restart: nothing },
    ...{ play() {}, pause() {}, setSpeed() {}, cancelCompare() {} },
    ...{ onNotice() {}, onWaiting() {}, onError() {}, onFrame: () => () => {} },
    metrics: async () => ({}),
    request: () => Promise.reject(new Error('nothing')),
    use: () => Promise.reject(new Error('nothing')),
    compare: () => Promise.reject(new Error('nothing')),
    raceBackends: () => Promise.reject(new Error('nothing')),
    steerRace() {},
  }
  const notices: Notice[] = []
  const state = createState(labs[0], labs)
  const control = createControl(
    state,
    engine,
    {
      element: undefined as unknown as HTMLElement,
      show: (notice) => notices.push(notice),
      dismiss() {},
      dismissErrors() {},
    },
    { push() {}, extend() {}, replace() {} },
  )
  await control.apply(parseAddress(link, labs))
  const natlab = createConsole(labs, state, control, engine, nothing)
  /** The answer to a patch: 'accepted', or the fault's kind and message. */
  const set = (patch: Readonly<Record<string, unknown>>) =>
    natlab.set(patch as ParameterValues).then(
      () => 'accepted',
      (fault: Error) => `${fault.name}: ${fault.message}`,
    )
  return { natlab, state, set, sent, notices, openings }
}

/** Expects that each patch is refused with its message, and changes nothing in the page or the engine. */
async function expectRefused(
  link: string,
  refused: readonly (readonly [patch: Readonly<Record<string, unknown>>, message: RegExp])[],
): Promise<void> {
  const { natlab, set, sent } = await visited(link)
  const before = natlab.parameters()
  for (const [patch, message] of refused) expect(await set(patch)).toMatch(message)
  expect(natlab.parameters()).toEqual(before)
  expect(sent).toEqual([])
}

const ofLine: readonly [id: string, value: string | number, message: RegExp][] = [
  ['components', '1,0,-1', /sd -1.*0\.001 to 100/],
  ['components', 'nan,0,1', /weight nan of component 1 is no number/],
  ['components', '1,0,1;1,0,1;1,0,1;1,0,1;1,0,1;1,0,1;1,0,1', /7 components are too many/],
  ['components', '0,0,1;0,1,1', /total weight is zero/],
  ['sigma0', 0, /sigma0 = 0.*0\.001 to 100/],
  ['a', 3, /a = 3 is not permitted with b = 1/],
  ['starts', 20_000, /starts.*0 to 16,384/],
]

describe('the console refuses by name and range, and changes nothing', () => {
  it('in the init lab', async () => {
    const small = 'dModel=64&vocab=2000&tokens=16&seed=5'
    await expectRefused(
      `#lab=init&${small}`,
      (
        [
          ['dModel', -5, /^RangeError: .*dModel.*-5.*16 to 4,096/],
          ['vocab', 1e9, /^RangeError: .*vocab.*1,000 to 262,144/],
          ['scheme', 'foo', /^RangeError: .*scheme.*foo.*unit, inverseSqrt, gpt2, custom/],
          ['std', Number.NaN, /^RangeError: .*std.*NaN/],
          ['std', '1', /^TypeError: .*std/],
          ['nonsense', 1, /^RangeError: .*nonsense/],
          ['dModel', 64.5, /^RangeError: .*dModel.*64\.5.*whole number/],
        ] as const
      ).map(([id, value, message]) => [{ tokens: 8, [id]: value }, message]),
    )
  })

  it('in the training lab, with the reason for a range that depends on it', async () => {
    await expectRefused('#lab=training&dModel=64&vocab=500&context=16&batchSize=1&architecture=mlp', [
      [
        { vocab: 100_000 },
        /^RangeError: vocab = 100000 is not permitted: the text has [\d,]+ different words; vocab is a whole number from 50 to [\d,]+\.$/,
      ],
    ])
  })

  it('in the KL lab', async () => {
    await expectRefused(
      '#lab=kl&starts=0',
      ofLine.flatMap(([id, value, message]) => [
        [{ [id]: value }, /^RangeError/],
        [{ [id]: value }, new RegExp(id)],
        [{ [id]: value }, message],
      ]),
    )
  })

  it('in the bottleneck lab', async () => {
    await expectRefused(
      '#lab=vib&trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2',
      (
        [
          ['beta', 0],
          ['beta', -1],
          ['beta', Number.NaN],
          ['trainSize', 60001],
          ['latentDimensions', 1],
          ['pixels', 20],
          ['betaMin', 1000],
        ] as const
      ).map(([id, value]) => [{ [id]: value }, new RegExp(`^RangeError: ${id} = `)]),
    )
  })

  it('a lab that there is not', async () => {
    const { natlab } = await visited('#lab=kl&starts=0')
    await expect(natlab.open('nowhere')).rejects.toThrow(RangeError)
    expect(natlab.parameters().starts).toBe(0)
  })
})

describe('a link', () => {
  it('with values of the KL lab that are not permitted is told of them in one notice, and the rest counts', async () => {
    const named = ofLine.map(([id, value]) => `${id}=${value}`).join('&')
    const { natlab, notices } = await visited(`#lab=kl&starts=0&mu0=2&${named}`)
    expect(notices).toHaveLength(1)
    const told = notices[0].lines?.join('\n')
    for (const id of ['components', 'sigma0', 'a', 'starts']) expect(told).toContain(`${id} = `)
    expect(natlab.parameters()).toMatchObject({ mu0: 2, sigma0: 0.5, a: 0, b: 1 })
  })

  it('with a value beyond the range that its lab has is told of it, and the rest counts', async () => {
    const { natlab, state, notices } = await visited('#lab=init&dModel=4096&view=training&vocab=600&seed=9')
    expect(notices).toHaveLength(1)
    expect(notices[0].title).toContain('were left out')
    expect(notices[0].lines?.join('\n')).toMatch(/dModel = 4096 is not permitted: .*from 64 to 512\./)
    expect(state.lab.value.id).toBe('training')
    expect(natlab.parameters()).toMatchObject({ dModel: 128, vocab: 600, seed: 9 })
  })
})

describe('a script from when training was a view of the init lab', () => {
  it('opens what it opened then', async () => {
    const { natlab, state, openings } = await visited('#lab=init&view=initial&seed=7')
    await natlab.open('init', { view: 'training', dModel: 64, vocab: 500, seed: 3, tokens: 8 })
    expect(openings).toEqual(['init', 'training'])
    expect(natlab.parameters()).toMatchObject({ dModel: 64, vocab: 500, seed: 3, scheme2: 'inverseSqrt' })
    await expect(natlab.open('init', { view: 'training', dModel: 48 })).rejects.toThrow('from 64 to 512')
    expect(state.lab.value.id).toBe('training')
    await natlab.open('init', { view: 'initial', dModel: 48 })
    expect([state.lab.value.id, natlab.parameters().dModel]).toEqual(['init', 48])
  })

  it('chooses the other view with what both keep, and the same one without opening anything', async () => {
    const { natlab, set, state, sent, openings } = await visited(
      '#lab=init&dModel=64&vocab=2000&std=0.3&seed=5',
    )
    expect(await set({ view: 'initial', tokens: 8 })).toBe('accepted')
    expect([sent, openings]).toEqual([[{ tokens: 8 }], ['init']])
    expect(await set({ view: 'training', dModel: 48 })).toMatch(/^RangeError: dModel = 48 .* 64 to 512/)
    expect(state.lab.value.id).toBe('init')
    expect(await set({ view: 'training', vocab: 500 })).toBe('accepted')
    expect(state.lab.value.id).toBe('training')
    expect(natlab.parameters()).toMatchObject({ seed: 5, std: 0.3, vocab: 500, dModel: 128 })
    expect(natlab.parameters()).not.toHaveProperty('view')
    expect(await set({ view: 'training', learningRate: 0.02 })).toBe('accepted')
    expect(await set({ view: 'initial', seed: 6 })).toBe('accepted')
    expect(natlab.parameters()).toMatchObject({ seed: 6, std: 0.3, vocab: 50257, dModel: 512, tokens: 64 })
    expect(await set({ view: 'training' })).toBe('accepted')
    expect(natlab.parameters()).toMatchObject({ seed: 6, learningRate: 0.02, vocab: 4096 })
    expect(await set({ view: 'none' })).toMatch(/^RangeError: "view" is no parameter/)
    expect(openings).toEqual(['init', 'training', 'init', 'training'])
  })
})

it('a preset is filled in, and is called custom once a value differs', async () => {
  const { natlab, set } = await visited('#lab=vib&preset=sweep&trainSize=500')
  expect(natlab.parameters()).toMatchObject({
    preset: 'custom',
    mode: 'sweep',
    latentDimensions: 16,
    decoderWidth: 0,
    trainSize: 500,
    betaCount: 17,
  })
  expect(await set({ preset: 'embedding', epochs: 1 })).toBe('accepted')
  expect(natlab.parameters()).toMatchObject({ preset: 'custom', latentDimensions: 2, epochs: 1 })
  expect(await set({ preset: 'embedding' })).toBe('accepted')
  expect(natlab.parameters()).toMatchObject({ preset: 'embedding', epochs: 30, trainSize: 5000 })
})
