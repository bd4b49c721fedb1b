/** The lab's metrics beside the panel: the measured values, and the predicted ones if the lab lists both. */

import type { EngineFrame } from '../engine/protocol.ts'
import type { Lab } from '../labs/lab.ts'
import { asKnown } from '../stage/known.ts'
import { element, setText, watch } from './dom.ts'
import { formatMetric } from './format.ts'
import { hiddenIds, type State } from './state.ts'

const mostDigits = 5

/** The text of a frame's metric in the lab's form, with five digits at most or those that a caption asks for. */
export function readoutText(
  { readouts }: Lab,
  metric: string,
  frame: EngineFrame | null,
  wanted = mostDigits,
): string {
  const value = frame?.metrics[metric]
  const { error, read } = readouts.find((readout) => readout.metric === metric) ?? {}
  if (!frame || value === undefined) return formatMetric(value)
  const write = error === undefined ? undefined : asKnown(Number(frame.metrics[error]))
  const known = write && Number.isFinite(value) ? write(value as number) : ''
  const digits = known.replace(/\D/g, '').replace(/^0+/, '').length
  if (digits > 0 && digits <= wanted) return known
  return formatMetric(read ? read(value, frame.values) : value, wanted)
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
