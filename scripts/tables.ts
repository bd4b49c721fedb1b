/** The tables of parameters in docs/: one page a lab, written from the table in the lab's code. */
import type { Lab, Parameter, ParameterValues } from '../src/labs/lab.ts'
import { belongsTo, defaults, permitted, resolved } from '../src/labs/parameters.ts'

/** What a page says of a lab's parameters: those that belong to what the values open. */
export interface TablePage {
  /** docs/<id>.md */
  readonly id: string
  readonly lab: Lab
  readonly opens: ParameterValues
}

/** The pages of a lab: its own, and docs/training.md for the view of that name, while it is no lab of its own. */
function pagesOf(lab: Lab, others: readonly string[]): TablePage[] {
  const choice = lab.parameters.find(({ id }) => id === 'view')
  const views = choice?.kind === 'choice' ? choice.options.map(({ value }) => value) : []
  const own = views.filter((view) => view === 'training' && !others.includes(view))
  return [{ id: lab.id, lab, opens: {} }, ...own.map((view) => ({ id: view, lab, opens: { view } }))]
}

export const tablePages = (labs: readonly Lab[]): TablePage[] => {
  const ids = labs.map(({ id }) => id)
  return labs.flatMap((lab) => pagesOf(lab, ids))
}

/** A vertical line would end the cell. */
const cell = (text: string) => text.replaceAll('|', '\\|')

function row(parameter: Parameter): string {
  const cells = [`\`${parameter.id}\``, permitted(parameter), String(parameter.default), parameter.help]
  return `| ${cells.map(cell).join(' | ')} |`
}

/** The table of a page, as Markdown. */
export function parameterTable({ lab: { parameters }, opens }: TablePage): string {
  const values = defaults(parameters, opens)
  const rows = parameters
    .filter((one) => belongsTo(one, values))
    // what opens the page stands in its text
    .filter(({ id }) => !(id in opens))
    .map((one) => row(resolved(one, values)))
  return ['| id | permitted | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

/** The page's text with the present table between its two marks. Throws where the marks are missing. */
export function withTable(text: string, page: TablePage): string {
  const [begin, end] = [`<!-- parameters of ${page.id} -->`, '<!-- /parameters -->']
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/${page.id}.md needs a line ${begin} and a line ${end}.`)
  return `${text.slice(0, from + begin.length)}\n${parameterTable(page)}\n${text.slice(to)}`
}
