/** Texts and marks of the VIB lab's figures about the shown models. */
import { describe, expect, it } from 'vitest'
import { diagramContent } from '../../src/labs/vib/diagramView.ts'
import {
  gradientContent,
  informationContent,
  lossContent,
  sweepContent,
} from '../../src/labs/vib/figuresView.ts'
import type {
  DecisionRegions,
  Domain,
  Evaluation,
  LatentSpace,
  ModelFigures,
} from '../../src/labs/vib/frame.ts'
import { deepContent, flatContent } from '../../src/labs/vib/latentView.ts'
import { modelText } from '../../src/labs/vib/viewParts.ts'
import type { ChartContent } from '../../src/stage/contract.ts'

const filled = (betas: readonly number[], value: number) => new Float32Array(betas.length).fill(value)

function evaluation(betas: readonly number[], more: Partial<Evaluation> = {}): Evaluation {
  return {
    step: 50,
    epoch: 1,
    betas,
    images: 10_000,
    trainError: filled(betas, 0.05),
    validationError: filled(betas, 0.1),
    validationErrorOneSample: filled(betas, 0.1),
    validationErrorMean: filled(betas, 0.1),
    rate: filled(betas, 30),
    distortion: filled(betas, 0.5),
    sigmaMean: filled(betas, 0.2),
    muSpread: filled(betas, 5),
    ...more,
  }
}

function figures(betas: readonly number[], more: Partial<ModelFigures> = {}): ModelFigures {
  return {
    betas,
    trainedBetas: betas,
    validationImages: 10_000,
    seeds: betas.map(() => 0),
    stoppedAt: betas.map(() => -1),
    collapsedSince: betas.map(() => -1),
    room: undefined,
    evaluations: [evaluation(betas)],
    ...more,
  }
}

const plain = { near: false, single: false }

const dotsOf = ({ marks }: ChartContent) =>
  marks.flatMap((mark) => (mark.kind === 'dots' ? [Array.from(mark.x)] : []))

describe('a model whose β was moved since it was evaluated', () => {
  const moved = figures([1], { trainedBetas: [1e-3], evaluations: [evaluation([1e-3])] })

  it('stays where it was, and is said to be there', () => {
    const content = sweepContent(moved, 0, plain)
    for (const x of dotsOf(content)) expect(x).toEqual([1e-3])
    expect(content.note).toBe('after 1 epoch, at β = 10⁻³, not yet at 1')
    expect(content.pick?.read(0).title).toContain('β = 10⁻³')
    expect(modelText(moved, 0)).toBe('β = 10⁻³, not yet 1')
  })
})

describe('the errors of a sweep', () => {
  it('are those that are asked for, each with its name', () => {
    const two = figures([1e-3, 1])
    const named = (switches: typeof plain) =>
      sweepContent(two, 0, switches).marks.flatMap((mark) => ('name' in mark && mark.name ? [mark.name] : []))
    expect(named(plain)).toEqual(['training', 'validation'])
    // training errors lie below the shown range
    expect(named({ near: true, single: false })).toEqual(['validation'])
    expect(named({ near: true, single: true })).toEqual(['one sample', 'z = μ', 'validation'])
    // the dots can be picked at any place among the marks
    for (const switches of [plain, { near: true, single: true }]) {
      const { marks, pick } = sweepContent(two, 0, switches)
      expect(marks[pick?.mark ?? -1].kind).toBe('dots')
    }
  })
})

describe('notes', () => {
  it('tell on how many images an evaluation was', () => {
    const part = figures([1e-3], { evaluations: [evaluation([1e-3], { images: 2500, epoch: 3 })] })
    expect(sweepContent(part, 0, plain).note).toBe('after 3 epochs, on 2,500 of 10,000 images')
  })

  it('tell how many models fit side by side, and which limit that is', () => {
    const room = { models: 1, wantedBytes: 264 * 14 * 2 ** 20, permittedBytes: 128 * 2 ** 20 }
    const crowded = figures([1e-3, 1], { room, evaluations: [] })
    expect(sweepContent(crowded, 0, plain).note).toBe(
      '1 of 2 models at a time: together they take a buffer of 3,696 MiB, the largest here is 128 MiB',
    )
    const evaluated = figures([1e-3, 1], { room })
    expect(sweepContent(evaluated, 0, plain).note).toMatch(/^after 1 epoch, .*z; 1 of 2 models at a time/)
  })

  it('tell whose losses and gradients they are', () => {
    const two = figures([1e-3, 1e-3], { seeds: [0, 1] })
    const curves = (task: number) => ({
      model: 1,
      steps: Float32Array.of(0),
      task: Float32Array.of(task),
      weightedRate: Float32Array.of(0),
      total: Float32Array.of(task),
      validationSteps: new Float32Array(),
      validation: new Float32Array(),
    })
    expect(lossContent(curves(2), two, true).note).toBe('β = 10⁻³, seed 2')
    expect(lossContent(curves(1e9), two, true).note).toMatch(/seed 2: .*lower the learning rate/)
    const norms = {
      model: 1,
      beta: 0.5,
      step: 7,
      encoderTask: 1,
      encoderRate: 1,
      decoderTask: 1,
      decoderRate: 0,
    }
    expect(gradientContent(norms, two, false).note).toMatch(/^β = 0\.5, seed 2: .*step 7$/)
    expect(gradientContent(norms, two, true).note).toBeUndefined()
  })
})

describe('the information plane', () => {
  it('holds a collapsed model, at the edge where its rate is next to nothing', () => {
    const betas = [1e-3, 10, 100]
    const rate = Float32Array.of(30, 1e-3, -1e-7)
    const content = informationContent(figures(betas, { evaluations: [evaluation(betas, { rate })] }), 0)
    const [low, high] = content.x.domain as readonly [number, number]
    for (const x of dotsOf(content)[0]) expect(x >= low && x <= high).toBe(true)
    expect(content.note).toContain('left edge')
    expect(content.pick?.read(2).rows.find(({ label }) => label === 'rate')?.value).toBe('−1e−7 nats')
  })
})

describe('the diagram', () => {
  const figureOf = (sigma: number) =>
    ({
      model: 0,
      image: 0,
      label: 7,
      side: 1,
      pixels: Uint8Array.of(0),
      mean: [5, 5],
      sigma: [sigma, sigma / 2],
      noise: Float32Array.of(2, -1),
      latent: Float32Array.of(5 + 2 * sigma, 5 - sigma),
      probabilities: new Float32Array(10),
    }) as const
  const forward = { trick: true, taskGradient: false, rateGradient: false }

  it.each([true, false])('leads from each loss back to what it depends on alone (trick: %s)', (trick) => {
    const { arrows, boxes, upright } = diagramContent(
      figureOf(1),
      2,
      { trick, taskGradient: true, rateGradient: true },
      'β = 1',
    )
    const known = new Set(boxes.map(({ id }) => id))
    for (const { from, to } of arrows) expect([known.has(from), known.has(to)]).toEqual([true, true])
    for (const id of known) expect(upright?.centres).toHaveProperty(id)
    const ways = arrows.filter(({ backward }) => backward)
    const reached = (loss: string) => {
      const role = boxes.find(({ id }) => id === loss)?.role
      const found = new Set([loss])
      for (let before = 0; before < found.size; ) {
        before = found.size
        for (const way of ways)
          if (way.role === role && !way.blocked && found.has(way.to)) found.add(way.from)
      }
      return ['encoder', 'decoder'].filter((network) => found.has(network))
    }
    expect(reached('task')).toEqual(trick ? ['encoder', 'decoder'] : ['decoder'])
    expect(reached('rate')).toEqual(['encoder'])
    // forward there is a way from each network to exactly the losses that reach it
    const onward = (from: string): string[] =>
      arrows.filter((one) => !one.backward && one.from === from).flatMap(({ to }) => [to, ...onward(to)])
    expect(onward('decoder')).not.toContain('rate')
    expect(onward('decoder')).toContain('task')
    expect(onward('encoder')).toEqual(expect.arrayContaining(['task', 'rate']))
  })

  it('draws no gradient that a question hides', () => {
    const drawn = (switches: object) =>
      diagramContent(figureOf(1), 2, { ...forward, ...switches }, 'β = 1').arrows.filter(
        ({ backward }) => backward,
      )
    expect(drawn({})).toEqual([])
    const task = drawn({ taskGradient: true })
    expect(task.filter(({ to }) => to === 'rate')).toEqual([])
    expect(task.filter(({ to }) => to === 'task')).toHaveLength(1)
  })

  it.each([
    [1, '3'],
    [0.17, '1'],
    [0.0018, '0.01'],
  ])('spreads a Z of σ = %d over a window of ± %s', (sigma, reach) => {
    const z = diagramContent(figureOf(sigma), 2, forward, 'β = 1').boxes.find(({ id }) => id === 'z')
    expect(z?.label).toBe(`Z: μ\u00a0±\u00a0${reach}`)
    expect(z?.cloud?.x[0]).toBeCloseTo((2 * sigma) / Number(reach), 3)
  })
})

describe('a latent space', () => {
  const window = (reach: number): Domain => ({ x: [-reach, reach], y: [-reach, reach] })
  const regions = (reach: number): DecisionRegions => ({
    columns: 1,
    rows: 1,
    domain: window(reach),
    digits: Uint8Array.of(3),
    probabilities: Float32Array.of(1),
  })
  const space: LatentSpace = {
    model: 0,
    beta: 1e-3,
    stoppedAt: -1,
    latentDimensions: 2,
    dimensions: 2,
    projection: 'none',
    varianceShown: 1,
    means: Float32Array.of(1, 2, 3, 4),
    deviations: Float32Array.of(0.5, 0.25, 0.5, 0.25),
    predictions: Uint8Array.of(0, 1),
    rates: Float32Array.of(1, 1),
    current: 1,
    chosen: Uint32Array.of(0),
    image: 1,
    imageCovariance: Float32Array.of(0.25, 0, 0.0625),
    covariances: Float32Array.of(0.25, 0, 0.0625),
    samples: Float32Array.of(1, 2),
    sampleImages: Uint32Array.of(0),
    regions: regions(8),
    sharedRegions: regions(40),
    regionAgreement: 0.98,
    domain: window(4),
  }
  const all = { regions: true, samples: true, ellipses: true, hidden: false }
  const labels = Uint8Array.of(0, 1)
  const draw = (shared?: Domain) => flatContent(space, labels, shared, all, undefined, 'β = 1')

  it('has samples, prior and ellipses over its points, one about the image that was chosen', () => {
    const { marks, pick } = draw()
    const kinds = marks.map(({ kind }) => kind)
    expect(pick?.mark).toBe(kinds.indexOf('dots'))
    expect(kinds.slice(pick?.mark)).toEqual(['dots', 'dots', 'line', 'line', 'line'])
    const last = marks.at(-1)
    if (last?.kind !== 'line') throw new Error('no ellipse')
    expect([Math.max(...Array.from(last.x)), Math.max(...Array.from(last.y))]).toEqual([3.5, 4.25])
  })

  it('has the regions of the window that is shown', () => {
    const raster = (content: ChartContent) => content.marks.find(({ kind }) => kind === 'raster')
    expect(raster(draw())).toMatchObject(window(8))
    expect(raster(draw(window(20)))).toMatchObject(window(40))
  })

  it('says what its regions are of where they are not those of all it shows, and why there are none', () => {
    expect(draw().note).toBe('β = 1')
    const many = {
      ...space,
      projection: 'principalComponents',
      varianceShown: 0.4,
      regionAgreement: 0.7,
    } as const
    const noted = (regions: boolean) =>
      flatContent(many, labels, undefined, { ...all, regions }, undefined, 'β = 1').note
    expect(noted(true)).toBe('β = 1, 40 % of the variance, regions (plane through the mean) hold for 70 %')
    expect(noted(false)).toBe('β = 1, 40 % of the variance')
    const three = {
      ...space,
      dimensions: 3,
      means: new Float32Array(6),
      samples: new Float32Array(3),
    } as const
    expect(deepContent(three, labels, window(4), all, undefined, undefined).note).toMatch(
      /regions .* not drawn/,
    )
  })
})
