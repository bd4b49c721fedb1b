/** The tables in docs/, one page a lab: that of the parameters, written from the lab's code, and that of the metrics. */
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

/**
 * The names in the first column of a page's table of metrics. In the training lab a name that ends in 1 stands for the
 * second model's, too.
 */
export function metricsOn(text: string): readonly string[] {
  const section = text.split('\n## Metrics\n')[1].split('\n## ')[0]
  return [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`(\w+)`/g)].flatMap(([, name]) =>
      name.endsWith('1') ? [name, name.replace(/1$/, '2')] : [name],
    ),
  )
}
