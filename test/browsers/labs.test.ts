/** Every lab in a window of Firefox, on WebAssembly and on WebGPU: both come to the same, and it is drawn. */
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackendKind } from '../../src/compute/backend.ts'
import type { MetricValue } from '../../src/labs/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { boxOf, coloursOfPictures, measured, openFirefox, type Visit, visit } from './firefox.ts'

/** What is waited for comes late on a busy machine. */
const patience = { timeout: 60_000 }

let browser: Browser
let visited: Visit

beforeAll(async () => {
  browser = await openFirefox('complete')
  console.log(`Firefox: ${await browser.version()}`)
  visited = await visit(browser, '#lab=kl&family=uniform')
})
afterAll(() => browser?.close())

interface Run {
  readonly name: string
  readonly lab: string
  readonly values: ParameterValues
  readonly steps: number
  /** How far the backends may be apart in a metric, as a share of it, and of 1 where it is smaller. */
  readonly within: Readonly<Record<string, number>>
}

/** Smaller than the page opens with, so that a software adapter is quick. */
const smallVib = {
  ...{ hiddenWidth: 16, hiddenLayers: 1, decoderWidth: 0 },
  ...{ trainSize: 500, batchSize: 50, evaluationSamples: 2 },
}
// float32 with other orders of summation; images next to a border fall on either side
const vibWithin = { rate: 1e-3, distortion: 1e-4, sigmaMean: 1e-4, validationError: 2e-3, trainError: 4e-3 }

const runs: readonly Run[] = [
  {
    name: 'init',
    lab: 'init',
    values: { dModel: 100, vocab: 2000, tokens: 16 },
    steps: 2,
    // logits up to 50 of a hundred products in float32 are off by 1e-5, and the softmax passes it on
    within: { loss: 1e-4, entropy: 1e-4, maxProbability: 1e-4, sumSquaredProbability: 1e-4, logitStd: 1e-4 },
  },
  {
    name: 'training',
    lab: 'training',
    values: { layers: 2, dModel: 64, vocab: 200, batchSize: 2, context: 16 },
    steps: 5,
    // rounding grows from step to step; 1e-4 of a loss is far below what a batch tells
    within: { loss1: 1e-4, loss2: 1e-4, lossCurve1: 1e-4, lossCurve2: 1e-4, validationLoss1: 1e-4 },
  },
  {
    name: 'kl on the line',
    lab: 'kl',
    values: { family: 'gaussian1d', starts: 256 },
    steps: 120,
    // the values are of float64 quadrature at places that a hundred float32 updates led to
    within: { forwardMu: 1e-4, forwardSigma: 1e-4, forwardKl: 1e-4, reverseKl: 1e-4, basins: 1e-3 },
  },
  {
    name: 'kl in the plane',
    lab: 'kl',
    values: { family: 'gaussian2d', starts: 64 },
    steps: 40,
    within: { forwardMean: 1e-4, forwardCovariance: 1e-4, forwardKl: 1e-4, reverseKl: 1e-4, basins: 1e-3 },
  },
  {
    name: 'kl of supports',
    lab: 'kl',
    values: { family: 'uniform', a: 0, b: 1, c: 0, d: 2 },
    steps: 3,
    // no kernel has a part in it
    within: { forwardKl: 0, reverseKl: 0 },
  },
  { name: 'vib, one', lab: 'vib', values: { ...smallVib, mode: 'one' }, steps: 10, within: vibWithin },
  {
    name: 'vib, a sweep',
    lab: 'vib',
    values: { ...smallVib, mode: 'sweep', betaCount: 3, seeds: 2 },
    steps: 10,
    within: vibWithin,
  },
]

/** Every number of two metrics beside the other, however deep they lie. */
function paired(one: MetricValue | undefined, other: MetricValue | undefined): [number, number][] {
  if (typeof one === 'number' && typeof other === 'number') return [[one, other]]
  expect([Array.isArray(one), Array.isArray(other)], `${one} beside ${other}`).toEqual([true, true])
  const [first, second] = [one, other] as MetricValue[][]
  expect(second).toHaveLength(first.length)
  return first.flatMap((value, i) => paired(value, second[i]))
}

describe.each(runs)('$name', ({ lab, values, steps, within }) => {
  it('comes to the same on both backends, without a complaint', async () => {
    const { page, complaints } = visited
    const wasm = await measured(page, 'wasm', lab, values, steps)
    const webgpu = await measured(page, 'webgpu', lab, values, steps)
    for (const [metric, share] of Object.entries(within)) {
      const pairs = paired(wasm[metric], webgpu[metric])
      expect(pairs.length, metric).toBeGreaterThan(0)
      for (const [one, other] of pairs)
        if (Number.isFinite(one))
          expect(Math.abs(other - one), metric).toBeLessThanOrEqual(share * Math.max(1, Math.abs(one)))
        else expect(other, metric).toBe(one)
    }
    expect(complaints.splice(0)).toEqual([])
  })

  it('is drawn', async () => {
    const { page, complaints } = visited
    await measured(page, 'wasm', lab, values, steps)
    // these values may be those of a step that asks first
    await page.evaluate(() => {
      const buttons = [...document.querySelectorAll('button')]
      buttons.find((one) => one.textContent === 'Show it' && one.checkVisibility())?.click()
    })
    await expect
      .poll(() => coloursOfPictures(page), patience)
      .toSatisfy((counts: number[]) => counts.length > 0 && Math.min(...counts) > 20)
    expect(complaints.splice(0)).toEqual([])
  })
})

it('computes on all cores, and comes to the same bits with 1, 2 and 3 threads', async () => {
  const { page, complaints } = visited
  const results = []
  for (const threads of [1, 2, 3]) {
    await measured(
      page,
      'wasm',
      'training',
      { layers: 1, dModel: 64, vocab: 2000, context: 32, batchSize: 8 },
      0,
    )
    results.push(
      await page.evaluate(async (threads) => {
        const backend = await window.natlab.use('wasm', { threads })
        await window.natlab.run(4)
        const { wordsPerSecond, ...metrics } = await window.natlab.metrics()
        return { isolated: crossOriginIsolated, threads: backend.threads, metrics }
      }, threads),
    )
  }
  const [one] = results
  expect(results.map(({ isolated, threads }) => [isolated, threads])).toEqual([
    [true, 1],
    [true, 2],
    [true, 3],
  ])
  for (const { metrics } of results) expect(metrics).toEqual(one.metrics)
  expect(complaints.splice(0)).toEqual([])
})

/** The slider of a parameter is dragged to the right; `meanwhile` before it is let go. */
async function dragged(parameter: string, meanwhile: () => Promise<unknown>): Promise<void> {
  const { page } = visited
  const { x, y, width, height } = await boxOf(page, `[data-parameter=${parameter}] [role=slider]`)
  await page.mouse.move(x + width / 2, y + height / 2)
  await page.mouse.down()
  await page.mouse.move(x + 0.6 * width, y + height / 2, { steps: 5 })
  await meanwhile()
  await page.mouse.up()
}

/** What the panel tells of a metric. */
const told = (metric: string) =>
  visited.page.evaluate(
    (metric: string) => document.querySelector(`[data-metric=${metric}]`)!.textContent,
    metric,
  )

const kinds: readonly BackendKind[] = ['wasm', 'webgpu']

describe.each(kinds)('a drag on %s', (kind) => {
  it('of d_model shows its loss before it is let go', async () => {
    const { page, complaints } = visited
    await measured(page, kind, 'init', { dModel: 64, vocab: 2000, tokens: 16 }, 1)
    await expect.poll(() => told('tokensMeasured')).toBe('32')
    const before = await told('loss')
    await dragged('dModel', () => expect.poll(() => told('loss'), patience).not.toBe(before))
    const { metrics, values } = await page.evaluate(async () => ({
      metrics: await window.natlab.metrics(),
      values: window.natlab.parameters(),
    }))
    expect(values.dModel).toBeGreaterThan(64)
    expect(metrics.logitStdPredicted).toBeCloseTo(Math.sqrt(values.dModel as number), 6)
    expect(Number(metrics.logitStd) / Number(metrics.logitStdPredicted)).toBeCloseTo(1, 0)
    expect(complaints.splice(0)).toEqual([])
  })

  it('of β goes on with it', async () => {
    const { page, complaints } = visited
    await measured(page, kind, 'vib', { ...smallVib, mode: 'one', epochs: 400 }, 5)
    const before = await told('betas')
    const { x, y, width, height } = await boxOf(page, '.transport .primary')
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.up()
    await dragged('beta', () => expect.poll(() => told('betas'), patience).not.toBe(before))
    // models that were trained with it have been judged
    const trained = () =>
      page.evaluate(async () => {
        const { evaluatedBetas, step } = await window.natlab.metrics()
        return { betas: evaluatedBetas, beta: window.natlab.parameters().beta, step: Number(step) }
      })
    await expect
      .poll(async () => {
        const { betas, beta } = await trained()
        return (betas as number[])[0] === beta
      }, patience)
      .toBe(true)
    const { beta, step } = await trained()
    expect(beta).toBeGreaterThan(0.001)
    expect(step).toBeGreaterThan(5)
    await page.evaluate(() => window.natlab.run(0))
    expect(complaints.splice(0)).toEqual([])
  })
})
