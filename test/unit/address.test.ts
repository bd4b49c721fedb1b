import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AddressState,
  formatAddress,
  isComplete,
  meantValues,
  parseAddress,
} from '../../src/app/address.ts'
import { labs as realLabs } from '../../src/labs/index.ts'
import { initLab } from '../../src/labs/init/index.ts'
import type { Lab } from '../../src/labs/lab.ts'
import type { NumberParameter, Parameter, ParameterValue, ParameterValues } from '../../src/labs/parameter.ts'
import { trainingLab } from '../../src/labs/training/index.ts'
import { defaults, validate, validatePatch } from '../../src/labs/validation.ts'

const parameters: readonly Parameter[] = [
  {
    id: 'dModel',
    kind: 'logNumber',
    label: 'd',
    help: '',
    minimum: 16,
    maximum: 4096,
    integer: true,
    default: 512,
  },
  { id: 'std', kind: 'logNumber', label: 'std', help: '', minimum: 1e-4, maximum: 10, default: 0.1 },
  { id: 'alignment', kind: 'number', label: 'ρ', help: '', minimum: 0, maximum: 1, default: 0.7 },
  {
    id: 'seed',
    kind: 'number',
    label: 'seed',
    help: '',
    minimum: 0,
    maximum: 2 ** 32 - 1,
    integer: true,
    default: 1,
  },
  {
    id: 'scheme',
    kind: 'choice',
    label: 'scheme',
    help: '',
    options: ['unit', 'a & b = c #1', 'naïve %20+ü'].map((value) => ({ value, label: value })),
    default: 'unit',
  },
  { id: 'frozen', kind: 'flag', label: 'frozen', help: '', default: false },
  {
    id: 'components',
    kind: 'text',
    label: 'components',
    help: '',
    maximumLength: 40,
    permitted: 'anything',
    fault: () => undefined,
    default: '1,0,1',
  },
]

const step = { title: '', caption: '', patch: {}, panels: [] }

function lab(id: string, table: readonly Parameter[], steps: number): Lab {
  return {
    id,
    title: id,
    question: '',
    parameters: table,
    readouts: [],
    story: Array.from({ length: steps }, () => step),
    loadStory: async () => [],
    loadNotes: async () => [],
    loadView: () => Promise.reject(new Error('not drawn here')),
  }
}

const labs = [lab('init', parameters, 7), lab('kl', parameters.slice(0, 2), 0)]

/** Any permitted value of a parameter. */
function permittedValue(parameter: Parameter): fc.Arbitrary<ParameterValue> {
  switch (parameter.kind) {
    case 'choice':
      return fc.constantFrom(...parameter.options.map((option) => option.value))
    case 'flag':
      return fc.boolean()
    case 'text':
      return fc.constantFrom('0.5,-3,1;0.5,3,1', '', 'a & b = c #1; %20+ü')
    default: {
      const range = { min: parameter.minimum, max: parameter.maximum }
      return parameter.integer ? fc.integer(range) : fc.double({ ...range, noNaN: true })
    }
  }
}

const anyState: fc.Arbitrary<AddressState> = fc.constantFrom(...labs).chain((chosen) =>
  fc.record({
    lab: fc.constant(chosen),
    values: fc.record(Object.fromEntries(chosen.parameters.map((one) => [one.id, permittedValue(one)]))),
    story: chosen.story.length > 0 ? fc.option(fc.nat(chosen.story.length - 1)) : fc.constant(null),
    look: fc.constantFrom('', 'losses.log:1', 'latent.shared-axes:0;landscape.camera:-20,63,1.15'),
    theme: fc.constantFrom('dark', 'projector'),
    present: fc.boolean(),
    lock: fc
      .subarray(['dModel', '-std', 'steps', 'answers'])
      .filter((names) => chosen.id === 'init' || (!names.includes('dModel') && !names.includes('-std'))),
    backend: fc.constantFrom('automatic', 'webgpu', 'wasm'),
  }),
)

describe('a link', () => {
  it('gives back every permitted state exactly', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(parseAddress(formatAddress(state), labs)).toEqual({ ...state, refused: [] })
      }),
    )
  })

  it('never throws and never yields a value that is not permitted, whatever it holds', () => {
    const keys = ['lab', 'story', 'theme', 'backend', '__proto__', ...parameters.map((one) => one.id)]
    const pair = fc
      .tuple(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.oneof(fc.string(), fc.double().map(String)))
      .map(([key, value]) => `${key}=${value}`)
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.oneof(pair, fc.string()), { maxLength: 30 }).map((parts) => `?${parts.join('&')}`),
      fc.array(pair, { maxLength: 30 }).map((parts) => `#${parts.join('&')}`),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        const parsed = parseAddress(text, labs)
        expect(labs).toContain(parsed.lab)
        for (const [id, value] of Object.entries(parsed.values)) {
          const parameter = parsed.lab.parameters.find((one) => one.id === id)
          expect(validate(parameter!, value)).toBe(value)
        }
        if (parsed.story !== null) expect(parsed.lab.story[parsed.story]).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })

  it('survives ten kilobytes of noise, in messages that stay short', () => {
    const noise = 'x%zz=1;&lab=&=&%'.repeat(640)
    for (const text of [noise, `?${noise}`, `#${noise}#${noise}`, `#dModel=${'9'.repeat(10_240)}`]) {
      const { refused } = parseAddress(text, labs)
      expect(refused.length).toBeGreaterThan(0)
      for (const line of refused) expect(line.length).toBeLessThan(300)
    }
  })

  it('names each refused part with its range, and the rest of the link counts', () => {
    const text = '?dModel=-5&std=NaN&scheme=foo&lab=nix&colour=red&story=8&theme=pink&backend=cuda&seed=7'
    const { values, refused, lab: opened, story, theme, backend } = parseAddress(text, labs)
    expect(opened.id).toBe('init')
    expect(values).toEqual({ seed: 7 })
    expect({ story, theme, backend }).toEqual({ story: null, theme: 'dark', backend: 'automatic' })
    const all = refused.join('\n')
    for (const part of [
      '-5',
      '16 to 4,096',
      'NaN',
      '0.0001 to 10',
      'foo',
      'nix',
      'colour',
      '1 to 7',
      'pink',
      'cuda',
    ])
      expect(all).toContain(part)
    expect(refused).toHaveLength(8)
  })

  it('takes the hash over the search part, and the last of equals', () => {
    expect(parseAddress('?dModel=64&std=1#dModel=128', labs).values).toEqual({ dModel: 128, std: 1 })
    expect(parseAddress('#dModel=64&dModel=128', labs).values).toEqual({ dModel: 128 })
    // a refused value in the search part does not matter if the hash replaces it
    expect(parseAddress('?dModel=-5#dModel=128', labs).refused).toEqual([])
  })

  it('names a look that is none, and takes one that the page wrote', () => {
    expect(parseAddress('#lab=init&look=losses.log:1;a.camera:-20,63,1', labs)).toMatchObject({
      look: 'losses.log:1;a.camera:-20,63,1',
      refused: [],
    })
    for (const text of ['x', 'a.b:<script>', `a.b:${'1'.repeat(600)}`]) {
      const { look, refused } = parseAddress(`#look=${encodeURIComponent(text)}`, labs)
      expect(look).toBe('')
      expect(refused.join()).toMatch(/^look = .* is not permitted/)
    }
  })

  it('says in several ways that the step fills the screen', () => {
    for (const text of ['?present', '?present=1', '#lab=init&present=1', '?present#lab=init'])
      expect(parseAddress(text, labs)).toMatchObject({ present: true, refused: [] })
    for (const text of ['', '?present=0', '?present#present=0'])
      expect(parseAddress(text, labs)).toMatchObject({ present: false, refused: [] })
    expect(parseAddress('#present=yes', labs).present).toBe(false)
    expect(parseAddress('#present=yes', labs).refused.join()).toMatch(/^present = "yes" is not permitted/)
  })

  it('may be empty: the first lab with its defaults', () => {
    for (const text of ['', '#', '?', '?#'])
      expect(parseAddress(text, labs)).toEqual({
        lab: labs[0],
        values: {},
        lock: [],
        story: null,
        look: '',
        theme: 'dark',
        present: false,
        backend: 'automatic',
        refused: [],
      })
  })

  it('counts story steps from 1, as people do', () => {
    const state = {
      lab: labs[0],
      values: defaults(parameters),
      theme: 'dark',
      present: false,
      look: '',
      backend: 'automatic',
    } as const
    expect(formatAddress({ ...state, story: 2 })).toContain('story=3')
    expect(parseAddress('#story=3', labs).story).toBe(2)
  })
})

it('tells of two hundred unknown names, as of many refused parameters, in one short sentence', () => {
  const names = Array.from({ length: 200 }, (_, index) => `name${index}`)
  const { refused } = parseAddress(`#${names.map((name) => `${name}=1`).join('&')}`, labs)
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatch(/^"name0", "name1", "name2", "name3" and 196 more are not known: .* lab, story/)
  const patch = Object.fromEntries(names.map((name) => [name, 1]))
  expect(() => validatePatch(parameters, patch)).toThrow(
    /^"name0", "name1", "name2", "name3" and 196 more are no parameters of this lab: its parameters are dModel, [^"]*$/,
  )
})

describe('a link to the first loss or to training', () => {
  const state = (lab: Lab, values: ParameterValues = {}): AddressState => ({
    lab,
    values: defaults(lab.parameters, values),
    story: null,
    look: '',
    theme: 'dark',
    present: false,
    backend: 'automatic',
  })
  const names = (lab: Lab) => [...new URLSearchParams(formatAddress(state(lab)).slice(1)).keys()]

  it('holds the parameters of that lab', () => {
    const initial = ['dModel', 'scheme', 'std', 'vocab', 'tokens', 'hidden', 'alignment', 'seed']
    expect(names(initLab)).toEqual(['lab', ...initial])
    const training = names(trainingLab)
    for (const name of ['raceGuess', 'heads', 'layers', 'text', 'clip', 'std', 'seed'])
      expect(training).toContain(name)
    for (const name of ['scheme', 'tokens', 'hidden', 'alignment']) expect(training).not.toContain(name)
  })

  it('is complete with these, and may name others only if it is an old one', () => {
    for (const lab of [initLab, trainingLab]) {
      const text = formatAddress(state(lab, { seed: 7 }))
      const parsed = parseAddress(text, realLabs)
      expect([parsed.refused, isComplete(parsed)]).toEqual([[], true])
      expect(formatAddress(parsed)).toBe(text)
      expect(isComplete(parseAddress(text.replace('&seed=7', ''), realLabs))).toBe(false)
    }
    const old = parseAddress('#lab=init&view=initial&raceGuess=99&heads=4&seed=2', realLabs)
    expect([old.values, old.refused]).toEqual([{ seed: 2 }, []])
    const other = parseAddress('#lab=init&raceGuess=99&heads=3&seed=2', realLabs)
    expect(other.values).toEqual({ seed: 2 })
    expect(other.refused).toHaveLength(1)
    expect(other.refused[0]).toMatch(/^"raceGuess" and "heads" are not known/)
  })
})

it('leaves out values that may not be together, says so, and keeps the rest', () => {
  const impossible: Lab = { ...labs[1], conflict: () => ({ ids: ['std'], message: 'std is refused.' }) }
  const { values, refused } = parseAddress('#lab=kl&std=2&dModel=64', [impossible])
  expect(values).toEqual({ dModel: 64 })
  expect(refused).toEqual(['std is refused.'])
})

it('leaves out every conflict, also one that another hid', () => {
  const impossible: Lab = {
    ...labs[1],
    conflict: ({ std, dModel }) => {
      if (std === 2) return { ids: ['std'], message: 'std is refused.' }
      return dModel === 64 ? { ids: ['dModel'], message: 'dModel is refused.' } : undefined
    },
  }
  const { values, refused } = parseAddress('#lab=kl&std=2&dModel=64', [impossible])
  expect(values).toEqual({})
  expect(refused).toEqual(['std is refused.', 'dModel is refused.'])
  // a conflict about values outside the link cannot be solved by leaving values out
  const always: Lab = { ...impossible, conflict: () => ({ ids: ['seed'], message: 'no.' }) }
  expect(parseAddress('#lab=kl&std=2', [always])).toMatchObject({ values: { std: 2 }, refused: ['no.'] })
})

describe('a link to a lab whose ranges depend on a choice', () => {
  const view: Parameter = {
    id: 'view',
    kind: 'choice',
    label: '',
    help: '',
    options: ['initial', 'training'].map((value) => ({ value, label: value })),
    default: 'initial',
  }
  const width: Parameter = {
    ...(parameters[0] as NumberParameter),
    when: ({ view }) =>
      view === 'training' ? { minimum: 64, maximum: 512, because: 'it is trained here' } : undefined,
  }
  const seed = parameters[3]
  const dependent: Lab = {
    ...lab('made', [width, view, seed], 0),
    story: [
      { ...step, patch: { view: 'training', dModel: 128 } },
      { ...step, patch: { view: 'initial', dModel: 4096 } },
    ],
  }
  const read = (text: string) => {
    const address = parseAddress(text, [dependent])
    return { values: address.values, refused: address.refused, meant: meantValues(address) }
  }

  it('is read by the range that its other names give, in any order', () => {
    const refused = [
      'dModel = 4096 is not permitted: it is trained here; dModel is a whole number from 64 to 512.',
    ]
    for (const text of ['#dModel=4096&seed=3&view=training', '#view=training&dModel=4096&seed=3'])
      expect(read(text)).toMatchObject({ values: { view: 'training', seed: 3 }, refused })
    expect(read('#dModel=4096').refused).toEqual([])
    expect(read('#dModel=32&view=trainin').values).toEqual({ dModel: 32 })
  })

  it('is read by what its story step tells where it names nothing else', () => {
    expect(read('#story=1&dModel=4096').refused).toHaveLength(1)
    expect(read('#story=1').meant).toEqual({ view: 'training', dModel: 128 })
    expect(read('#story=1&dModel=256').meant).toEqual({ view: 'training', dModel: 256 })
    expect(read('#story=2&dModel=4096').refused).toEqual([])
    // what the link names pushes the step's value into the range that it has then
    expect(read('#story=2&view=training')).toMatchObject({
      refused: [],
      meant: { view: 'training', dModel: 512 },
    })
  })
})
