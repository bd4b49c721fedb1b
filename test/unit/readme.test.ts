/** The README's tables of parameters are the ones that the labs have. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import { defaults, permitted, resolved } from '../../src/labs/parameters.ts'

const readme = readFileSync('README.md', 'utf8')

it.each(labs.map((lab) => [lab.id, lab] as const))(
  'lists every parameter of %s with its range, default and meaning',
  (id, { parameters }) => {
    const table = readme.split(`<!-- parameters of ${id} -->`)[1].split('<!-- /parameters -->')[0]
    const rows = table.trim().split('\n').slice(2)
    expect(rows).toEqual(
      parameters.map((one) => {
        const range = permitted(resolved(one, defaults(parameters)))
        return [`| \`${one.id}\``, range, one.default, `${one.help} |`].join(' | ')
      }),
    )
  },
)
