/** A comparison as text: Markdown for a message, JSON to be opened again, CSV for other programs. */
import type { CompareRow } from '../../engine/protocol.ts'
import { axisTitle } from '../../stage/axis.ts'
import { headed, toCsv, toJson } from '../export/csv.ts'
import { formatMilliseconds, formatNumber } from '../format.ts'
import type { Comparison } from './comparison.ts'
import { contestantName, rowName } from './names.ts'
import { linesOf, verdict } from './table.ts'

/** What was measured, where and when: a fact a line. */
export function factsOf(comparison: Comparison): readonly (readonly [name: string, fact: string])[] {
  const { natlab, date, browser, cores, crossOriginIsolated, lab, title, parameters, link } = comparison
  return [
    ['natlab', natlab],
    ['lab', `${lab} (${title})`],
    ['date', date],
    ['browser', browser],
    ['cores that the browser offers', String(cores)],
    ['cross-origin isolated', crossOriginIsolated ? 'yes' : 'no'],
    [
      'parameters',
      Object.entries(parameters)
        .map(([id, value]) => `${id} = ${value}`)
        .join(', '),
    ],
    ['link', link],
  ]
}

const table = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...body]
    .map(
      (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`,
    )
    .join('\n')

/** A line for each size that was measured, with the median and the quartiles of each row. */
export function sizeLines(rows: readonly CompareRow[]): readonly (readonly string[])[] {
  const points = rows.flatMap(({ curve }) => curve?.points ?? [])
  const sizes = [...new Set(points.map(({ size }) => size))].sort((one, other) => one - other)
  return sizes.map((size) => [
    formatNumber(size),
    ...rows.map(({ curve }) => {
      const point = curve?.points.find((one) => one.size === size)
      if (!point) return '–'
      const [lower, upper] = point.quartiles.map(formatMilliseconds)
      return `${formatMilliseconds(point.median)} (${lower} – ${upper})`
    }),
  ])
}

/** The sizes that were left out, each with its reason. */
export const omittedLines = ({ rows }: Comparison): readonly string[] =>
  rows.flatMap(
    (row) =>
      row.curve?.omitted.map(({ size, reason }) => `${rowName(row)}, ${formatNumber(size)}: ${reason}`) ?? [],
  )

export function toMarkdown(comparison: Comparison): string {
  const { rows, size, conclusion } = comparison
  const body = linesOf(rows).map(([title, show]) => [title, ...rows.map(show)])
  const omitted = omittedLines(comparison)
  return [
    verdict(rows),
    table(['', ...rows.map(contestantName)], body),
    ...(size ? [conclusion, table([axisTitle(size), ...rows.map(contestantName)], sizeLines(rows))] : []),
    ...(omitted.length > 0 ? [omitted.map((line) => `- ${line}`).join('\n')] : []),
    factsOf(comparison)
      .map(([name, fact]) => `- ${name}: ${fact}`)
      .join('\n'),
    '',
  ].join('\n\n')
}

export const toFile = (comparison: Comparison): string => toJson(comparison)

/** A row for each sample, after lines with the facts. The size is empty where the parameters are the present ones. */
export function toTable(comparison: Comparison): string {
  const { rows, size } = comparison
  const columns = [
    'backend',
    'threads',
    'adapter',
    'software',
    size?.parameter ?? 'size',
    'time',
    'run',
    'milliseconds',
  ]
  const cells = rows.flatMap((row) => {
    const { kind, threads, adapter, software } = row
    const lines = (place: string | number, time: string, samples: readonly number[]) =>
      samples.map((sample, run) => [kind, threads, adapter, String(software), place, time, run + 1, sample])
    const once = ['opening', 'compilation', 'firstRun'] as const
    return [
      ...(row.error ? [] : once.flatMap((time) => lines('', time, [row[time]]))),
      ...lines('', 'warm', row.samples),
      ...lines('', 'device', row.deviceSamples),
      ...(row.curve?.points.flatMap((point) => lines(point.size, 'warm', point.samples)) ?? []),
    ]
  })
  const facts = factsOf(comparison).map(([name, fact]) => `${name}: ${fact}`)
  const failures = rows.flatMap(({ kind, error }) => (error ? [`${kind} could not run: ${error}`] : []))
  return toCsv([...facts, ...failures, ...omittedLines(comparison)].map(headed), { columns, rows: cells })
}
