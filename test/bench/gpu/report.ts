/** What the benchmark writes: one object for JSON, and a Markdown table of it. */
import { nameOf, type VariantChoice } from '../../../src/compute/webgpu/index.ts'
import type { AdapterFacts } from './dawn.ts'
import type { KernelFile } from './kernels.ts'
import type { LoopRow } from './loops.ts'
import type { Summary } from './statistics.ts'
import type { SweepResult } from './sweep.ts'

export interface Report {
  readonly date: string
  readonly size: string
  readonly minutes: number
  readonly versions: Readonly<Record<string, string>>
  readonly cores: number
  readonly adapter: AdapterFacts
  readonly kernels: KernelFile[]
  /** For each operation with two variants: which one natlab chooses here, with its tile, and why. */
  choices: Readonly<Record<string, VariantChoice>>
  readonly loops: LoopRow[]
  sweep?: SweepResult
  /** Milliseconds that each kernel took to compile. */
  readonly compileTimes: Readonly<Record<string, number>>
  /** A sentence for each thing that was left out. */
  readonly leftOut: string[]
  seconds: number
}

/** The sizes that the targets are about. */
export interface Stated {
  readonly loss: Pick<LoopRow, 'loop' | 'size'>
  readonly training: Pick<LoopRow, 'loop' | 'size'>
}

const best = (rows: readonly LoopRow[], better: (row: LoopRow) => number) =>
  rows
    .filter((row) => Number.isFinite(better(row)))
    .toSorted((one, other) => better(other) - better(one))
    .at(0)

const rateOf = ({ gigaflopsPerSecond = Number.NaN }: LoopRow) => gigaflopsPerSecond

/** The device's best f32 product: what every rate is a share of. */
export const bestProduct = (rows: readonly LoopRow[]): LoopRow | undefined =>
  best(
    rows.filter(({ loop }) => loop === 'modelProduct'),
    rateOf,
  )

export interface Target {
  readonly name: string
  readonly verdict: 'met' | 'not met' | 'not measured'
  readonly figure: string
}

const digits = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–')

export function targetsOf({ adapter, loops, sweep }: Report, stated: Stated): Target[] {
  const at = ({ loop, size }: Stated['loss']) =>
    loops.filter((row) => row.loop === loop && row.size === size && !row.error)
  const target = (name: string, value: number | undefined, met: (value: number) => boolean, said: string) => {
    if (value === undefined || !Number.isFinite(value))
      return { name, verdict: 'not measured' as const, figure: 'this size was not run here' }
    if (adapter.software)
      return { name, verdict: 'not measured' as const, figure: `a software adapter: ${said}` }
    return { name, verdict: met(value) ? ('met' as const) : ('not met' as const), figure: said }
  }
  const peak = bestProduct(loops)
  const loss = best(at(stated.loss), rateOf)
  const share = peak && loss && rateOf(loss) / rateOf(peak)
  const step = best(at(stated.training), ({ passed }) => -(passed?.median ?? Number.NaN))
  const perSecond = step && 1000 / step.passed!.median
  return [
    target(
      'The fused logit loss reaches more than 50 % of the device’s own best f32 product',
      share,
      (value) => value > 0.5,
      share ? `${digits(100 * share)} %, as ${loss.variant}` : '',
    ),
    target(
      'The sweep of 68 models takes less than 10 s',
      sweep?.allSeconds,
      (value) => value < 10,
      sweep
        ? `${digits(sweep.allSeconds)} s${sweep.extrapolated ? `, extrapolated from ${sweep.doneSteps} of ${sweep.steps} steps` : ''}`
        : '',
    ),
    target(
      'A training step of the largest default, both models, runs 60 times a second',
      perSecond,
      (value) => value >= 60,
      step ? `${digits(perSecond!)} a second, as ${step.variant}; each is waited for` : '',
    ),
  ]
}

const spread = (summary: Summary | undefined) =>
  summary
    ? `${digits(summary.median)} (${summary.quartiles.map(digits).join('–')}, n = ${summary.samples.length})`
    : '–'

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

export function markdown(report: Report, stated: Stated): string {
  const { adapter, kernels, loops, sweep, compileTimes, choices } = report
  const peak = bestProduct(loops)
  const total = (count: (file: KernelFile) => number) => kernels.reduce((sum, file) => sum + count(file), 0)
  const failures = kernels.flatMap(({ name, failures }) => failures.map((one) => ({ file: name, ...one })))
  const software = adapter.software
    ? '**A software adapter: it computes on the CPU. These are no figures of a GPU.**'
    : 'A hardware adapter.'
  const facts = [
    `- adapter: ${adapter.name}. ${software}`,
    `- driver: ${adapter.driver ?? String(adapter.info.description ?? 'not told')}`,
    `- clock of the device: ${adapter.timestamps ? 'timestamps of passes' : 'none; the page’s clock, less the latency'}`,
    `- ${Object.entries(report.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `- ${report.cores} CPU cores, ${report.date}, ${digits(report.seconds)} s, sizes: ${report.size}`,
  ]
  const ratesOf = (rates: Readonly<Record<string, number>>) =>
    Object.entries(rates).map(([candidate, rate]) => `${candidate} ${digits(rate / 1e9)}`)
  const chosen = Object.entries(choices).map(
    ([name, { because, rates, ...candidate }]) =>
      `- ${name}: ${nameOf(candidate)}, ${because}${rates ? ` (${ratesOf(rates).join(', ')} G multiply-adds/s)` : ''}`,
  )
  const share = (row: LoopRow) => (peak ? `${digits((100 * rateOf(row)) / rateOf(peak))} %` : '–')
  const rows = loops.map((row) => {
    const name = [row.stated ? `**${row.loop}**` : row.loop, row.size, row.variant]
    if (row.error) return [...name, `not run: ${row.error}`, '', '', '', '', '']
    const difference = row.difference === undefined ? '' : row.difference.toExponential(1)
    return [
      ...name,
      ...[spread(row.passed), spread(row.device), digits(row.first)],
      ...[digits(rateOf(row)), share(row), difference],
    ]
  })
  const slowest = Object.entries(compileTimes)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 12)
    .map(([name, time]) => [name, digits(time)])
  return `# natlab on ${adapter.name}

${facts.join('\n')}

## Targets

${tableOf(
  ['target', 'verdict', 'figure'],
  targetsOf(report, stated).map(({ name, verdict, figure }) => [name, verdict, figure]),
)}

## Kernels against float64

${total(({ passed }) => passed)} checks passed, ${failures.length} failed, ${total(({ notRun }) => notRun)} were not run for want of time.
${failures.map(({ file, name, message }) => `\n- ${file}: ${name}: ${message.split('\n')[0]}`).join('')}

## Hot loops

Milliseconds of a unit: the median, the quartiles and the number of samples. *passed*: from the call until the result is there. *device*: the
device’s own work. *first*: the first run, which compiles what no earlier one has compiled. *share*: of the best f32 product measured here${peak ? `, ${digits(rateOf(peak))} GFLOP/s at ${peak.size} as ${peak.variant}` : ''}.
In the loops of kl an exponential or a logarithm counts as 10 operations. *difference*: from the first variant’s result, relative to its largest entry. Figures are stated for the sizes in bold.

${tableOf(['loop', 'size', 'variant', 'passed, ms', 'device, ms', 'first, ms', 'GFLOP/s', 'share', 'difference'], rows)}

${sweep ? `The sweep of ${sweep.models} models: ${sweep.doneSteps} of ${sweep.steps} steps in ${digits(sweep.seconds)} s; all of them take ${digits(sweep.allSeconds)} s${sweep.extrapolated ? ', extrapolated' : ''}.` : 'The sweep was not run.'}

## What natlab chooses here

${chosen.join('\n') || 'Not asked.'}

## Slowest to compile

${tableOf(['kernel', 'ms'], slowest)}

## Left out

${report.leftOut.map((sentence) => `- ${sentence}`).join('\n') || 'Nothing.'}
`
}
