/** What one or two comparisons show: sentences, chart and tables. */
import { element } from '../dom.ts'
import { createChart } from './chart.ts'
import { omittedLines } from './saved.ts'
import { sideBySide } from './sideBySide.ts'
import { createFactTable, createRowTable, createSizeTable, type Shown } from './tables.ts'

const paragraph = (text: string) => element('p', {}, text)
const heading = (text: string) => element('h3', {}, text)

const folded = (title: string, ...content: Node[]) =>
  element('details', { class: 'comparison-about' }, element('summary', {}, title), ...content)

/** The curves of comparisons over the same size, with their tables. */
function curves(shown: readonly Shown[]): HTMLElement[] {
  const size = shown[0].comparison.size
  if (!size) return []
  const left = shown.flatMap(({ comparison }) => omittedLines(comparison))
  return [
    heading(`Time against ${size.label}`),
    ...shown.map(({ name, comparison }) =>
      paragraph(shown.length > 1 ? `${name}: ${comparison.conclusion}` : comparison.conclusion),
    ),
    createChart(shown, size),
    createSizeTable(shown, size),
    ...(left.length > 0
      ? [element('ul', { class: 'small' }, ...left.map((line) => element('li', {}, line)))]
      : []),
  ]
}

export function createResult(shown: readonly Shown[]): HTMLElement[] {
  const [one, other] = shown
  const together = !other || one.comparison.size?.parameter === other.comparison.size?.parameter
  return [
    ...(other ? sideBySide([one, other]).map(paragraph) : []),
    ...(together ? curves(shown) : shown.flatMap((each) => curves([each]))),
    heading('At the present setting'),
    createRowTable(shown),
    folded('Where and when it was measured', createFactTable(shown)),
  ]
}
