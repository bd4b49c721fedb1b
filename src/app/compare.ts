/** Comparison of the backends by the time of the same work, as a table and in one plain sentence. */
import { type CompareRow, defaultRepeats } from '../engine/protocol.ts'
import { codeOf } from '../faults.ts'
import { backendNames } from './backendNames.ts'
import { createDialog, type Dialog } from './dialog.ts'
import { button, element, setText } from './dom.ts'
import type { Engine } from './engine.ts'
import { formatMilliseconds, formatNumber, formatRate, formatWork } from './format.ts'

/** Differences below this are within the spread of a busy machine. */
const tie = 1.05

function named(row: CompareRow): string {
  return row.software ? `${backendNames[row.kind]} (software adapter)` : backendNames[row.kind]
}

/** A sentence that names the faster backend and the ratio, also if it is not WebGPU. */
export function verdict(rows: readonly CompareRow[]): string {
  const failed = rows.filter((row) => row.error)
  const [fastest, ...others] = rows
    .filter((row) => !row.error && Number.isFinite(row.warm))
    .sort((one, other) => one.warm - other.warm)
  const sentences = failed.map((row) => `${backendNames[row.kind]} could not run: ${row.error}`)
  if (!fastest) return ['No backend could run.', ...sentences].join(' ')
  if (others.length === 0) return [`Only ${named(fastest)} could run here.`, ...sentences].join(' ')
  for (const other of others) {
    const ratio = other.warm / fastest.warm
    sentences.unshift(
      ratio < tie
        ? `${named(fastest)} and ${named(other)} take the same time here, within 5 %.`
        : `${named(fastest)} is ${ratio.toPrecision(3)} times faster than ${named(other)} for this work.`,
    )
  }
  if (rows.some((row) => row.software))
    sentences.push('A software adapter computes on the processor: this says nothing about a real GPU.')
  return sentences.join(' ')
}

function createTable(rows: readonly CompareRow[]): HTMLElement {
  const lines: readonly (readonly [string, (row: CompareRow, index: number) => string])[] = [
    ['Adapter', (row) => row.adapter + (row.software ? ' (software)' : '')],
    ['First run, compilation included', (row) => formatMilliseconds(row.cold)],
    ['Warm median, until the result is on the CPU', (row) => formatMilliseconds(row.warm)],
    ['Warm median, at work on the device', (row) => formatMilliseconds(row.device)],
    ['Latency of an answer', (row) => formatMilliseconds(row.latency)],
    ['Fastest – slowest', (row) => row.spread.map(formatMilliseconds).join(' – ')],
    ['Warm runs', (row) => String(row.repeats)],
    ['Work of one run', (row) => formatWork(row.operations)],
    ['Rate', (row) => formatRate(row.gigaflopsPerSecond * 1e3)],
    [
      `Largest difference: ${rows[0]?.resultName ?? 'result'}`,
      (row, index) => (index === 0 ? 'reference' : formatNumber(row.largestDifference)),
    ],
  ]
  const body = lines.map(([title, show]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, title),
      ...rows.map((row, index) => element('td', {}, row.error ? '–' : show(row, index))),
    ),
  )
  const heads = rows.map((row) => element('th', { scope: 'col' }, backendNames[row.kind]))
  return element(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': 'Timings' },
    element(
      'table',
      { class: 'comparison' },
      element('thead', {}, element('tr', {}, element('td'), ...heads)),
      element('tbody', {}, ...body),
    ),
  )
}

export function createCompareDialog(engine: Engine): Dialog {
  const result = element('div', { class: 'comparison-result' })
  const status = element('p', { role: 'status' })
  const progress = element('progress', { max: '1', value: '0', 'aria-label': 'Progress of the comparison' })
  const repeats = element(
    'select',
    { 'aria-label': 'Warm runs' },
    ...[5, 10, 20, 50].map((count) =>
      element('option', { value: count, selected: count === defaultRepeats }, `${count} warm runs`),
    ),
  )
  let running = false

  const start = button('Measure', () => void measure(), 'primary')
  const cancel = button('Cancel', () => engine.cancelCompare())

  function showRunning(now: boolean): void {
    running = now
    start.disabled = now
    repeats.disabled = now
    cancel.hidden = !now
    progress.hidden = !now
  }
  showRunning(false)

  async function measure(): Promise<void> {
    showRunning(true)
    progress.value = 0
    result.replaceChildren()
    setText(status, 'Preparing…')
    try {
      const rows = await engine.compare(Number(repeats.value), ({ done, total, label }) => {
        progress.value = total > 0 ? done / total : 0
        setText(status, label)
      })
      setText(status, verdict(rows))
      result.replaceChildren(createTable(rows))
    } catch (fault) {
      setText(
        status,
        codeOf(fault) === 'obsolete' ? 'Cancelled.' : `The comparison failed: ${(fault as Error).message}`,
      )
    } finally {
      showRunning(false)
    }
  }

  return createDialog(
    'Compare backends',
    [
      element(
        'p',
        {},
        'Times this lab’s hot loop at its current parameters on every backend, and checks that the results agree. ' +
          'The first run includes compilation and stands apart; the rest gives the medians. A GPU’s answer takes some ' +
          'time whatever it is asked: its work alone stands apart, too.',
      ),
      element(
        'div',
        { class: 'dialog-row' },
        element('div', { class: 'select' }, repeats),
        start,
        cancel,
        progress,
      ),
      status,
      result,
    ],
    { onClose: () => running && engine.cancelCompare() },
  )
}
