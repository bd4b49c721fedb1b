/** The tables of parameters in docs/: one page a lab, written from the table in the lab's code. */
import type { Lab } from '../src/labs/lab.ts'
import type { Parameter } from '../src/labs/parameter.ts'
import { defaults, permitted, resolved } from '../src/labs/validation.ts'

/** A vertical line would end the cell. */
const cell = (text: string) => text.replaceAll('|', '\\|')

function row(parameter: Parameter): string {
  const cells = [`\`${parameter.id}\``, permitted(parameter), String(parameter.default), parameter.help]
  return `| ${cells.map(cell).join(' | ')} |`
}

/** The table of a lab, as Markdown. */
export function parameterTable({ parameters }: Lab): string {
  const values = defaults(parameters)
  const rows = parameters.map((one) => row(resolved(one, values)))
  return ['| id | permitted | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

/** The text of the lab's page, docs/<id>.md, with the present table between its two marks. Throws where they are missing. */
export function withTable(text: string, lab: Lab): string {
  const [begin, end] = [`<!-- parameters of ${lab.id} -->`, '<!-- /parameters -->']
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/${lab.id}.md needs a line ${begin} and a line ${end}.`)
  return `${text.slice(0, from + begin.length)}\n${parameterTable(lab)}\n${text.slice(to)}`
}
