/**
 * Links that people have sent each other open as they did. `oldLinks.json` holds them with all that they meant. Where a
 * default or a preset becomes another one, this test fails: then links get a new version (app/address.ts), and
 * `parseAddress` gives those of the version before what they meant.
 */
import { expect, it } from 'vitest'
import { linkVersion, meantValues, parseAddress } from '../../src/app/address.ts'
import { labs } from '../../src/labs/index.ts'
import { defaults, validateOpening } from '../../src/labs/validation.ts'
import links from './oldLinks.json' with { type: 'json' }

it.each(links)('opens as it did: $link', ({ link, view, values }) => {
  const { refused, lab, story, look, theme, present, backend, ...address } = parseAddress(link, labs)
  expect(refused).toEqual([])
  expect({ lab: lab.id, story, look, theme, present, backend }).toEqual(view)
  const all = { ...address, lab, story, look, theme, present, backend }
  expect(defaults(lab.parameters, validateOpening(lab, meantValues(all)))).toEqual(values)
})

it('holds twenty links', () => {
  expect(links.length).toBeGreaterThanOrEqual(20)
})

it.each([
  [`v=${linkVersion}`, undefined],
  [`v=${linkVersion + 1}`, /^v = 2: a newer natlab made this link\. This page reads links up to version 1\./],
  ['v=new', /^v = "new" is not permitted: v is the version of the link, a whole number from 1 to 1\.$/],
])('is of a version: %s', (part, told) => {
  const { refused, values } = parseAddress(`#lab=init&dModel=768&${part}`, labs)
  expect(values.dModel).toBe(768)
  if (told) expect(refused.join()).toMatch(told)
  else expect(refused).toEqual([])
})
