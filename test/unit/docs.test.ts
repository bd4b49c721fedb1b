/** The pages in docs/ say what the labs have, and their links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metricsOn, withTable } from '../../scripts/tables.ts'
import { labs } from '../../src/labs/index.ts'

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
)
const textOf = (page: string) => readFileSync(page, 'utf8')

describe.each(labs.map((lab) => [lab.id, lab] as const))('docs/%s.md', (id, lab) => {
  it('has the present table of parameters: else run `npm run docs`', () => {
    const text = textOf(`docs/${id}.md`)
    expect(text).toBe(withTable(text, lab))
  })
})

it('has every table on one page only', () => {
  const marks = pages.flatMap((page) =>
    [...textOf(page).matchAll(/<!-- parameters of (\w+) -->/g)].map(([, id]) => `${page}: ${id}`),
  )
  expect(marks.sort()).toEqual(labs.map(({ id }) => `docs/${id}.md: ${id}`).sort())
})

it.each(labs.map((lab) => [lab.id, lab] as const))(
  'the names in the story and the read-outs of %s are metrics of its page',
  async (id, lab) => {
    const documented = metricsOn(textOf(`docs/${id}.md`))
    const steps = await lab.loadStory()
    const inStory = [...JSON.stringify(steps).matchAll(/data-metric=\\"(\w+)/g)].map(([, name]) => name)
    const inGoals = steps.flatMap(({ goal }) => Object.keys(goal?.metrics ?? {}))
    const parameters = lab.parameters.map((one) => one.id)
    const hidden = lab.story.flatMap(({ hides = [] }) => hides).filter((name) => !parameters.includes(name))
    const readouts = lab.readouts.flatMap(({ metric, error }) => (error ? [metric, error] : [metric]))
    const shown = [...readouts, ...inStory, ...inGoals, ...hidden]
    expect(shown.filter((name) => !documented.includes(name))).toEqual([])
  },
)

it.each(pages)('%s links to what there is', (page) => {
  // what stands in code is no link
  const text = textOf(page).replace(/`[^`\n]*`/g, '')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(
    (found) => found[1] ?? found[2],
  )
  const missing = links.filter((link) => {
    const [path, heading] = link.split('#')
    // a curve that a caption names is no page
    if (/^(https?|curve):/.test(link)) return false
    const file = path ? join(dirname(page), path) : page
    if (!existsSync(file)) return true
    if (heading === undefined) return false
    const anchors = textOf(file)
      .match(/^#+ .*$/gm)
      ?.map((line) =>
        line
          .replace(/^#+ /, '')
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      )
    return !anchors?.includes(heading)
  })
  expect(missing).toEqual([])
})

it('keeps the README short', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(100)
})
