/**
 * The CPU kernels are compiled twice, and a browser with relaxed SIMD never chooses the other variant by
 * itself: here both run. Only the kernels that differ, product, loss and fit, are compared.
 */
import { describe, expect, it } from 'vitest'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { fetchKernels, supportsRelaxed } from '../../src/compute/wasm/module.ts'
import { fitReference } from './fitReference.ts'
import { modelProductReference } from './modelProductReference.ts'
import { largestDifference, logitLossReference } from './reference.ts'

const wave = (length: number, step: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * step + 1))
/** Each element is k float32 products and sums of size at most 1, whose errors add up like a random walk. */
const tolerance = (k: number) => 2 ** -22 * k

it('chooses relaxed SIMD wherever the browser takes it', async () => {
  expect(supportsRelaxed()).toBe(WebAssembly.validate(await fetchKernels(true)))
  const backend = await createWasmBackend()
  expect(backend.adapter.includes('relaxed multiply-add')).toBe(supportsRelaxed())
  backend.dispose()
})

describe.each([true, false])('relaxed SIMD: %s', (relaxed) => {
  it.each([
    [1, 1, 1],
    [4, 5, 8],
    [6, 300, 17],
    [67, 29, 131],
    [510, 260, 265],
  ])('multiplies [%d, %d] with [_, %d]', async (m, k, n) => {
    const backend = await createWasmBackend({ relaxed })
    const left = wave(m * k, 1.3)
    const right = wave(k * n, 2.9)
    const output = backend.createTensor([m, n])
    backend.modelProduct({
      ...{ models: 1, output: { tensor: output, rows: m, columns: n } },
      left: { tensor: backend.upload(left, [m, k]), rows: m, columns: k },
      right: { tensor: backend.upload(right, [k, n]), rows: k, columns: n },
    })
    const expected = modelProductReference({ left, right, size: [m, k, n] })
    const actual = await backend.read(output)
    expect(largestDifference(actual, expected)).toBeLessThan(tolerance(k))
    backend.dispose()
  })

  it('gives words that are next to impossible no slope, whose products would be subnormal and slow', async () => {
    const backend = await createWasmBackend({ relaxed })
    const matrix = (values: ArrayLike<number>, shape: readonly [number, number]) => ({
      tensor: backend.upload(Float32Array.from(values), [1, values.length]),
      ...{ rows: shape[0], columns: shape[1] },
    })
    // of two words the first is right, and the second's logit is as much lower
    for (const below of [20, 40, 50, 60, 70, 80, 87, 90, 100]) {
      const tableGradient = matrix([0, 0], [2, 1])
      backend.vocabularyLossGradient({
        ...{ models: 1, hidden: matrix([below], [1, 1]), table: matrix([0, -1], [2, 1]) },
        labels: { tensor: backend.upload(new Uint32Array(1), [1, 1]), rows: 1, columns: 1 },
        ...{ logSumExps: matrix([0], [1, 1]), hiddenGradient: matrix([0], [1, 1]), tableGradient },
      })
      const slope = (await backend.read(tableGradient.tensor))[1] / below
      if (below < 55) expect(slope / Math.exp(-below)).toBeCloseTo(1, 4)
      else expect(slope).toBe(0)
    }
    backend.dispose()
  })

  it.each([
    { tokens: 1, dModel: 1, words: 1, columns: 1 },
    { tokens: 7, dModel: 37, words: 301, columns: 41 },
    { tokens: 13, dModel: 520, words: 129, columns: 520 },
  ])('reduces $words words of $dModel for $tokens tokens', async ({ tokens, dModel, words, columns }) => {
    const backend = await createWasmBackend({ relaxed })
    const hidden = wave(tokens * dModel, 1.3)
    const table = wave(words * columns, 2.9)
    const targets = Uint32Array.from({ length: tokens }, (_, i) => (i * 31) % words)
    const inputs = Uint32Array.from({ length: tokens }, (_, i) => (i * 17) % words)
    const sizes = { histogramBins: 12, landscapeBins: 10, histogramRange: 1.7, scales: [1, 0.1] }
    const state = backend.createLogitLossState(tokens, 2, sizes.histogramBins, sizes.landscapeBins)
    backend.logitLoss({
      hidden: backend.upload(hidden, [tokens, dModel]),
      table: backend.upload(table, [words, columns]),
      words,
      firstWord: 0,
      targets: backend.upload(targets, [tokens]),
      inputs: backend.upload(inputs, [tokens]),
      scales: sizes.scales,
      vocabulary: words,
      histogramRange: sizes.histogramRange,
      state,
    })
    const actual = await backend.readLogitLoss(state)
    const expected = logitLossReference({
      ...{ hidden, tokens, dModel, table, columns, words, firstWord: 0, targets, inputs },
      ...{ ...sizes, vocabulary: words },
    })
    const allowed = tolerance(dModel)
    for (const field of ['maximum', 'targetLogit', 'ownLogit', 'landscape'] as const)
      expected[field].forEach((value, i) => {
        // −3e38, where a bin has no word, is rounded to float32
        if (value > -1e38) expect(Math.abs(actual[field][i] - value)).toBeLessThan(allowed)
        else expect(actual[field][i]).toBeLessThan(-2.9e38)
      })
    // an error e of the logits is a factor exp(e) of the sums, twice that of the squares
    for (const field of ['sumExp', 'sumShiftedExp', 'sumSquaredExp'] as const)
      expected[field].forEach((value, i) => {
        expect(Math.abs(actual[field][i] - value)).toBeLessThan(4 * allowed * Math.max(1, Math.abs(value)))
      })
    expect(actual.histogram.reduce((sum, count) => sum + count, 0)).toBe(tokens * words)
    backend.dispose()
  })

  it.each(['forward', 'reverse', 'jensenShannon', 'alpha'] as const)('descends by %s', async (divergence) => {
    const backend = await createWasmBackend({ relaxed })
    const components = [
      { weight: 0.25, mean: -3, sd: 0.5 },
      { weight: 0.75, mean: 2, sd: 1 },
    ]
    const target = backend.createFitTarget(components)
    const state = backend.upload(Float32Array.of(0.5, 0.25, 0, 0, 0, 0, 0, 0), [1, 8])
    const still = { optimizer: 'momentum', learningRate: 0, steps: 1 } as const
    backend.gaussianFit({ target, state, divergence, alpha: 0.75, ...still })
    const [, , byMean, byLogSd, , , value] = await backend.read(state)
    const expected = fitReference(components, [0.5, 0.25], divergence, 0.75)
    expect(largestDifference([value, byMean, byLogSd], Object.values(expected))).toBeLessThan(1e-5)
    backend.dispose()
  })
})
