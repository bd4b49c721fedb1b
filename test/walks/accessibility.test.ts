/** What axe-core finds in the built page: every lab, in either theme, on a projector and on a phone. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { violations } from '../app/axe.ts'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const training = 'architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16'
const vib = 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2'

it.each([
  ['dark', `lab=init&${small}`, 1280],
  ['projector', `lab=init&${small}`, 1280],
  ['dark', `lab=training&${training}&story=3`, 1280],
  ['projector', `lab=training&${training}&story=4`, 360],
  ['dark', `lab=vib&${vib}&mode=one`, 1280],
  ['projector', `lab=vib&${vib}&mode=three`, 360],
  ['projector', `lab=vib&${vib}&preset=sweep&betaCount=5&seeds=2`, 360],
  ['dark', `lab=vib&${vib}&latentDimensions=3&story=3`, 1280],
  // values of its own: the riddle of the first step would hide the minima
  ['dark', 'lab=kl&starts=64&mu0=1', 1280],
  ['projector', 'lab=kl&family=gaussian2d&target=triangle&starts=64', 360],
  ['projector', 'lab=kl&family=uniform&story=8', 1280],
])('nothing (%s, %s, %d px)', async (theme, values, width) => {
  const { page, close } = await site.visit(`#${values}&theme=${theme}`, { viewport: { width, height: 740 } })
  await ready(page)
  await page.evaluate(() => window.natlab.run(10))
  // the table of minima is filled later than the picture, and counts too
  if (values.includes('starts=')) await page.locator('.stage-row-button').first().waitFor()
  expect(await violations(page)).toEqual([])
  // with the values of all pictures, too
  await page
    .locator('.stage-table-button:visible[aria-pressed=false]')
    .evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement).click()))
  await expect.poll(() => page.locator('.stage-values table').count()).toBeGreaterThan(0)
  expect(await violations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  if (width < 760) {
    // all that language models write, without scrolling inside the panel
    const hidden = await page
      .locator('[data-panel=text] .stage-table')
      .evaluateAll((tables) => tables.map((table) => table.scrollHeight - table.clientHeight))
    expect(Math.max(0, ...hidden)).toBeLessThanOrEqual(1)
  }
  await close()
})
