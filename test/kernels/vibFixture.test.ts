/**
 * One step of a tiny variational information bottleneck, put together from the operations and compared with
 * vibFixture.json, which is this project's own: six pixels, five hidden units, K = 2, three classes, batch 4, with every
 * intermediate value and the gradients of its two terms (mean cross-entropy and mean rate) apart, in float64, themselves
 * checked against central differences. Its parameters and inputs are decimals that float32 rounds.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend, Tensor } from '../../src/compute/backend.ts'
import type { Matrices } from '../../src/compute/matrices.ts'
import { expectWithin, networkBackends } from './manyModels.ts'
import fixture from './vibFixture.json'

const [batch, pixels, hiddenUnits, k, classes] = [4, 6, 5, 2, 3]

/** The network's parameters, one behind the other in a model's row. */
const shapes = {
  W1: [pixels, hiddenUnits],
  b1: [1, hiddenUnits],
  W2: [hiddenUnits, 2 * k],
  b2: [1, 2 * k],
  W3: [k, classes],
  b3: [1, classes],
} as const
type Name = keyof typeof shapes
const names = Object.keys(shapes) as Name[]
const encoderNames: Name[] = ['W1', 'b1', 'W2', 'b2']
const decoderNames: Name[] = ['W3', 'b3']
const sizeOf = (name: Name) => shapes[name][0] * shapes[name][1]
const parameterCount = names.reduce((sum, name) => sum + sizeOf(name), 0)
const offsetOf = (name: Name) =>
  names.slice(0, names.indexOf(name)).reduce((sum, before) => sum + sizeOf(before), 0)

/** The fixture is model 1, beside another network that shares its images, labels and noise. */
const models = 2
const own = 1
const flat = (values: number[] | number[][]) => values.flat()

/** Of the rate's gradient the fixture has no decoder: none of it depends on that. */
const expectedGradient = (term: 'grad_CE' | 'grad_KL', name: Name) => {
  const values = fixture[term][name] as number[] | number[][] | null
  return values ? flat(values) : Array(sizeOf(name)).fill(0)
}

const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0))

describe.each(networkBackends)('a step of the bottleneck on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  const perModel = (rows: number, columns: number): Matrices => ({
    tensor: backend.createTensor([models, rows * columns]),
    rows,
    columns,
  })
  const shared = (data: Float32Array | Uint32Array, rows: number, columns: number): Matrices => ({
    tensor: backend.upload(data, [rows, columns]),
    rows,
    columns,
    period: 1,
  })
  const part = (tensor: Tensor, name: Name): Matrices => ({
    tensor,
    offset: offsetOf(name),
    stride: parameterCount,
    rows: shapes[name][0],
    columns: shapes[name][1],
  })
  const read = async ({ tensor }: Matrices) => {
    const all = await backend.read(tensor)
    return Array.from(all.slice((all.length / models) * own))
  }

  function forward() {
    const theirs = names.flatMap((name) => flat(fixture.params[name]))
    const data = Float32Array.from([...theirs.map((value) => 0.3 - value), ...theirs])
    const parameters = backend.upload(data, [models, parameterCount])
    const of = (name: Name) => part(parameters, name)
    const images = shared(
      Float32Array.from(flat(fixture.x), (x) => 2 * x - 1),
      batch,
      pixels,
    )
    const labels = shared(Uint32Array.from(fixture.y), 1, batch)
    const noise = shared(Float32Array.from(flat(fixture.eps)), batch, k)
    const hidden = perModel(batch, hiddenUnits)
    const encoded = perModel(batch, 2 * k)
    const latent = perModel(batch, k)
    const rates = perModel(1, batch)
    const logits = perModel(batch, classes)
    const losses = perModel(1, batch)
    const logitGradient = perModel(batch, classes)
    backend.modelProduct({
      models,
      output: hidden,
      left: images,
      right: of('W1'),
      bias: of('b1'),
      relu: true,
    })
    backend.modelProduct({ models, output: encoded, left: hidden, right: of('W2'), bias: of('b2') })
    backend.sampleLatent({ models, encoded, noise, latent, rates })
    backend.modelProduct({ models, output: logits, left: latent, right: of('W3'), bias: of('b3') })
    backend.crossEntropy({ models, logits, labels, losses, gradient: logitGradient })
    return { of, images, noise, hidden, encoded, latent, rates, logits, losses, logitGradient }
  }

  /** The gradient of taskShare · mean loss + β · mean rate, by name. */
  async function backward(taskShare: 0 | 1, beta: number): Promise<Record<Name, number[]>> {
    const { of, images, noise, hidden, encoded, latent, logitGradient } = forward()
    const gradients = backend.createTensor([models, parameterCount])
    const to = (name: Name) => part(gradients, name)
    const upper = taskShare === 1 ? logitGradient : perModel(batch, classes)
    const latentGradient = perModel(batch, k)
    const encodedGradient = perModel(batch, 2 * k)
    const hiddenGradient = perModel(batch, hiddenUnits)
    const betas = backend.upload(Float32Array.of(5, beta), [models])
    const transposed = { models, transposeLeft: true }
    backend.modelProduct({ ...transposed, output: to('W3'), left: latent, right: upper })
    backend.columnSums(models, to('b3'), upper)
    backend.modelProduct({
      ...{ models, output: latentGradient, left: upper },
      ...{ right: of('W3'), transposeRight: true },
    })
    backend.sampleLatentGradient({ models, encoded, noise, latentGradient, betas, output: encodedGradient })
    backend.modelProduct({ ...transposed, output: to('W2'), left: hidden, right: encodedGradient })
    backend.columnSums(models, to('b2'), encodedGradient)
    backend.modelProduct({
      ...{ models, output: hiddenGradient, left: encodedGradient },
      ...{ right: of('W2'), transposeRight: true, gate: hidden },
    })
    backend.modelProduct({ ...transposed, output: to('W1'), left: images, right: hiddenGradient })
    backend.columnSums(models, to('b1'), hiddenGradient)
    const all = await read({ tensor: gradients, rows: 1, columns: parameterCount })
    return Object.fromEntries(
      names.map((name) => [name, all.slice(offsetOf(name), offsetOf(name) + sizeOf(name))]),
    ) as Record<Name, number[]>
  }

  it('has every value on the way', async () => {
    const values = forward()
    const encoded = await read(values.encoded)
    const means = encoded.filter((_, i) => i % (2 * k) < k)
    expectWithin(means, flat(fixture.mu), () => 1e-6)
    expectWithin(await read(values.latent), flat(fixture.z), () => 1e-6)
    expectWithin(await read(values.logits), flat(fixture.logits), () => 1e-6)
    // σ is not kept: it is what z moves by where the noise is far from 0
    const sd = (await read(values.latent)).map((z, i) => (z - means[i]) / flat(fixture.eps)[i])
    for (const [i, noise] of flat(fixture.eps).entries())
      if (Math.abs(noise) > 0.5) expect(Math.abs(sd[i] - flat(fixture.sigma)[i])).toBeLessThan(1e-6)
    const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / batch
    expect(Math.abs(mean(await read(values.losses)) - fixture.CE)).toBeLessThan(1e-6)
    expect(Math.abs(mean(await read(values.rates)) - fixture.KL)).toBeLessThan(5e-6)
  })

  it('has the gradient of each term, and of their sum', async () => {
    const task = await backward(1, 0)
    const rate = await backward(0, 1)
    const both = await backward(1, 0.35)
    for (const name of names) {
      const [expectedTask, expectedRate] = [
        expectedGradient('grad_CE', name),
        expectedGradient('grad_KL', name),
      ]
      expectWithin(task[name], expectedTask, () => 1e-6)
      expectWithin(rate[name], expectedRate, () => 2e-6)
      expectWithin(
        both[name],
        expectedTask.map((slope, i) => slope + 0.35 * expectedRate[i]),
        () => 2e-6,
      )
    }
    const normOf = (gradient: Record<Name, number[]>, parts: Name[]) =>
      norm(parts.flatMap((name) => gradient[name]))
    expect(Math.abs(normOf(task, encoderNames) - fixture.norms.ce_enc)).toBeLessThan(2e-6)
    expect(Math.abs(normOf(task, decoderNames) - fixture.norms.ce_dec)).toBeLessThan(2e-6)
    expect(Math.abs(normOf(rate, encoderNames) - fixture.norms.kl_enc)).toBeLessThan(5e-6)
    expect(normOf(rate, decoderNames)).toBe(fixture.norms.kl_dec)
  })
})
