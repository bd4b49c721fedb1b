/**
 * The VIB lab's presets trained to the end in the built page, beside what PyTorch came to with the same recipe (eight
 * seeds; `paper` one): validation errors in per cent (12 samples averaged), rates in nats, mean σ.
 */

import type { Browser } from 'playwright'
import { usualVisitor, visitAs } from '../browser/visitor.ts'

interface Reference {
  readonly beta: number
  /** Mean and standard deviation over seeds. */
  readonly error: readonly [mean: number, deviation?: number]
  /** Of many more runs, where eight of them happened to lie closer together than runs do. */
  readonly manyRuns?: readonly [mean: number, deviation: number, runs: number]
  readonly rate?: number
  readonly sigma?: number
}

interface Setting {
  readonly name: string
  readonly values: Readonly<Record<string, string | number>>
  readonly seeds: number
  /** Steps after which it is evaluated, and what is expected then. */
  readonly stages: readonly (readonly [steps: number, expected: readonly Reference[]])[]
}

const referenceSeeds = 8
/** Steps an epoch of `paper`. */
const epoch = 600

const settings: readonly Setting[] = [
  {
    name: 'sweep',
    values: { preset: 'sweep' },
    seeds: 4,
    stages: [
      [
        1200,
        [
          { beta: 1e-6, error: [7.71, 0.23], rate: 166, sigma: 0.009 },
          { beta: 1e-3, error: [7.16, 0.24], rate: 41.1, sigma: 0.403 },
          { beta: 1e-2, error: [6.51, 0.22], rate: 13.95, sigma: 0.638 },
          { beta: 10 ** -1.5, error: [6.48, 0.17] },
          { beta: 0.1, error: [7.32, 0.32], rate: 5.08, sigma: 0.802 },
          { beta: 10 ** -0.5, error: [10.29, 0.56] },
          { beta: 1, error: [67.65, 1.76], rate: 0.12, sigma: 0.993 },
          { beta: 10, error: [89.2, 0.4] },
        ],
      ],
    ],
  },
  {
    name: 'embedding',
    values: { preset: 'embedding', mode: 'sweep', betaMin: 1e-6, betaMax: 1, betaCount: 7, seeds: 4 },
    seeds: 4,
    stages: [
      [
        1500,
        [
          { beta: 1e-6, error: [9.77, 0.85], rate: 270 },
          { beta: 1e-2, error: [8.06, 0.24], manyRuns: [8.48, 0.61, 80], rate: 7.7 },
          { beta: 0.1, error: [8.65, 0.34], manyRuns: [8.65, 0.69, 80] },
          { beta: 1, error: [88.7], rate: 0 },
        ],
      ],
    ],
  },
  {
    name: 'paper with β₁ 0.9, without averaging',
    values: { preset: 'paper', adamBeta1: 0.9, polyak: 0, beta: 1e-3 },
    seeds: 1,
    stages: [5.4, 3.9, 2.2, 1.8].map((error, index) => [
      [1, 2, 5, 10][index] * epoch,
      [{ beta: 1e-3, error: [error] as const }],
    ]),
  },
]

interface Found {
  readonly betas: readonly number[]
  readonly validationError: readonly number[]
  readonly rate: readonly number[]
  readonly sigmaMean: readonly number[]
}

export interface ReferenceResult {
  readonly name: string
  readonly backend: string
  readonly seconds: number
  readonly stages: readonly { readonly steps: number; readonly found: Found }[]
}

export async function vibReference(browser: Browser, address: string): Promise<ReferenceResult[]> {
  const results: ReferenceResult[] = []
  for (const { name, values, stages } of settings) {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.addInitScript(visitAs, usualVisitor)
    // a lab that an address names begins to play at once; the console opens it paused
    await page.goto(`${address}#lab=kl&starts=0`)
    await page.waitForFunction(() => 'natlab' in window)
    await page.evaluate((given) => window.natlab.open('vib', given), values)
    const start = performance.now()
    const found: { steps: number; found: Found }[] = []
    for (const [steps] of stages)
      found.push({
        steps,
        found: (await page.evaluate(async (until) => {
          const { step } = await window.natlab.metrics()
          await window.natlab.run(until - Number(step))
          return window.natlab.metrics()
        }, steps)) as unknown as Found,
      })
    const { kind } = await page.evaluate(() => window.natlab.backend())
    results.push({ name, backend: kind, seconds: (performance.now() - start) / 1000, stages: found })
    await context.close()
  }
  return results
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
const spread = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, one) => sum + (one - mean(values)) ** 2, 0) / (values.length - 1))

/** Whether means over so many seeds differ by no more than chance lets them: twice the standard error. */
function verdict(found: number, { error: [mean, deviation], manyRuns }: Reference, seeds: number): string {
  if (deviation === undefined) return ''
  const [expected, spread, runs] = manyRuns ?? [mean, deviation, referenceSeeds]
  const error = spread * Math.sqrt(1 / seeds + 1 / runs)
  const many = manyRuns ? ` (${expected.toFixed(2)} ± ${spread.toFixed(2)} in ${runs} runs)` : ''
  return `${many}${Math.abs(found - expected) <= 2 * error ? ' ✓' : ' ✗'} (${((found - expected) / error).toFixed(1)} standard errors)`
}

export function referenceTable(results: readonly ReferenceResult[]): string {
  const lines = ['', 'vibReference   (the presets in the built page, found | reference)']
  for (const [index, { name, backend, seconds, stages }] of results.entries()) {
    const { seeds, stages: expected } = settings[index]
    lines.push(`  ${name}: ${backend}, ${seeds} seeds, ${seconds.toFixed(0)} s`)
    for (const [stage, { steps, found }] of stages.entries())
      for (const reference of expected[stage][1]) {
        const { beta, error, rate, sigma } = reference
        const own = (values: readonly number[]) =>
          values.filter((_, model) => Math.abs(Math.log(found.betas[model] / beta)) < 1e-6)
        const errors = own(found.validationError).map((share) => 100 * share)
        const deviation = seeds > 1 ? ` ± ${spread(errors).toFixed(2)}` : ''
        const theirs = error.map((one) => one?.toFixed(2)).join(' ± ')
        const parts = [
          `step ${steps}, β ${Number(beta.toPrecision(2))}: error ${mean(errors).toFixed(2)}${deviation} | ${theirs} %${verdict(mean(errors), reference, seeds)}`,
          rate !== undefined && `rate ${mean(own(found.rate)).toPrecision(3)} | ${rate}`,
          sigma !== undefined && `σ ${mean(own(found.sigmaMean)).toPrecision(3)} | ${sigma}`,
        ]
        lines.push(`    ${parts.filter(Boolean).join(', ')}`)
      }
  }
  return lines.join('\n')
}
