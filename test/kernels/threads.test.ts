/** Every operation that threads share gives the same bits with any number of them, on sizes that no part divides. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Backend, Divergence, Tensor } from '../../src/compute/backend.ts'
import { Calls } from '../../src/compute/wasm/calls.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'

/** Sines, which tensors begin with at places of their own; to draw them takes longer than the operations. */
const sines = Float32Array.from({ length: 5_000_000 }, (_, i) => Math.sin(i * 1.37 + 1))
const wave = (length: number, start: number, size: number) => {
  const part = sines.subarray(start, start + length)
  return size === 1 ? part : part.map((value) => size * value)
}
const places = (length: number, below: number) =>
  Uint32Array.from({ length }, (_, i) => (Math.imul(i, 2654435761) >>> 0) % below)

/** Makes matrices of several models in a backend's memory, each with other numbers. */
class Maker {
  private readonly made: Tensor[] = []
  private count = 0

  constructor(readonly backend: Backend) {}

  private own(tensor: Tensor): Tensor {
    this.made.push(tensor)
    return tensor
  }

  tensor(shape: readonly number[], size = 1): Tensor {
    this.count++
    const length = shape.reduce((product, each) => product * each, 1)
    return this.own(this.backend.upload(wave(length, 3001 * this.count, size), shape))
  }

  matrices(models: number, rows: number, columns: number, size = 1) {
    return { tensor: this.tensor([models, rows * columns], size), rows, columns, period: models }
  }

  indices(models: number, count: number, below: number) {
    const tensor = this.own(this.backend.upload(places(models * count, below), [models, count]))
    return { tensor, rows: 1, columns: count }
  }

  dispose(): void {
    for (const tensor of this.made) tensor.dispose()
  }
}

type Numbers = Float32Array | Uint32Array
/** Runs one operation, and gives the tensors that it wrote, or numbers. */
type Operation = (make: Maker, backend: Backend) => readonly Tensor[] | Promise<readonly Numbers[]>

const product =
  (
    [models, rows, inner, columns]: readonly number[],
    options: { transposeLeft?: boolean; transposeRight?: boolean; relu?: boolean; accumulate?: boolean },
    leftPeriod = models,
  ): Operation =>
  (make, backend) => {
    const output = make.matrices(models, rows, columns)
    backend.modelProduct({
      ...{ models, output, ...options },
      left: make.matrices(
        leftPeriod,
        ...((options.transposeLeft ? [inner, rows] : [rows, inner]) as [number, number]),
      ),
      right: make.matrices(
        models,
        ...((options.transposeRight ? [columns, inner] : [inner, columns]) as [number, number]),
      ),
      ...(options.accumulate ? {} : { bias: make.matrices(models, 1, columns) }),
    })
    return [output.tensor]
  }

const logits =
  (tokens: number, dModel: number, words: number, scales: readonly number[]): Operation =>
  async (make, backend) => {
    const state = backend.createLogitLossState(tokens, scales.length, 60, 37)
    const [targets, inputs] = [words, words - 1].map((below) => make.indices(1, tokens, below).tensor)
    const [half, rest] = [Math.floor(words / 2), Math.ceil(words / 2)]
    // two slices: the second one goes on with the sums of the first
    for (const [firstWord, count] of [
      [0, half],
      [half, rest],
    ])
      backend.logitLoss({
        ...{
          hidden: make.tensor([tokens, dModel]),
          table: make.tensor([count, dModel + 3]),
          words: count,
          firstWord,
        },
        targets: asVector(backend, targets, tokens),
        inputs: asVector(backend, inputs, tokens),
        ...{ scales, vocabulary: words, histogramRange: 3, state },
      })
    const result = await backend.readLogitLoss(state)
    state.dispose()
    return Object.values(result)
  }

/** The same numbers as [length]. */
function asVector(backend: Backend, _: Tensor, length: number): Tensor {
  return backend.upload(places(length, length), [length])
}

const line = [
  { weight: 0.4, mean: -3, sd: 1 },
  { weight: 0.6, mean: 2, sd: 0.5 },
]
const lineFit =
  (divergence: Divergence): Operation =>
  (make, backend) => {
    const [fits, steps] = [203, 4]
    const state = make.tensor([fits, 8], 0.5)
    const history = make.tensor([steps, fits, 4])
    const target = backend.createFitTarget(line)
    backend.gaussianFit({
      ...{ target, state, history, divergence, alpha: 0.3, optimizer: 'adam', learningRate: 0.01, steps },
      ...{ firstFit: 2, fits: fits - 5 },
    })
    target.dispose()
    return [state, history]
  }

const planeFit =
  (divergence: Divergence): Operation =>
  (make, backend) => {
    const [fits, steps] = [103, 3]
    const state = make.tensor([fits, 20], 0.3)
    const history = make.tensor([steps, fits, 8])
    const target = backend.createPlaneTarget([
      { weight: 0.5, mean: [-2, 0], covariance: [1, 0.3, 0.8] },
      { weight: 0.5, mean: [2, 1], covariance: [0.6, -0.2, 0.9] },
    ] as never)
    backend.planeFit({
      ...{ target, state, history, divergence, optimizer: 'momentum', learningRate: 0.01, steps },
      ...{ firstFit: 1, fits: fits - 3 },
    })
    target.dispose()
    return [state, history]
  }

const attention = { models: 2, sequences: 7, context: 61, heads: 3, width: 24 }
const attentionRows = attention.sequences * attention.context
const attentionColumns = attention.heads * attention.width

function attended(make: Maker, backend: Backend) {
  const { models, sequences, context, heads, width } = attention
  const projected = make.matrices(models, attentionRows, 3 * attentionColumns)
  const probabilities = make.matrices(models, sequences * heads * context, context)
  const output = make.matrices(models, attentionRows, attentionColumns)
  backend.causalAttention({
    ...{ models, sequences, context, heads, width },
    projected,
    probabilities,
    output,
  } as never)
  return { projected, probabilities, output }
}

const vocabulary = { models: 2, rows: 211, words: 1501, width: 83 }

function lost(make: Maker, backend: Backend) {
  const { models, rows, words, width } = vocabulary
  const hidden = make.matrices(models, rows, width, 0.4)
  const table = make.matrices(models, words, width)
  const labels = make.indices(models, rows, words)
  const [logSumExps, losses] = [0, 1].map(() => make.matrices(models, 1, rows))
  backend.vocabularyLoss({ models, hidden, table, labels, logSumExps, losses })
  return { hidden, table, labels, logSumExps, losses }
}

const trained = (make: Maker) => {
  const [models, parameters] = [3, 70_001]
  const rows = () => make.tensor([models, parameters])
  const alive = make.backend.upload(Float32Array.of(1, 0, 1), [models])
  return { parameters: rows(), gradients: rows(), firstMoments: rows(), average: rows(), alive }
}

const many = 100_003
const [high, wide] = [1003, 259]

const operations: Readonly<Record<string, Operation>> = {
  'modelProduct of one model': product([1, 263, 401, 517], {}),
  'modelProduct, left transposed': product([1, 509, 131, 257], { transposeLeft: true, accumulate: true }),
  'modelProduct, right transposed': product([1, 97, 403, 1021], { transposeRight: true, relu: true }),
  'modelProduct of one row': product([1, 1, 2047, 2049], {}),
  'modelProduct of several models': product([5, 67, 129, 131], {}),
  'modelProduct of models that share a factor': product([9, 101, 129, 67], { relu: true }, 1),
  'logitLoss of many tokens': logits(131, 64, 3001, [1, 0.1]),
  'logitLoss of few tokens': logits(3, 515, 5003, [0.5]),
  'gaussianFit by forward KL': lineFit('forward'),
  'gaussianFit by chi squared': lineFit('chiSquared'),
  'planeFit by reverse KL': planeFit('reverse'),
  'planeFit by forward KL': planeFit('forward'),
  causalAttention: (make, backend) => {
    const { probabilities, output } = attended(make, backend)
    return [probabilities.tensor, output.tensor]
  },
  causalAttentionGradient: (make, backend) => {
    const given = attended(make, backend)
    const { models, sequences, context, heads, width } = attention
    const projectedGradient = make.matrices(models, attentionRows, 3 * attentionColumns)
    backend.causalAttentionGradient({
      ...{ models, sequences, context, heads, width, projectedGradient },
      ...{ projected: given.projected, probabilities: given.probabilities },
      outputGradient: make.matrices(models, attentionRows, attentionColumns),
      scoreGradients: make.matrices(models, sequences * heads * context, context),
    } as never)
    return [projectedGradient.tensor]
  },
  vocabularyLoss: (make, backend) => {
    const { logSumExps, losses } = lost(make, backend)
    return [logSumExps.tensor, losses.tensor]
  },
  vocabularyLossGradient: (make, backend) => {
    const { hidden, table, labels, logSumExps } = lost(make, backend)
    const { models, rows, words, width } = vocabulary
    const hiddenGradient = make.matrices(models, rows, width)
    const tableGradient = make.matrices(models, words, width)
    backend.vocabularyLossGradient({
      models,
      hidden,
      table,
      labels,
      logSumExps,
      hiddenGradient,
      tableGradient,
    })
    return [hiddenGradient.tensor, tableGradient.tensor]
  },
  adam: (make, backend) => {
    const { average: secondMoments, ...tensors } = trained(make)
    // moments of squares are not negative
    backend.weightedSum(secondMoments, secondMoments, 0, secondMoments, 0)
    backend.adam({ ...tensors, secondMoments, learningRate: 0.01, step: 3 })
    return [tensors.parameters, tensors.firstMoments, secondMoments]
  },
  runningAverage: (make, backend) => {
    const { average, parameters, alive } = trained(make)
    backend.runningAverage({ average, parameters, alive, kept: 0.99 })
    return [average]
  },
  markFinite: (make, backend) => {
    const values = make.matrices(2, 300, 1001)
    const alive = backend.upload(Float32Array.of(1, 1), [2])
    backend.markFinite(2, alive, values)
    return [alive]
  },
  gelu: (make, backend) => {
    const [output, input] = [make.tensor([many]), make.tensor([many], 4)]
    backend.gelu(output, input)
    return [output]
  },
  geluGradient: (make, backend) => {
    const [output, input, gradient] = [1, 4, 1].map((size) => make.tensor([many], size))
    backend.geluGradient(output, input, gradient)
    return [output]
  },
  weightedSum: (make, backend) => {
    const [output, first, second] = [1, 2, 3].map((size) => make.tensor([4 * many], size))
    backend.weightedSum(output, first, 0.3, second, -1.7)
    return [output]
  },
  layerNorm: (make, backend) => {
    const [output, input] = [1, 3].map((size) => make.tensor([high, wide], size))
    backend.layerNorm(output, input)
    return [output]
  },
  layerNormGradient: (make, backend) => {
    const [output, input, gradient] = [1, 3, 1].map((size) => make.tensor([high, wide], size))
    backend.layerNormGradient(output, input, gradient)
    return [output]
  },
  addSoftmax: (make, backend) => {
    const [output, input] = [1, 3].map((size) => make.matrices(3, high, 10, size))
    backend.addSoftmax(3, output, input)
    return [output.tensor]
  },
  columnSums: (make, backend) => {
    const [output, input] = [make.matrices(3, 1, wide), make.matrices(3, high, wide)]
    backend.columnSums(3, output, input)
    return [output.tensor]
  },
  rowNorms: (make, backend) => {
    const [output, input] = [make.matrices(3, 1, high), make.matrices(3, high, wide)]
    backend.rowNorms(3, output, input)
    return [output.tensor]
  },
  copy: (make, backend) => {
    const [output, input] = [make.matrices(3, high, wide), make.matrices(3, high, wide)]
    backend.copy(3, output, input)
    return [output.tensor]
  },
  sampleLatent: (make, backend) => {
    const [latent, noise] = [0, 1].map(() => make.matrices(3, high, 31))
    const rates = make.matrices(3, 1, high)
    backend.sampleLatent({ models: 3, latent, rates, noise, encoded: make.matrices(3, high, 62, 4) })
    return [latent.tensor, rates.tensor]
  },
  sampleLatentGradient: (make, backend) => {
    const [latentGradient, noise] = [0, 1].map(() => make.matrices(3, high, 31))
    const [encoded, output] = [4, 1].map((size) => make.matrices(3, high, 62, size))
    const betas = make.tensor([3], 0.1)
    backend.sampleLatentGradient({ models: 3, encoded, noise, latentGradient, betas, output })
    return [output.tensor]
  },
  gatherRows: (make, backend) => {
    const output = make.matrices(2, 17 * 61, wide)
    backend.gatherRows({
      ...{ models: 2, output, table: make.matrices(2, 401, wide), indices: make.indices(2, 17 * 61, 401) },
      ...{ scale: 1.3, positions: make.matrices(2, 61, wide) },
    })
    return [output.tensor]
  },
  scatterAddRows: (make, backend) => {
    const output = make.matrices(2, 401, wide)
    backend.scatterAddRows({
      ...{
        models: 2,
        output,
        input: make.matrices(2, high, wide),
        indices: make.indices(2, high, 401),
        scale: 1.3,
      },
    })
    return [output.tensor]
  },
  randomNormal: (make, backend) => {
    const output = make.tensor([high, wide])
    backend.randomNormal(output, { seed: 5, stream: 3, batch: 2 }, 11)
    return [output]
  },
  randomNormalRows: (make, backend) => {
    const output = make.tensor([high, wide])
    const rows = backend.upload(places(high, 5000), [high])
    backend.randomNormalRows(output, { seed: 5, stream: 3, batch: 2 }, rows)
    return [output]
  },
  randomBits: (_, backend) => {
    const output = backend.createTensor([high, wide], 'uint32')
    backend.randomBits(output, { seed: 5, stream: 3, batch: 2 }, 11)
    return [output]
  },
}

const bitsOf = (numbers: Numbers) => new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length)

async function resultOf(backend: Backend, name: string): Promise<readonly Numbers[]> {
  const make = new Maker(backend)
  const result = await operations[name](make, backend)
  const numbers = await Promise.all(
    result.map((each) => ('shape' in each ? backend.read(each) : Promise.resolve(each))),
  )
  make.dispose()
  return numbers
}

it('is a page in which threads can share memory', () => {
  expect(globalThis.crossOriginIsolated).toBe(true)
})

describe.each([2, 3, 4, 7])('%d threads', (threads) => {
  let [one, team]: Backend[] = []
  beforeAll(async () => {
    ;[one, team] = await Promise.all([createWasmBackend({ threads: 1 }), createWasmBackend({ threads })])
  })
  afterAll(() => {
    one.dispose()
    team.dispose()
  })

  it('are what the backend has', () => {
    expect(one.threads).toBe(1)
    expect(team.threads).toBe(threads)
    expect(team.adapter).toContain(`${threads} threads`)
  })

  it.each(['modelProduct of one model', 'logitLoss of many tokens'])(
    'rest while one thread is asked for: %s',
    async (name) => {
      const alone = await resultOf(one, name)
      const publish = vi.spyOn(Calls.prototype, 'publish')
      team.onOneThread = true
      expect(await resultOf(team, name)).toEqual(alone)
      expect(publish).not.toHaveBeenCalled()
      expect(team.threads).toBe(threads)
      team.onOneThread = false
      await resultOf(team, name)
      expect(publish).toHaveBeenCalled()
      publish.mockRestore()
    },
  )

  it.each(Object.keys(operations))('%s', async (name) => {
    const alone = await resultOf(one, name)
    const publish = vi.spyOn(Calls.prototype, 'publish')
    const together = await resultOf(team, name)
    expect(publish).toHaveBeenCalled()
    publish.mockRestore()
    expect(together.length).toBe(alone.length)
    for (const [index, numbers] of alone.entries()) {
      expect(numbers.some((value) => value !== 0 && !Number.isNaN(value))).toBe(true)
      const [a, b] = [numbers, together[index]].map(bitsOf)
      expect(a.findIndex((bits, i) => bits !== b[i])).toBe(-1)
    }
  })
})
