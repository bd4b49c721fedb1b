/** The contestants of a comparison as lines of a table and in one plain sentence. */
import { count } from '../../count.ts'
import type { CompareRow } from '../../engine/protocol.ts'
import { backendNames } from '../backendNames.ts'
import { formatMilliseconds, formatNumber, formatRate, formatWork, spokenDigits } from '../format.ts'
import { rowName, tie } from './names.ts'

/** A sentence that names the fastest backend and the ratios, also if it is not WebGPU. */
export function verdict(rows: readonly CompareRow[]): string {
  const failed = rows.filter((row) => row.error)
  const [fastest, ...others] = rows
    .filter((row) => !row.error && Number.isFinite(row.warm))
    .sort((one, other) => one.warm - other.warm)
  const sentences = failed.map((row) => `${backendNames[row.kind]} could not run: ${row.error}`)
  if (!fastest) return ['No backend could run.', ...sentences].join(' ')
  if (others.length === 0) return [`Only ${rowName(fastest)} could run here.`, ...sentences].join(' ')
  for (const other of others.toReversed()) {
    const ratio = other.warm / fastest.warm
    sentences.unshift(
      ratio < tie
        ? `${rowName(fastest)} and ${rowName(other)} take the same time here, within 5 %.`
        : `${rowName(fastest)} is ${ratio.toPrecision(3)} times faster than ${rowName(other)} for this work.`,
    )
  }
  if (rows.some((row) => row.software))
    sentences.push('A software adapter computes on the processor: this says nothing about a real GPU.')
  return sentences.join(' ')
}

/** "1.05 MB" */
function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3))
  return `${power === 0 ? count(bytes) : (bytes / 1000 ** power).toPrecision(spokenDigits)} ${units[power]}`
}

/** "1.23 – 4.56 ms" */
const range = (ends: readonly number[]) => ends.map(formatMilliseconds).join(' – ')
const percent = (share: number) =>
  Number.isFinite(share) ? `${formatNumber(Number((100 * share).toPrecision(2)), spokenDigits)} %` : '–'

type Line = readonly [title: string, show: (row: CompareRow) => string]

/** The row whose result the others are held to: the first one that could run. */
const referenceOf = (rows: readonly CompareRow[]) => rows.find((row) => !row.error)

function differenceText(row: CompareRow, rows: readonly CompareRow[]): string {
  if (row === referenceOf(rows)) return 'reference'
  const { largestDifference, tolerance } = row
  const [found, permitted] = [largestDifference, tolerance].map((value) => formatNumber(value, spokenDigits))
  return largestDifference <= tolerance
    ? `${found}, within ${permitted} for rounding`
    : `${found}: more than ${permitted}, which rounding explains`
}

/** The lines of a table of these rows. */
export function linesOf(rows: readonly CompareRow[]): readonly Line[] {
  const lines: readonly Line[] = [
    ['Adapter', (row) => row.adapter + (row.software ? ' (software)' : '')],
    ['Opening the backend', (row) => formatMilliseconds(row.opening)],
    [
      'Compilation of its kernels',
      (row) => (row.kind === 'wasm' ? 'while it opens' : formatMilliseconds(row.compilation)),
    ],
    ['First run, without compilation', (row) => formatMilliseconds(row.firstRun)],
    ['All three: cold', (row) => formatMilliseconds(row.cold)],
    ['Warm median, until the result is on the CPU', (row) => formatMilliseconds(row.warm)],
    ['Warm quartiles', (row) => range(row.quartiles)],
    ['Fastest – slowest', (row) => range(row.spread)],
    ['Warm runs', (row) => count(row.repeats)],
    ['Warm median, at work on the device', (row) => formatMilliseconds(row.device)],
    ['Latency of an answer', (row) => formatMilliseconds(row.latency)],
    ['Uploaded in a run', (row) => formatBytes(row.uploadedBytes)],
    ['Read in a run', (row) => formatBytes(row.readBytes)],
    ['Work of one run', (row) => formatWork(row.operations)],
    ['Rate', (row) => formatRate(row.gigaflopsPerSecond * 1e3)],
    [
      'Measured peak: best matrix product',
      ({ peak }) =>
        peak ? `${formatRate(peak.gigaflopsPerSecond * 1e3)} (${peak.shape.map(count).join(' × ')})` : '–',
    ],
    ['Share of the measured peak, at work', (row) => percent(row.shareOfPeak)],
    [`Largest difference: ${referenceOf(rows)?.resultName ?? 'result'}`, (row) => differenceText(row, rows)],
  ]
  return lines.map(([title, show]) => [title, (row) => (row.error ? '–' : show(row))])
}
