/** The lab's metrics beside the panel: the measured values, and the predicted ones if the lab lists both. */

import type { EngineFrame } from '../engine/protocol.ts'
import type { MetricValue } from '../labs/experiment.ts'
import type { Lab } from '../labs/lab.ts'
import { asKnown } from '../stage/known.ts'
import { element, setText, watch } from './dom.ts'
import { type Digits, formatMetric, tableDigits } from './format.ts'
import { hiddenIds, type State } from './state.ts'

interface Form {
  /** The most significant digits; default: those of a table. */
  readonly digits?: Digits
  /** One entry of a metric that is a list; default: all. */
  readonly entry?: number
}

/** The text of a frame's metric in the lab's form: no digit that its error drowns, and no more digits than asked for. */
export function readoutText(
  { readouts }: Lab,
  metric: string,
  frame: EngineFrame | null,
  { digits = tableDigits, entry }: Form = {},
): string {
  const found = frame?.metrics[metric]
  if (!frame || found === undefined) return formatMetric(found)
  const readout = readouts.find((one) => one.metric === metric)
  const read = (value: MetricValue) => readout?.read?.(value, frame.values) ?? value
  const error = readout?.error === undefined ? undefined : Number(read(frame.metrics[readout.error]))
  const decimals = readout?.decimals
  const write =
    error === undefined
      ? decimals !== undefined && ((value: number) => value.toFixed(decimals))
      : asKnown(error)
  const text = (value: MetricValue): string => {
    if (Array.isArray(value)) return value.map(text).join(', ')
    const known = write && Number.isFinite(value) ? write(value as number) : ''
    const { length } = known.replace(/\D/g, '').replace(/^0+/, '')
    return length > 0 && length <= digits ? known : formatMetric(value, digits)
  }
  const value = read(found)
  return text(entry !== undefined && Array.isArray(value) ? value[entry] : value)
}

interface Row {
  readonly label: string
  readonly unit?: string
  readonly metric: string
  /** The metric that predicts this one: `loss` and `lossPredicted` stand in one row. */
  readonly prediction?: string
}

export function readoutRows(readouts: Lab['readouts']): readonly Row[] {
  const metrics = readouts.map((readout) => readout.metric)
  return readouts
    .filter(({ metric }) => !(metric.endsWith('Predicted') && metrics.includes(metric.slice(0, -9))))
    .map((readout) => {
      const prediction = `${readout.metric}Predicted`
      return metrics.includes(prediction) ? { ...readout, prediction } : readout
    })
}

function createTable(rows: readonly Row[]) {
  const theory = rows.some((row) => row.prediction)
  const cells: { readonly metric: string; readonly cell: HTMLElement }[] = []
  const lines = new Map<string, HTMLElement>()
  const cell = (metric: string, role: string) => {
    const node = element('td', { class: role, 'data-metric': metric }, '–')
    cells.push({ metric, cell: node })
    return node
  }
  const body = rows.map((row) => {
    const line = element(
      'tr',
      {},
      element(
        'th',
        { scope: 'row' },
        row.label,
        row.unit && element('span', { class: 'unit' }, ` ${row.unit}`),
      ),
      cell(row.metric, 'measured'),
      theory && (row.prediction ? cell(row.prediction, 'theory') : element('td')),
    )
    lines.set(row.metric, line)
    return line
  })
  const table = element(
    'table',
    { class: 'readouts' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Quantity'),
        element('th', { scope: 'col' }, 'Measured'),
        theory && element('th', { scope: 'col' }, 'Theory'),
      ),
    ),
    element('tbody', {}, ...body),
  )
  const predicted = rows.filter((row) => row.prediction).map((row) => row.metric)
  return { table, cells, lines, predicted }
}

export function createReadouts(state: State): HTMLElement {
  const container = element('div')
  const note = element('p', { class: 'small muted' })
  const credits = element('p', { class: 'small muted' })
  let shownTable: ReturnType<typeof createTable> | undefined
  let shown: Lab | undefined
  watch(() => {
    const lab = state.lab.value
    if (lab !== shown) {
      shown = lab
      shownTable = createTable(readoutRows(lab.readouts))
      container.replaceChildren(shownTable.table)
    }
    setText(credits, lab.credits?.(state.values.value) ?? '')
    const frame = state.frames.shown.value
    const hidden = hiddenIds(state)
    for (const { metric, cell } of shownTable?.cells ?? [])
      setText(cell, hidden.includes(metric) ? '?' : readoutText(lab, metric, frame))
    // a metric that this run does not have (one of another family) is not shown
    for (const [metric, line] of shownTable?.lines ?? [])
      line.hidden = frame !== null && frame.lab === lab.id && !(metric in frame.metrics)
    // a column without entries is not shown either
    const measuredOnly = shownTable?.predicted.every((metric) => shownTable?.lines.get(metric)?.hidden)
    shownTable?.table.classList.toggle('measured-only', measuredOnly)
    container.classList.toggle('partial', frame !== null && !frame.ready)
    setText(note, frame === null ? 'not computed yet' : frame.ready ? '' : 'partial result')
  })
  return element(
    'section',
    { class: 'panel-section', 'aria-labelledby': 'readouts-title' },
    element('div', { class: 'section-head' }, element('h2', { id: 'readouts-title' }, 'Numbers'), note),
    container,
    credits,
  )
}
