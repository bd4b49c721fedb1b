/**
 * Losses of models as they are drawn, and as they are trained, against those of another program (PyTorch, another
 * text, hence ± 5 %): 8 sequences of 64 words a step, a vocabulary of 2,048, Adam at 1e-3, the whole of
 * the State of the Union addresses. With `VITE_LONG_RUNS=1` in the environment also the long curves, which take minutes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { type CutText, cutText, loadStateOfTheUnion } from '../../src/data/text.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { Measuring } from '../../src/labs/training/measurement.ts'
import { parameters, typed } from '../../src/labs/training/parameters.ts'
import { Trainer } from '../../src/labs/training/trainer.ts'
import { defaults } from '../../src/labs/validation.ts'

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length

/** Architecture and what else differs, the embedding's std, the reference's first loss and its ρ where it tells it. */
const firstLosses: readonly [ParameterValues, number, number, number?][] = [
  [{}, 1, 74.5, 0.62],
  [{}, 128 ** -0.5, 7.95],
  [{}, 0.02, 7.62],
  [{ layers: 4 }, 1, 55.6],
  [{ architecture: 'postNorm' }, 1, 62.1],
  [{ architecture: 'postNorm' }, 128 ** -0.5, 7.97],
  [{ architecture: 'mlp' }, 1, 37.7],
  [{ architecture: 'mlp' }, 128 ** -0.5, 7.96],
  [{ dModel: 512 }, 1, 300.4],
  [{ dModel: 512 }, 512 ** -0.5, 8.02],
  [{ dModel: 512, architecture: 'postNorm' }, 512 ** -0.5, 12.15, 0.57],
  [{ dModel: 512, layers: 4, embeddingScale: 'sqrtDModel' }, 512 ** -0.5, 10.6, 0.5],
]

describe('models of real text', { timeout: 300_000 }, () => {
  let backend: Backend
  let text: CutText
  beforeAll(async () => {
    backend = await createWasmBackend()
    text = cutText(await loadStateOfTheUnion(), 2048)
  })
  afterAll(() => backend.dispose())

  const begin = (given: ParameterValues, std: number) => {
    const table = defaults(parameters)
    const values = typed({ ...table, vocab: 2048, batchSize: 8, context: 64, ...given })
    const trainer = new Trainer(backend, values, text, [std])
    for (const _ of trainer.begin());
    return trainer
  }

  /** Validation losses of one model at these steps, and its first ρ. */
  async function curve(given: ParameterValues, std: number, steps: readonly number[]) {
    const trainer = begin(given, std)
    const measuring = new Measuring(backend, trainer, text)
    const losses: number[] = []
    let alignment = Number.NaN
    for (const step of steps) {
      while (trainer.step < step) {
        if (trainer.full) await trainer.readLosses()
        for (const _ of trainer.advance());
      }
      const work = measuring.measure()
      let result = await work.next()
      while (!result.done) result = await work.next()
      const measured = result.value[0]
      losses.push(measured?.validationLoss ?? Number.NaN)
      if (step === 0) alignment = measured?.alignment ?? Number.NaN
    }
    for (const one of [measuring, trainer]) one.dispose()
    return { losses, alignment }
  }

  it.each(firstLosses)('begin where the reference does: %o, std %d', async (given, std, reference, rho) => {
    // seeds differ by a few per cent at a width of 128, where a loss is that of few directions
    const seeds = given.dModel === 512 ? [1] : [1, 2, 3, 4, 5, 6]
    const runs = []
    for (const seed of seeds) runs.push(await curve({ ...given, seed }, std, [0]))
    const loss = mean(runs.map(({ losses }) => losses[0]))
    const alignment = mean(runs.map((run) => run.alignment))
    expect(Math.abs(loss / reference - 1)).toBeLessThan(0.05)
    if (rho !== undefined) expect(Math.abs(alignment - rho)).toBeLessThan(0.02)
  })

  const mlp = (seed: number) => ({ architecture: 'mlp', seed })

  /** Validation losses of the reference, means of four seeds. */
  const reference = {
    steps: [0, 10, 40, 100, 200, 1000, 4000],
    broken: [37.8, 23.1, 13.9, 9.8, 7.6, 5.0, 4.5],
    fixed: [8.0, 6.1, 4.9, 4.6, 4.4, 4.1, 4.0],
  }
  /** Within what the text makes, and as many seeds in both programs: at step 40 they differ by 8 %. */
  const expectNear = (losses: readonly number[], reference: number) => {
    const middle = mean(losses)
    const variance = mean(losses.map((loss) => (loss - middle) ** 2)) / (losses.length - 1)
    const allowed = 0.05 * reference + 2 * Math.sqrt(2 * variance)
    expect(Math.abs(middle - reference), `${losses} against ${reference}`).toBeLessThan(allowed)
  }
  /** Of the fixed model: what is left to learn depends on the text, and this one is harder by half a nat and more. */
  const expectAsHard = (loss: number, reference: number) => {
    expect(loss - reference).toBeGreaterThan(-0.1)
    expect(loss - reference).toBeLessThan(0.9)
  }

  it('come down as the reference does in the first 40 steps, without clipping', async () => {
    const steps = reference.steps.slice(0, 3)
    const broken = [await curve(mlp(1), 1, steps), await curve(mlp(2), 1, steps)]
    // with gradients clipped to a norm of 1 the last would be 12.7
    for (const index of steps.keys())
      expect(
        Math.abs(mean(broken.map(({ losses }) => losses[index])) / reference.broken[index] - 1),
      ).toBeLessThan(0.05)
    const fixed = (await curve(mlp(1), 128 ** -0.5, steps)).losses
    for (const [index, loss] of fixed.entries()) expectAsHard(loss, reference.fixed[index])
    expect(fixed[2]).toBeLessThan(text.unigramEntropy + 0.5)
  })

  // four seeds as far as 1,000 steps, one of them to the end
  it.runIf(import.meta.env.VITE_LONG_RUNS)(
    'take 120 to 240 steps to come below ln V when they begin broken, and do not catch up in 4,000',
    { timeout: 3_600_000 },
    async () => {
      const every = Array.from({ length: 26 }, (_, i) => 10 * i)
      const all = [...every, 300, 400, 600, 800, 1000, 1500, 2000, 3000, 4000]
      const runs: { broken: readonly number[]; fixed: readonly number[] }[] = []
      for (const seed of [1, 2, 3, 4]) {
        const steps = seed === 1 ? all : all.filter((step) => step <= 1000)
        const broken = (await curve(mlp(seed), 1, steps)).losses
        const fixed = (await curve(mlp(seed), 128 ** -0.5, steps)).losses
        runs.push({ broken, fixed })
        const told = (losses: readonly number[]) => losses.map((loss) => loss.toFixed(2)).join(' ')
        console.log(`seed ${seed}, steps ${steps.join(' ')}\nbroken ${told(broken)}\nfixed ${told(fixed)}`)
        const below = steps[broken.findIndex((loss) => loss < Math.log(2048))]
        expect(below).toBeGreaterThanOrEqual(120)
        expect(below).toBeLessThanOrEqual(240)
        expect(broken.every((loss, index) => loss > fixed[index])).toBe(true)
      }
      for (const [index, step] of reference.steps.entries()) {
        const at = all.indexOf(step)
        const ofSeeds = step <= 1000 ? runs : runs.slice(0, 1)
        const ofBroken = ofSeeds.map((run) => run.broken[at])
        const broken = mean(ofBroken)
        const fixed = mean(ofSeeds.map((run) => run.fixed[at]))
        expectAsHard(fixed, reference.fixed[index])
        const behind = reference.broken[index] - reference.fixed[index]
        console.log(`step ${step}: behind by ${(broken - fixed).toFixed(2)}, there by ${behind.toFixed(2)}`)
        // once it knows more than a blind guess the text counts, too: then how far it is behind the other
        if (step <= 200) expectNear(ofBroken, reference.broken[index])
        else expect(Math.abs(broken - fixed - behind)).toBeLessThan(0.5)
      }
    },
  )
})
