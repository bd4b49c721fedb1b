/** The README's table of parameters is the one that the lab has. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parameters } from '../../src/labs/init/parameters.ts'
import { permitted } from '../../src/labs/parameters.ts'

it('lists every parameter with its range, default and meaning', () => {
  const readme = readFileSync('README.md', 'utf8')
  const table = readme.split('<!-- parameters -->')[1].split('<!-- /parameters -->')[0]
  const rows = table.trim().split('\n').slice(2)
  expect(rows).toEqual(
    parameters.map((one) => `| \`${one.id}\` | ${permitted(one)} | ${one.default} | ${one.help} |`),
  )
})
