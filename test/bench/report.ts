/** The table on the terminal. */
import type { BusyShare } from './busyShare.ts'
import { type Case, neededBytes, workOf } from './cases.ts'
import type { Entry } from './contestant.ts'
import type { CaseResult, Timing } from './page.ts'

export type Versions = Readonly<Record<string, string>>

export interface Summary {
  readonly median: number
  readonly fastest: number
  readonly slowest: number
  readonly count: number
}

export function summarize(times: readonly number[]): Summary | undefined {
  if (times.length === 0) return undefined
  const sorted = times.toSorted((first, second) => first - second)
  const middle = sorted.length / 2
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
  return { median, fastest: sorted[0], slowest: sorted.at(-1)!, count: sorted.length }
}

const milliseconds = (time: number | undefined): string =>
  time === undefined ? '' : time >= 100 ? time.toFixed(0) : time.toPrecision(3)
const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? '' : (bytes / 1e6).toPrecision(3)

function rate({ task }: Case, time: number | undefined): string {
  if (!time) return ''
  const perSecond = workOf(task) / time / 1e6
  const counted = { randomNormal: 'normals', gaussianFit: 'points' }[task.operation as string]
  return counted ? `${(perSecond * 1000).toFixed(0)} M ${counted}/s` : `${perSecond.toPrecision(3)} GFLOP/s`
}

function label({ library, backend }: Entry, about: Timing['about'], versions: Versions): string {
  const version = versions[library] ? ` ${versions[library]}` : ''
  const threads = about?.threads ? `, ${about.threads} thread${about.threads > 1 ? 's' : ''}` : ''
  return `${library}${version}${backend === 'none' ? '' : ` ${backend}`}${threads}`
}

const isPeer = ({ entry }: Pick<Timing, 'entry'>) => entry.library !== 'natlab'

export interface Verdict {
  readonly peer: string
  /** Of the medians. */
  readonly ratio: number
  /** Of the fastest runs: what the medians come to on a machine that is otherwise idle. */
  readonly fastestRatio: number
  readonly memoryRatio?: number
  /** Our first run, with compilation, beside the peer's. */
  readonly coldRatio?: number
  /** One thread's time beside that of all threads, of the medians and of the fastest runs. */
  readonly speedUp?: number
  readonly fastestSpeedUp?: number
}

/** Against the faster of the peers that ran in the same rounds. */
export function judge(test: Case, { timings }: CaseResult): Verdict | undefined {
  if (test.targetRatio === undefined) return undefined
  const inRounds = timings.slice(0, test.entries.length)
  const time = (timing: Timing) => summarize(timing.warm)?.median ?? Number.POSITIVE_INFINITY
  const ours = inRounds.find(({ entry }) => entry.library === 'natlab')
  const [peer] = inRounds.filter(isPeer).toSorted((first, second) => time(first) - time(second))
  if (!ours || !peer || ours.warm.length === 0 || peer.warm.length === 0) return undefined
  const alone = inRounds.find(
    ({ entry, warm }) => entry.library === 'natlab' && entry.threads === 'one' && warm.length > 0,
  )
  const speedUps = alone !== ours &&
    alone && {
      speedUp: time(alone) / time(ours),
      fastestSpeedUp: Math.min(...alone.warm) / Math.min(...ours.warm),
    }
  return {
    ...speedUps,
    peer: peer.entry.library,
    ratio: time(peer) / time(ours),
    fastestRatio: Math.min(...peer.warm) / Math.min(...ours.warm),
    memoryRatio: ours.memory && peer.memory ? ours.memory / peer.memory : undefined,
    coldRatio: ours.cold && peer.cold ? ours.cold / peer.cold : undefined,
  }
}

export function table(test: Case, result: CaseResult, versions: Versions): string {
  const head = ['', 'cold ms', 'median ms', 'fastest–slowest', 'n', 'rate', 'cold MB', 'MB', 'difference']
  const rows = result.timings.map((timing, index) => {
    const { entry, about, cold, warm, coldMemory, memory, difference, error } = timing
    const name = `${index < test.entries.length ? '' : 'aside: '}${label(entry, about, versions)}`
    if (error) return [name, `– ${error}`]
    const summary = summarize(warm)
    return [
      name,
      milliseconds(cold),
      milliseconds(summary?.median),
      summary ? `${milliseconds(summary.fastest)}–${milliseconds(summary.slowest)}` : '',
      String(summary?.count ?? ''),
      rate(test, summary?.median ?? cold),
      entry.library === 'plain JavaScript' ? '' : megabytes(coldMemory),
      megabytes(memory),
      difference === undefined ? '' : difference.toExponential(1),
    ]
  })
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row.length === head.length ? row[column].length : 0))),
  )
  widths[0] = Math.max(...rows.map(([name]) => name.length))
  const line = (row: string[]) =>
    `  ${row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ')}`
  const judged = judge(test, result)
  const mark = (reached: boolean) => (reached ? '✓' : '✗')
  const speedUp =
    judged?.speedUp === undefined || test.targetSpeedUp === undefined
      ? []
      : [
          `  all threads are ${judged.speedUp.toFixed(2)} × as fast as one  ` +
            `${mark(judged.speedUp >= test.targetSpeedUp)} (target ${test.targetSpeedUp}; fastest runs ${judged.fastestSpeedUp!.toFixed(2)} ×)`,
        ]
  const verdict = judged
    ? [
        `  natlab is ${judged.ratio.toFixed(2)} × as fast as ${judged.peer}  ` +
          `${mark(judged.ratio >= test.targetRatio!)} (target ${test.targetRatio}; fastest runs ${judged.fastestRatio.toFixed(2)} ×)`,
        ...(test.targetMemory && judged.memoryRatio !== undefined
          ? [
              `  with ${judged.memoryRatio.toPrecision(2)} of its memory beyond the inputs  ` +
                `${mark(judged.memoryRatio < test.targetMemory)} (target < ${test.targetMemory})`,
            ]
          : []),
        ...(test.targetCold && judged.coldRatio !== undefined
          ? [
              `  its first run takes ${judged.coldRatio.toFixed(2)} × as long  ` +
                `${mark(judged.coldRatio <= test.targetCold)} (target ${test.targetCold})`,
            ]
          : []),
      ]
    : []
  const needed = neededBytes(test.task)
  const held =
    needed === undefined || test.targetNeeded === undefined
      ? []
      : result.timings.flatMap(({ entry, about, coldMemory, memory }) => {
          if (memory === undefined || isPeer({ entry })) return []
          const ratio = Math.max(coldMemory ?? 0, memory) / needed
          return [
            `  ${label(entry, about, versions)} holds at most ${ratio.toFixed(2)} × what the task cannot do without  ` +
              `${mark(ratio < test.targetNeeded!)} (target < ${test.targetNeeded})`,
          ]
        })
  return [
    '',
    `${test.name}   (differences from ${result.reference})`,
    line(head),
    ...rows.map(line),
    ...verdict,
    ...speedUp,
    ...held,
  ].join('\n')
}

/** What each contestant computed on. */
export function adapters(results: readonly CaseResult[]): string {
  const lines = results.flatMap(({ timings }) =>
    timings.flatMap(({ about, entry }) =>
      about
        ? `${entry.library} ${entry.backend}: ${about.adapter}${about.software ? ' (software adapter)' : ''}`
        : [],
    ),
  )
  return [...new Set(lines)].join('\n')
}

export function busyTable(shares: readonly BusyShare[]): string {
  const rows = shares.map(
    ({ name, latency, device, elapsed, steps }) =>
      `  ${name}: ${((100 * device) / elapsed).toFixed(0)} % of ${elapsed.toFixed(0)} ms, ${steps} steps, ${latency.toFixed(1)} ms an answer`,
  )
  return `\nShare of time in which the device has work (${shares[0].adapter})\n${rows.join('\n')}`
}
