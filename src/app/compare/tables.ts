/** One or two comparisons as tables, side by side. */
import type { CompareRow } from '../../engine/protocol.ts'
import { axisTitle } from '../../stage/axis.ts'
import { element } from '../dom.ts'
import type { ComparedSize, Comparison } from './comparison.ts'
import { contestantName } from './names.ts'
import { factsOf, sizeLines } from './saved.ts'
import { linesOf } from './table.ts'

export interface Shown {
  /** "measured here", or the name of a file. */
  readonly name: string
  readonly comparison: Comparison
}

const heading = (text: string, attributes = {}) => element('th', { scope: 'col', ...attributes }, text)
const line = (title: string, ...cells: readonly Node[]) =>
  element('tr', {}, element('th', { scope: 'row' }, title), ...cells)

/** A table that scrolls sideways where it is wide, by keys too. `name` names it. */
function scrolling(name: string, head: readonly HTMLElement[], body: readonly HTMLElement[]): HTMLElement {
  return element(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': name },
    element('table', { class: 'comparison' }, element('thead', {}, ...head), element('tbody', {}, ...body)),
  )
}

/** With two comparisons, a first line of headings says whose columns follow. */
function heads(shown: readonly Shown[], corner: string): HTMLElement[] {
  const names = shown.flatMap(({ comparison }) =>
    comparison.rows.map((row) => heading(contestantName(row) + (row.software ? ' (software adapter)' : ''))),
  )
  const owners = shown.map(({ name, comparison }) =>
    heading(name, { scope: 'colgroup', colspan: comparison.rows.length, class: 'comparison-owner' }),
  )
  return [
    ...(shown.length > 1 ? [element('tr', {}, element('td'), ...owners)] : []),
    element('tr', {}, corner ? heading(corner) : element('td'), ...names),
  ]
}

/** What was measured at the present parameters. */
export function createRowTable(shown: readonly Shown[]): HTMLElement {
  const columns = shown.map(({ comparison: { rows } }) => ({ rows, lines: linesOf(rows) }))
  const cell = (text: string) => element('td', {}, text)
  const titles = columns[0].lines.map(([title]) => title)
  const body = titles.map((title, index) =>
    line(
      title,
      ...columns.flatMap(({ rows, lines }) => rows.map((row: CompareRow) => cell(lines[index][1](row)))),
    ),
  )
  return scrolling('Timings', heads(shown, ''), body)
}

/** Where and when it was measured. */
export function createFactTable(shown: readonly Shown[]): HTMLElement {
  const facts = shown.map(({ comparison }) => factsOf(comparison))
  const body = facts[0].map(([title], index) =>
    line(title, ...facts.map((each) => element('td', { class: 'comparison-fact' }, each[index][1]))),
  )
  const owners = element('tr', {}, element('td'), ...shown.map(({ name }) => heading(name)))
  return scrolling('What was measured where', [owners], body)
}

/** The medians and quartiles of all sizes. All comparisons have the same size. */
export function createSizeTable(shown: readonly Shown[], size: ComparedSize): HTMLElement {
  const body = sizeLines(shown.flatMap(({ comparison }) => comparison.rows)).map(([title, ...cells]) =>
    line(title, ...cells.map((text) => element('td', {}, text))),
  )
  return scrolling('Times of the sizes', heads(shown, axisTitle(size)), body)
}
