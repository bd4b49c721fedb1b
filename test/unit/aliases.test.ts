/** Links from when training was a view of the init lab open what they opened then. */
import { describe, expect, it } from 'vitest'
import { type AddressState, formatAddress, meantValues, parseAddress } from '../../src/app/address.ts'
import { formerViews, meantCall } from '../../src/labs/aliases.ts'
import { labs } from '../../src/labs/index.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'

const open = (link: string) => {
  const address = parseAddress(link, labs)
  const { lab, story } = address
  return { address, lab: lab.id, story, values: meantValues(address), title: lab.story[story ?? 0].title }
}

const sizes = { dModel: 64, vocab: 1000, batchSize: 4, context: 64 }
const training = { architecture: 'preNorm', layers: 1, embeddingScale: 'one', race: false }
const pair = { ...sizes, ...training, scheme1: 'unit', scheme2: 'inverseSqrt' }
const first = { dModel: 512, vocab: 50257, hidden: 'random' }

const links: readonly {
  readonly link: string
  readonly lab: string
  /** Its own step, from 1. */
  readonly step: number | null
  /** All that it opens with, but for defaults. */
  readonly values: ParameterValues
  readonly title: string
}[] = [
  {
    link: '#lab=init&view=training',
    lab: 'training',
    step: null,
    values: {},
    title: 'A riddle: two loss curves',
  },
  {
    link: '?view=training&seed=3',
    lab: 'training',
    step: null,
    values: { seed: 3 },
    title: 'A riddle: two loss curves',
  },
  {
    link: '#lab=init&view=initial&dModel=64',
    lab: 'init',
    step: null,
    values: { dModel: 64 },
    title: 'A riddle: two first losses',
  },
  {
    link: '#lab=init&view=training&architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16',
    lab: 'training',
    step: null,
    values: { architecture: 'mlp', dModel: 64, vocab: 200, batchSize: 1, context: 16 },
    title: 'A riddle: two loss curves',
  },
  {
    // every parameter of both, as the page once wrote them
    link: '#lab=init&view=training&raceGuess=99&race=true&heads=4&dModel=128&scheme=gpt2&tokens=8&hidden=tied&alignment=0.5&std=0.3',
    lab: 'training',
    step: null,
    values: { raceGuess: 99, race: true, heads: 4, dModel: 128, std: 0.3 },
    title: 'A riddle: two loss curves',
  },
  {
    link: '#lab=init&view=initial&raceGuess=99&learningRate=0.1&scheme=gpt2&tokens=8',
    lab: 'init',
    step: null,
    values: { scheme: 'gpt2', tokens: 8 },
    title: 'A riddle: two first losses',
  },
  {
    link: '#lab=init&story=1',
    lab: 'init',
    step: 1,
    values: { ...first, scheme: 'unit' },
    title: 'A riddle: two first losses',
  },
  {
    link: '#lab=init&view=initial&vocab=1000&story=3',
    lab: 'init',
    step: 3,
    values: { ...first, scheme: 'unit', vocab: 1000 },
    title: 'The variance grows with d',
  },
  {
    link: '#lab=init&story=8',
    lab: 'init',
    step: 8,
    values: { dModel: 512, vocab: 50257, scheme: 'inverseSqrt', hidden: 'tied', alignment: 1 },
    title: 'When tied embeddings still go wrong',
  },
  { link: '#lab=init&story=9', lab: 'training', step: 1, values: pair, title: 'A riddle: two loss curves' },
  {
    link: '#lab=init&view=training&story=10&seed=5',
    lab: 'training',
    step: 2,
    values: { ...pair, seed: 5 },
    title: 'The diagnosis, at step 0',
  },
  {
    link: '#lab=init&view=training&architecture=mlp&dModel=64&vocab=200&story=11',
    lab: 'training',
    step: 3,
    values: { ...pair, architecture: 'mlp', dModel: 64, vocab: 200 },
    title: 'The one-line fix',
  },
  {
    link: '#lab=init&view=training&story=12&learningRate=0.03',
    lab: 'training',
    step: 4,
    values: { ...pair, race: true, learningRate: 0.03 },
    title: 'The race',
  },
  {
    link: '#story=13',
    lab: 'training',
    step: 5,
    values: {
      ...{ ...training, embeddingScale: 'sqrtDModel', scheme1: 'gpt2', scheme2: 'inverseSqrt' },
      ...{ dModel: 256, vocab: 1000, batchSize: 4, context: 32 },
    },
    title: 'The fine print',
  },
  {
    // the view that is named counts, and the step tells of the other one
    link: '#lab=init&view=training&story=3&dModel=64',
    lab: 'training',
    step: null,
    values: { dModel: 64 },
    title: 'A riddle: two loss curves',
  },
  {
    link: '#lab=init&view=initial&story=12',
    lab: 'init',
    step: null,
    values: {},
    title: 'A riddle: two first losses',
  },
  {
    // of today
    link: '#lab=training&story=3&seed=4',
    lab: 'training',
    step: 3,
    values: { ...pair, seed: 4 },
    title: 'The one-line fix',
  },
]

it.each(links)('$link opens $lab at step $step', ({ link, lab, step, values, title }) => {
  const opened = open(link)
  expect(opened).toMatchObject({ lab, story: step === null ? null : step - 1, title })
  expect(opened.values).toEqual(values)
  expect(opened.address.refused).toEqual([])
  // what the page writes then is a link of today, which opens the same
  const { address } = opened
  const all: AddressState = { ...address, values: defaults(address.lab.parameters, values) }
  const today = formatAddress(all)
  expect(today).not.toContain('view=')
  expect(today).toMatch(new RegExp(`^#lab=${lab}&`))
  expect(parseAddress(today, labs)).toEqual({ ...all, refused: [] })
})

describe('what was never permitted', () => {
  it('is told of, and the rest counts', () => {
    const { address, lab, values } = open('#lab=init&view=trainin&dModel=32&story=14')
    expect([lab, values]).toEqual(['init', { dModel: 32 }])
    expect(address.refused.join('\n')).toMatch(/story = "14" .* from 1 to 8\..*"view" is not known/s)
    const wide = open('#lab=init&dModel=4096&view=training&vocab=600&seed=9')
    expect([wide.lab, wide.values]).toEqual(['training', { vocab: 600, seed: 9 }])
    expect(wide.address.refused).toEqual([
      'dModel = 4096 is not permitted: dModel is a whole number from 64 to 512.',
    ])
    // no other lab had views
    expect(open('#lab=kl&view=training').address.refused).toHaveLength(1)
  })
})

it('knows every step of the common story, which had as many as both have now', () => {
  const steps = formerViews.map(({ lab, firstStep, lastStep }) => {
    const { story } = labs.find(({ id }) => id === lab)!
    return [firstStep, lastStep - firstStep + 1, story.length]
  })
  expect(steps).toEqual([
    [1, 8, 8],
    [9, 5, 5],
  ])
})

it('maps a call’s lab and values, and leaves all others as they are', () => {
  expect(meantCall('init', { view: 'training', seed: 3, tokens: 8 }, labs)).toEqual(['training', { seed: 3 }])
  expect(meantCall('init', { view: 'initial', seed: 3, heads: 8 }, labs)).toEqual(['init', { seed: 3 }])
  expect(meantCall('training', { view: 'initial', tokens: 8 }, labs)).toEqual(['init', { tokens: 8 }])
  for (const [lab, patch] of [
    ['init', { tokens: 8 }],
    ['init', { view: 'none' }],
    ['kl', { view: 'training' }],
    ['nowhere', {}],
    ['init', null],
    ['init', 'view'],
  ] as [string, ParameterValues][])
    expect(meantCall(lab, patch, labs)).toEqual([lab, patch])
})
