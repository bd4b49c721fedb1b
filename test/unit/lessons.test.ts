/** The plans in docs/lessons.md: their steps exist, and their minutes are those of the notes and add up. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/app/address.ts'
import { labs } from '../../src/labs/index.ts'

const plans = readFileSync('docs/lessons.md', 'utf8')
  .split(/^## /m)
  .filter((part) => /^\d+ minutes/.test(part))
const rowsOf = (plan: string) =>
  [...plan.matchAll(/^\| `(#\S+)` \| (\d+) \| [^|]+ \| (\d+|–) \|$/gm)].map(([, address, minutes, skip]) => ({
    address,
    minutes: Number(minutes),
    skip: skip === '–' ? undefined : Number(skip),
  }))

it('has plans of 10, 30 and 75 minutes', () => {
  const lengths = plans.map((plan) => Number.parseInt(plan, 10))
  expect([...new Set(lengths)]).toEqual([10, 30, 75])
})

describe.each(plans.map((plan) => [plan.split('\n')[0], plan] as const))('%s', (title, plan) => {
  const rows = rowsOf(plan)

  it('lists steps that exist, each with the minutes of its notes', async () => {
    expect(rows).toHaveLength(plan.match(/^\| `/gm)?.length ?? 0)
    for (const { address, minutes } of rows) {
      const { lab, story, refused } = parseAddress(address, labs)
      expect(refused).toEqual([])
      expect(story).not.toBeNull()
      const notes = await lab.loadNotes()
      expect([address, notes[story!].minutes]).toEqual([address, minutes])
    }
  })

  it('adds up to its time', () => {
    const sum = rows.reduce((all, { minutes }) => all + minutes, 0)
    expect(sum).toBe(Number.parseInt(title, 10))
    expect(plan).toContain(`Total: ${sum} minutes.`)
  })

  it('says in which order steps are left out', () => {
    const order = rows.flatMap(({ skip }) => skip ?? []).sort((one, other) => one - other)
    expect(order.length).toBeGreaterThan(0)
    expect(order).toEqual(order.map((_, index) => index + 1))
  })
})
