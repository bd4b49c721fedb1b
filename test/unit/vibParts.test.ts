/** Parts of the VIB lab that need no backend: draws by seeds, records, projection, division of models. */
import { describe, expect, it } from 'vitest'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults, validateChange, validatePatch } from '../../src/labs/validation.ts'
import { agreement } from '../../src/labs/vib/decisionGrid.ts'
import { ImageOrder, noiseRows, renewedRows, shuffledCopy } from '../../src/labs/vib/draws.ts'
import { Evaluations } from '../../src/labs/vib/evaluations.ts'
import { packed, subset } from '../../src/labs/vib/images.ts'
import { LatentPicture } from '../../src/labs/vib/latentPicture.ts'
import { layoutOf, operationsOf } from '../../src/labs/vib/layout.ts'
import { LossRecord } from '../../src/labs/vib/lossRecord.ts'
import { betasOf, conflict, parameters, presets, shownModel, typed } from '../../src/labs/vib/parameters.ts'
import { distinctBetas, divide } from '../../src/labs/vib/parts.ts'
import { planeThrough, principalAxes } from '../../src/labs/vib/projection.ts'
import { pictureOrder, softplus } from '../../src/labs/vib/theory.ts'

const sweep = typed({ ...defaults(parameters), ...presets.sweep })

describe('the sweep', () => {
  it('has 17 β, every half decade, each with four seeds', () => {
    const betas = betasOf(sweep)
    expect(betas).toHaveLength(68)
    for (const [model, beta] of betas.entries())
      expect(Math.log10(beta)).toBeCloseTo(-6 + Math.floor(model / 4) / 2, 9)
    expect([betas[0], betas[16], betas[67]]).toEqual([1e-6, 1e-4, 100])
    expect(distinctBetas(sweep)).toHaveLength(17)
    expect(betas[shownModel(sweep)]).toBeCloseTo(1e-2, 9)
    expect(shownModel(sweep) % 4).toBe(0)
    expect(shownModel({ ...sweep, model: 9 })).toBe(9)
    expect(shownModel({ ...sweep, model: 200 })).toBe(67)
    const three = typed({ ...defaults(parameters), mode: 'three' })
    expect([-1, 0, 2, 9].map((model) => shownModel({ ...three, model }))).toEqual([1, 0, 2, 1])
  })

  it('is divided into shares that fit, which hold every model once', () => {
    const layout = layoutOf(sweep)
    const permitting = (maximumTensorBytes: number, memoryBytes = Number.POSITIVE_INFINITY) => ({
      maximumTensorBytes,
      memoryBytes,
    })
    const bytes = 4 * layout.parameters
    for (const fitting of [1, 3, 4, 11, 68, 1000]) {
      const { shares, room } = divide(permitting(fitting * bytes + 3), sweep, layout)
      expect(room !== undefined).toBe(fitting < 68)
      if (room) expect(room.models).toBeLessThanOrEqual(fitting)
      const models = shares.flatMap(({ firstBeta, betas, firstSeed, seeds }) => {
        expect(betas * seeds).toBeLessThanOrEqual(fitting)
        return Array.from(
          { length: betas * seeds },
          (_, i) => (firstBeta + Math.floor(i / seeds)) * 4 + firstSeed + (i % seeds),
        )
      })
      expect(models.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 68 }, (_, model) => model))
    }
    // the page handles the fault by its code
    const tooLarge = expect.objectContaining({ name: 'RangeError', code: 'tooLarge' })
    expect(() => divide(permitting(bytes - 1), sweep, layout)).toThrow(tooLarge)
    // parameters, gradients and two moments of all models, and an average
    const keeping = (rows: number, polyak = 0) =>
      divide(permitting(1e12, rows * bytes), { ...sweep, polyak }, layout)
    expect(keeping(4 * 68).shares).toHaveLength(1)
    expect(() => keeping(4 * 68 - 1)).toThrow(/^68 models of .* bytes; this backend has .*betaCount, seeds/)
    expect(() => keeping(4 * 68, 0.99)).toThrow(tooLarge)
    // for several threads: divided by seeds if they divide evenly, else by β
    const sizes = (threads: number) =>
      divide(permitting(1e9), sweep, layout, threads).shares.map(({ betas, seeds }) => betas * seeds)
    expect(sizes(2)).toEqual([34, 34])
    expect(sizes(3)).toEqual([24, 24, 20])
    expect(sizes(4)).toEqual([17, 17, 17, 17])
  })
})

describe('bad input', () => {
  it.each([
    { beta: 0 },
    { beta: -1 },
    { beta: Number.NaN },
    { trainSize: 60_001 },
    { latentDimensions: 1 },
    { pixels: 20 },
  ])('%o is refused by name and range', (patch) => {
    const [id] = Object.keys(patch)
    expect(() => validatePatch(parameters, patch)).toThrow(
      new RegExp(`^${id} = .* is not permitted: ${id} is`),
    )
  })

  it('a model that the sweep does not have is refused by its range', () => {
    const few = { ...sweep, betaCount: 5, seeds: 2 } as unknown as ParameterValues
    const set = (model: number) => validateChange({ parameters, conflict, presets }, { model }, few)
    expect(set(9)).toMatchObject({ model: 9 })
    expect(() => set(10)).toThrow(/^model = 10 is not permitted: .*from -1 to 9/)
  })

  it('values that do not go together are named', () => {
    expect(conflict({ ...sweep, betaMin: 2, betaMax: 1 })?.ids).toEqual(['betaMin', 'betaMax'])
  })
})

describe('what the seeds decide', () => {
  it('is a shuffle of all items, another in every row and for every seed', () => {
    const items = Uint32Array.from({ length: 1001 }, (_, i) => 7 * i)
    const shuffles = [
      [1, 0],
      [1, 1],
      [2, 0],
    ].map(([seed, row]) => shuffledCopy(items, { seed, stream: 6 }, row))
    for (const one of shuffles) expect(one.toSorted()).toEqual(items)
    expect(shuffles[0]).not.toEqual(shuffles[1])
    expect(shuffles[0]).not.toEqual(shuffles[2])
    expect(shuffledCopy(items, { seed: 1, stream: 6 }, 0)).toEqual(shuffles[0])
    // items keep their places no more often than by chance
    const kept = shuffles.map((one) => one.filter((item, place) => item === items[place]).length)
    expect(Math.max(...kept)).toBeLessThan(8)
  })

  it('is every image once an epoch, in whole batches', () => {
    const order = new ImageOrder(3, 1030, 50)
    expect(order.stepsPerEpoch).toBe(20)
    const epoch = (first: number) =>
      Array.from({ length: 20 }, (_, step) => [...order.batch(first + step)]).flat()
    const [one, two] = [epoch(0), epoch(20)]
    for (const places of [one, two]) {
      expect(new Set(places).size).toBe(1000)
      for (const place of places) expect(order.drawn.includes(place)).toBe(true)
    }
    expect(one).not.toEqual(two)
    expect(epoch(0)).toEqual(one)
  })

  it('is noise of its own for every seed, step and image', () => {
    const all = noiseRows(0, 3, 4, 2, 10)
    expect(new Set(all).size).toBe(60)
    expect(noiseRows(1, 1, 4, 2, 10)).toEqual(all.slice(20, 40))
    expect(noiseRows(2, 1, 5, 1, 10)).toEqual(all.slice(50, 60))
  })

  it('is samples that are drawn anew one after the other, each in its time', () => {
    const rows = (step: number) => [...renewedRows(100, 8, step, 16)]
    const changed = (from: number, to: number) => rows(to).filter((row, i) => row !== rows(from)[i]).length
    expect(rows(0)).toEqual([100, 101, 102, 103, 104, 105, 106, 107])
    expect([changed(0, 1), changed(0, 2), changed(2, 6), changed(3, 19)]).toEqual([0, 1, 2, 8])
    // no two samples share a row at any time
    const all = Array.from({ length: 64 }, (_, step) => rows(step)).flat()
    expect(new Set(all).size).toBe(8 * 4 + 31 - 24)
  })

  it('is the order of three pictures: each of the six comes about as often', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 1200; seed++) {
      const order = pictureOrder(seed)
      expect(order.toSorted()).toEqual([0, 1, 2])
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // 200 ± 13 each
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(60)
  })
})

describe('softplus', () => {
  it('is exact where floating point is unkind', () => {
    expect(softplus(0)).toBeCloseTo(Math.LN2, 15)
    expect(softplus(800)).toBe(800)
    expect(softplus(-40) / Math.exp(-40)).toBeCloseTo(1, 12)
  })
})

describe('images', () => {
  it('are packed four to a word, the first in the lowest byte, wherever they lie in memory', () => {
    const bytes = Uint8Array.from({ length: 33 }, (_, i) => i + 1)
    const set = { count: 2, side: 4, pixels: bytes.subarray(1), labels: Uint8Array.of(3, 8) }
    expect([...packed(set).slice(0, 2)]).toEqual([0x05040302, 0x09080706])
    const second = subset(set, Uint32Array.of(1))
    expect([second.count, second.labels[0], second.pixels[0]]).toEqual([1, 8, 18])
  })
})

describe('the parameters’ places', () => {
  it('are multiples of four, and count what the preset’s layers have', () => {
    const layout = layoutOf(typed({ ...sweep, latentDimensions: 3, decoderWidth: 7 }))
    for (const { weights, biases } of [...layout.encoder, ...layout.decoder])
      expect([weights % 4, biases % 4]).toEqual([0, 0])
    expect(layout.encoder.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [196, 256],
      [256, 6],
    ])
    expect(layout.decoderStart).toBe(layout.decoder[0].weights)
    expect(operationsOf(layout.decoder)).toBe(2 * (3 * 7 + 7 * 10))
  })
})

describe('loss records', () => {
  it('are means over ever more steps, with the β of each step', () => {
    const record = new LossRecord(2, 1)
    const steps = 1300
    for (let first = 0; first < steps; first += 100)
      record.add({
        firstStep: first,
        steps: 100,
        task: Float32Array.from({ length: 200 }, (_, i) => first + (i % 100) + (i < 100 ? 0 : 5000)),
        rate: new Float32Array(200).fill(2),
        betas: Array.from({ length: 100 }, () => [first < 600 ? 1 : 3, 10]),
      })
    const [one, two] = [record.curve(0), record.curve(1)]
    // at most 512 points: four steps each
    expect(one.steps).toHaveLength(325)
    expect([one.steps[0], one.steps[324]]).toEqual([1.5, 1297.5])
    expect([one.task[0], one.task[324], two.task[10]]).toEqual([1.5, 1297.5, 5041.5])
    expect([one.weightedRate[0], one.weightedRate[324], two.weightedRate[5]]).toEqual([2, 6, 20])
  })

  it('end with a mean of what has been done', () => {
    const record = new LossRecord(1, 1)
    const add = (task: number[]) =>
      record.add({
        firstStep: 0,
        steps: task.length,
        task: Float32Array.from(task),
        rate: new Float32Array(task.length),
        betas: task.map(() => [1]),
      })
    add(Array(513).fill(1))
    expect(record.curve(0).task).toHaveLength(257)
    expect(record.curve(0).task[256]).toBe(1)
    add([3])
    expect(record.curve(0).task[256]).toBe(2)
  })
})

describe('the share of images on their own prediction', () => {
  it('is counted by the cells they lie in, and those beside the grid do not count', () => {
    const domain = { x: [0, 2], y: [0, 2] } as const
    const grid = {
      columns: 2,
      rows: 2,
      domain,
      digits: Uint8Array.of(0, 1, 2, 3),
      probabilities: new Float32Array(4),
    }
    const means = Float32Array.of(0.5, 0.5, 1.5, 0.5, 0.5, 1.5, 1.9, 1.9, 2.5, 0.5)
    expect(agreement(grid, { means, predictions: Uint8Array.of(0, 1, 9, 3, 1) })).toBe(3 / 5)
  })
})

describe('the projection', () => {
  const images = 400
  const labels = Uint8Array.from({ length: images }, (_, i) => i % 10)
  /** Two directions with clearly different variances; little variance in other directions. */
  const wave = (i: number, k: number) => Math.sin(1.7 * i * (k + 1) + k)
  const first = [0.6, 0, 0.8, 0, 0]
  const second = [0, 1, 0, 0, 0]
  const means = Float32Array.from({ length: images * 10 }, (_, at) => {
    const [i, k] = [Math.floor(at / 10), at % 10]
    if (k >= 5) return 9e9 // σ², which is ignored
    const along = labels[i] === 0 ? -6 : 2 * wave(i, 0)
    const across = labels[i] === 1 ? 3 : wave(i, 1)
    return 4 + along * first[k] + across * second[k] + 0.01 * wave(i, k + 3)
  })

  it('is on the principal components, the zeros and the ones on their positive sides', () => {
    const { directions, varianceShown } = principalAxes(means, 10, 5, labels)
    for (const [axis, expected] of [first.map((entry) => -entry), second].entries())
      for (const [k, entry] of expected.entries()) expect(directions[axis * 5 + k]).toBeCloseTo(entry, 1)
    const dot = (a: number, b: number) =>
      [0, 1, 2, 3, 4].reduce((sum, k) => sum + directions[a * 5 + k] * directions[b * 5 + k], 0)
    expect(dot(0, 0)).toBeCloseTo(1, 12)
    expect(dot(1, 1)).toBeCloseTo(1, 12)
    expect(dot(0, 1)).toBeCloseTo(0, 12)
    expect(varianceShown).toBeGreaterThan(0.999)
  })

  it('has a plane through the mean, whose coordinates are those along the components', () => {
    const axes = principalAxes(means, 10, 5, labels)
    const { origin, directions } = planeThrough(axes)
    const along = (axis: number, z: ArrayLike<number>) =>
      [0, 1, 2, 3, 4].reduce((sum, k) => sum + directions[axis * 5 + k] * z[k], 0)
    const at = (x: number, y: number) => origin.map((o, k) => o + x * directions[k] + y * directions[5 + k])
    for (const axis of [0, 1]) expect(along(axis, at(3, -2))).toBeCloseTo([3, -2][axis], 9)
    const centre = [0, 1, 2, 3, 4].map((k) => {
      let sum = 0
      for (let i = 0; i < images; i++) sum += means[10 * i + k]
      return sum / images
    })
    for (const [k, z] of at(along(0, centre), along(1, centre)).entries()) expect(z).toBeCloseTo(centre[k], 6)
  })

  it('of what does not vary has two directions all the same', () => {
    const { directions } = principalAxes(new Float32Array(images * 10), 10, 5, labels)
    expect(directions.every(Number.isFinite)).toBe(true)
    const flat = principalAxes(new Float32Array(images * 10).fill(2), 10, 5, labels)
    expect(flat.directions.every(Number.isFinite)).toBe(true)
  })

  it('shows μ, covariance and samples along the same axes', () => {
    const dimensions = 5
    const picture = new LatentPicture(3, dimensions, labels)
    const encoded = Float32Array.from({ length: images * 10 }, (_, at) =>
      at % 10 < 5 ? means[at] : 5 + (at % 3),
    )
    const logits = Float32Array.from({ length: images * 10 }, (_, at) => (at % 10 === 7 ? 1 : 0))
    const half = images / 2
    for (const begin of [0, half])
      picture.add(
        {
          first: begin,
          encoded: encoded.subarray(begin * 10, (begin + half) * 10),
          logits: logits.subarray(begin * 10, (begin + half) * 10),
          rates: new Float32Array(half).fill(4),
        },
        begin === 0 ? 8 : 9,
      )
    expect([picture.whole, picture.current(9), picture.next]).toEqual([true, 0.5, 0])
    const state = { step: 9, beta: 0.1, stoppedAt: -1, current: 0.5 }
    const space = picture.space(state, new Float32Array(2 * dimensions), 5)
    expect(space.predictions.every((digit) => digit === 7)).toBe(true)
    expect(Array.from(space.chosen)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    const { directions } = principalAxes(means, 10, 5, labels)
    for (const image of [0, 123, 399])
      for (const axis of [0, 1]) {
        let along = 0
        let variance = 0
        for (let k = 0; k < dimensions; k++) {
          along += directions[axis * dimensions + k] * encoded[image * 10 + k]
          variance += (directions[axis * dimensions + k] * softplus(encoded[image * 10 + 5 + k] - 5)) ** 2
        }
        expect(space.means[2 * image + axis]).toBeCloseTo(along, 3)
        expect(space.deviations[2 * image + axis]).toBeCloseTo(Math.sqrt(variance), 4)
      }
    // without noise a sample is its image's μ
    expect(space.samples[2]).toBeCloseTo(space.means[2 * space.sampleImages[1]], 5)
    const [x, y] = [space.domain.x, space.domain.y]
    expect(x[1] - x[0]).toBeCloseTo(y[1] - y[0], 9)
    for (let image = 0; image < images; image += 50)
      expect(space.means[2 * image] > x[0] && space.means[2 * image] < x[1]).toBe(true)
  })
})

describe('evaluations on the way', () => {
  it('are after whole epochs, and in a long first one earlier', () => {
    const steps = (trainSize: number, mode: 'one' | 'sweep', until: number) => {
      const values = typed({ ...defaults(parameters), ...presets.embedding, mode, trainSize })
      const evaluations = new Evaluations([], values, layoutOf(values), trainSize / 100, 10_000)
      const found = Array.from({ length: until + 1 }, (_, step) => step).filter((step) =>
        evaluations.due(step),
      )
      for (const step of [0, ...found.slice(0, -1)])
        expect(step + evaluations.stepsLeft(step)).toBe(found.find((one) => one > step))
      return found
    }
    expect(steps(1000, 'one', 40)).toEqual([10, 20, 30, 40])
    expect(steps(60_000, 'one', 1800)).toEqual([100, 200, 400, 600, 1200, 1800])
    // in a sweep evaluations take only a share of the training's time
    expect(steps(1000, 'sweep', 199)).toEqual([10, 20, 90, 180])
  })
})
