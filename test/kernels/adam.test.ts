import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, networkBackends } from './manyModels.ts'
import { fractions } from './variants.ts'

const names = ['parameters', 'gradients', 'firstMoments', 'secondMoments'] as const
type State = Record<(typeof names)[number], Float32Array>

/** Algorithm 1 of Kingma and Ba (2015) in float64, on what the backend was given. */
function adamReference(state: State, learningRate: number, step: number, decay1: number) {
  const firstMoments = Float64Array.from(
    state.firstMoments,
    (m, i) => decay1 * m + (1 - decay1) * state.gradients[i],
  )
  const secondMoments = Float64Array.from(
    state.secondMoments,
    (v, i) => 0.999 * v + 0.001 * state.gradients[i] ** 2,
  )
  const change = Float64Array.from(firstMoments, (m, i) => {
    const corrected = secondMoments[i] / (1 - 0.999 ** step)
    return (learningRate * (m / (1 - decay1 ** step))) / (Math.sqrt(corrected) + 1e-8)
  })
  const parameters = change.map((value, i) => state.parameters[i] - value)
  return { parameters, firstMoments, secondMoments, change }
}

describe.each(networkBackends)('adam on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  const makeState = (length: number, seed: number, gradientSize = 1): State => ({
    parameters: fractions(length, seed),
    gradients: fractions(length, seed + 1).map((value) => value * gradientSize),
    firstMoments: fractions(length, seed + 2).map((value) => value * gradientSize),
    secondMoments: fractions(length, seed + 3).map((value) => (value * gradientSize) ** 2),
  })

  /** One update of [models, count]; the tensors as they are afterwards. */
  async function update(
    state: State,
    alive: number[],
    learningRate: number,
    step: number,
    decay1?: number,
  ): Promise<State> {
    const shape = [alive.length, state.parameters.length / alive.length]
    const tensors = names.map((name) => backend.upload(state[name], shape))
    const [parameters, gradients, firstMoments, secondMoments] = tensors
    const living = backend.upload(Float32Array.from(alive), [alive.length])
    const moments = { firstMoments, secondMoments }
    backend.adam({ parameters, gradients, ...moments, alive: living, learningRate, step, decay1 })
    const results = await Promise.all(tensors.map((tensor) => backend.read(tensor)))
    dispose(...tensors, living)
    return Object.fromEntries(names.map((name, i) => [name, results[i]])) as unknown as State
  }

  /** Against float64, element by element. */
  function expectClose(actual: State, state: State, learningRate: number, step: number, decay1 = 0.9): void {
    const expected = adamReference(state, learningRate, step, decay1)
    const unit = 2 ** -24
    for (let i = 0; i < state.parameters.length; i++) {
      // two products and a sum, each rounded, of two constants that are rounded too; no more cancels than is counted
      const firstSize = decay1 * Math.abs(state.firstMoments[i]) + (1 - decay1) * Math.abs(state.gradients[i])
      const firstError = 4 * unit * firstSize
      expect(Math.abs(actual.firstMoments[i] - expected.firstMoments[i])).toBeLessThanOrEqual(firstError)
      expect(Math.abs(actual.secondMoments[i] - expected.secondMoments[i])).toBeLessThanOrEqual(
        5 * unit * expected.secondMoments[i],
      )
      // WGSL grants √ as 1 / inverseSqrt 2 + 2.5 units in the last place, and divisions 2.5: 16 roundings at most
      const { change } = expected
      const error =
        16 * unit * Math.abs(change[i]) * (1 + firstError / unit / Math.abs(expected.firstMoments[i]))
      expect(Math.abs(actual.parameters[i] - expected.parameters[i])).toBeLessThanOrEqual(
        error + unit * Math.abs(expected.parameters[i]),
      )
    }
    expect(actual.gradients).toEqual(state.gradients)
  }

  it.each([
    { models: 1, count: 1, step: 1, size: 1 },
    { models: 3, count: 67, step: 1, size: 1e-4 },
    { models: 5, count: 130, step: 2, size: 1 },
    { models: 68, count: 9, step: 1000, size: 1e-3 },
    { models: 2, count: 64, step: 1_000_000, size: 1e3 },
  ])('is one update of algorithm 1: $models times $count at step $step', async (given) => {
    const { models, count, step, size } = given
    const state = makeState(models * count, 5, size)
    expectClose(await update(state, new Array(models).fill(1), 1e-3, step), state, 1e-3, step)
  })

  it.each([0, 0.5, 0.999])('takes another decay of the first moment: %f', async (decay1) => {
    for (const step of [1, 2, 1000]) {
      const state = makeState(3 * 67, 90)
      expectClose(await update(state, [1, 1, 1], 1e-3, step, decay1), state, 1e-3, step, decay1)
    }
  })

  it('decays the first moment by 0.9 unless told otherwise, bit for bit', async () => {
    const state = makeState(2 * 33, 110)
    expect(await update(state, [1, 1], 1e-3, 7, 0.9)).toEqual(await update(state, [1, 1], 1e-3, 7))
  })

  it('moves by the learning rate at first, whatever the size of the gradient, and not at all without one', async () => {
    const zeros = new Float32Array(6)
    const gradients = Float32Array.of(1e-3, -1, 1e4, 1e-9, -1e-8, 0)
    const state = { parameters: zeros, gradients, firstMoments: zeros, secondMoments: zeros }
    const { parameters } = await update(state, [1], 0.5, 1)
    // g / (|g| + ε): 0.5 · (1e-9 / (1e-9 + 1e-8)) where ε counts
    const expected = [-0.5, 0.5, -0.5, -0.5 / 11, 0.25, 0]
    // (1e-3 and ε = 1e-8 leave 1e-5 of difference)
    for (const [i, value] of parameters.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-5)
  })

  it('descends to the minimum of a parabola in many updates, as float64 does', async () => {
    const shape = [1, 5]
    const start = Float32Array.of(3, -2, 1, 0.5, -0.25)
    const parameters = backend.upload(start, shape)
    const [gradients, firstMoments, secondMoments] = [0, 1, 2].map(() => backend.createTensor(shape))
    const alive = backend.upload(Float32Array.of(1), [1])
    const reference = { at: [...start] as number[], m: new Float64Array(5), v: new Float64Array(5) }
    for (let step = 1; step <= 100; step++) {
      // the gradient of ½ x² is x
      backend.weightedSum(gradients, parameters, 1, parameters, 0)
      backend.adam({ parameters, gradients, firstMoments, secondMoments, alive, learningRate: 0.1, step })
      reference.at = reference.at.map((x, i) => {
        reference.m[i] = 0.9 * reference.m[i] + 0.1 * x
        reference.v[i] = 0.999 * reference.v[i] + 0.001 * x * x
        const corrected = Math.sqrt(reference.v[i] / (1 - 0.999 ** step))
        return x - (0.1 * (reference.m[i] / (1 - 0.9 ** step))) / (corrected + 1e-8)
      })
    }
    const actual = await backend.read(parameters)
    // every update rounds numbers of size 1 a few times, and the path contracts: 100 · 2^-24 · 10 is generous
    for (const [i, value] of actual.entries()) expect(Math.abs(value - reference.at[i])).toBeLessThan(6e-5)
    expect(Math.max(...[...actual].map((value, i) => Math.abs(value / start[i])))).toBeLessThan(1)
    dispose(parameters, gradients, firstMoments, secondMoments, alive)
  })

  it('leaves models alone that are not alive, though they are full of NaN', async () => {
    const [models, count] = [5, 67]
    const state = makeState(models * count, 50)
    const alive = [0, 1, 0, 2, 0]
    for (const name of names) state[name].fill(Number.NaN, 2 * count, 3 * count)
    const actual = await update(state, alive, 1e-2, 3)
    for (const [model, mark] of alive.entries()) {
      const [before, after] = [state, actual].map((all) =>
        names.map((name) => all[name].subarray(model * count, (model + 1) * count)),
      )
      if (mark === 0) expect(after).toEqual(before)
      else
        expectClose(
          Object.fromEntries(names.map((name, i) => [name, after[i]])) as unknown as State,
          Object.fromEntries(names.map((name, i) => [name, before[i]])) as unknown as State,
          1e-2,
          3,
        )
    }
  })

  it('gives a model the same bits alone and among others', async () => {
    const state = makeState(5 * 33, 70)
    const among = await update(state, [1, 1, 1, 1, 1], 1e-3, 7)
    const first = Object.fromEntries(
      names.map((name) => [name, state[name].slice(0, 33)]),
    ) as unknown as State
    const alone = await update(first, [1], 1e-3, 7)
    for (const name of names) expect(alone[name]).toEqual(among[name].slice(0, 33))
  })

  it('refuses by name what does not fit', () => {
    const [parameters, gradients, firstMoments, secondMoments] = names.map(() => backend.createTensor([2, 3]))
    const alive = backend.createTensor([2])
    const call = {
      ...{ parameters, gradients, firstMoments, secondMoments },
      ...{ alive, learningRate: 1e-3, step: 1 },
    }
    const refused = (changes: object, message: RegExp) => {
      expect(() => backend.adam({ ...call, ...changes })).toThrow(RangeError)
      expect(() => backend.adam({ ...call, ...changes })).toThrow(message)
    }
    const other = backend.createTensor([3, 2])
    refused({ parameters: alive }, /adam: parameters .*\[2\]/)
    for (const name of ['gradients', 'firstMoments', 'secondMoments'] as const)
      refused({ [name]: other }, new RegExp(`adam: ${name} is \\[3, 2\\].*\\[2, 3\\]`))
    refused({ alive: other }, /adam: alive is \[3, 2\].*\[2\]/)
    refused({ gradients: parameters }, /adam: parameters .*gradients/)
    refused({ secondMoments: firstMoments }, /adam: firstMoments .*secondMoments/)
    refused({ learningRate: Number.NaN }, /adam: learningRate .*NaN/)
    refused({ learningRate: -1 }, /adam: learningRate .*-1/)
    refused({ decay1: -0.1 }, /adam: decay1 .*-0\.1/)
    refused({ decay1: 1 }, /adam: decay1 .*1/)
    refused({ decay1: Number.NaN }, /adam: decay1 .*NaN/)
    refused({ step: 0 }, /adam: step .*0/)
    refused({ step: 1.5 }, /adam: step .*1\.5/)
    dispose(parameters, gradients, firstMoments, secondMoments, alive, other)
  })
})
