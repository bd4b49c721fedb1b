/** The README's tables of parameters agree with the labs. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import type { Parameter } from '../../src/labs/lab.ts'
import { defaults, permitted, resolved } from '../../src/labs/parameters.ts'

const readme = readFileSync('README.md', 'utf8')

/** A number's range and default, and those for other options of a choice. */
function rangeAndDefault(parameter: Parameter, table: readonly Parameter[]): string[] {
  const range = [permitted(parameter)]
  const standard = [String(parameter.default)]
  for (const choice of table) {
    if (choice.kind !== 'choice' || !choice.reopens) continue
    for (const { value } of choice.options) {
      const there = resolved(parameter, defaults(table, { [choice.id]: value }))
      const where = `where \`${choice.id}\` is \`${value}\``
      if (permitted(there) !== permitted(parameter)) range.push(`${permitted(there)} ${where}`)
      if (there.default !== parameter.default) standard.push(`${there.default} ${where}`)
    }
  }
  return [range.join('; '), standard.join('; ')]
}

it.each(labs.map((lab) => [lab.id, lab] as const))(
  'lists every parameter of %s with its range, default and meaning',
  (id, { parameters }) => {
    const table = readme.split(`<!-- parameters of ${id} -->`)[1].split('<!-- /parameters -->')[0]
    const rows = table.trim().split('\n').slice(2)
    expect(rows).toEqual(
      parameters.map((one) =>
        [`| \`${one.id}\``, ...rangeAndDefault(one, parameters), `${one.help} |`].join(' | '),
      ),
    )
  },
)
