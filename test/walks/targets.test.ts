/** What can be clicked is large enough: 24 px at least, and 44 px for a finger. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { labs } from '../../src/labs/index.ts'
import { openSite, ready, type Site, twoFrames } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

/**
 * Controls with a side below this. A box in a label is as large as the label. A word or a symbol in a sentence is as
 * high as its line: nothing else can be.
 */
const tooSmall = (page: Page, least: number) =>
  page.evaluate((least) => {
    const controls = [
      ...document.querySelectorAll<HTMLElement>(
        'button:not(.word, .curve), a, input, select, summary, [role=slider], label:has(input)',
      ),
    ]
    const seen = controls.filter(
      (one) =>
        one.checkVisibility({ visibilityProperty: true }) &&
        !one.closest('[inert], .skip-link, .stage-veiled .stage-plot') &&
        !one.parentElement?.closest('label'),
    )
    const small = seen.flatMap((one) => {
      const { width, height } = one.getBoundingClientRect()
      const name = one.getAttribute('aria-label') || one.textContent || one.className
      // the slider of time, and rows of the panel, may be cut by a pixel's fraction
      return Math.min(width, height) >= least - 0.5
        ? []
        : [`${one.className} ${name.trim()}: ${Math.round(width)} × ${Math.round(height)}`]
    })
    return { count: seen.length, small }
  }, least)

const values: Readonly<Record<string, string>> = {
  init: 'dModel=64&vocab=2000&tokens=16',
  training: 'architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16',
  vib: 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2',
  kl: 'starts=64&mu0=1',
}

it.each(labs.map(({ id }) => id))('24 px with a mouse: %s', async (lab) => {
  const { page, close } = await site.visit(`#lab=${lab}&${values[lab]}`)
  await ready(page)
  await page.evaluate(() => window.natlab.run(3))
  await twoFrames(page)
  const { count, small } = await tooSmall(page, 24)
  expect(small).toEqual([])
  expect(count).toBeGreaterThan(30)
  await page.keyboard.press('f')
  await page.locator('.present-controls').waitFor()
  expect((await tooSmall(page, 24)).small).toEqual([])
  await close()
})

it.each(labs.map(({ id }) => id))('44 px with a finger: %s', async (lab) => {
  const { page, close } = await site.visit(`#lab=${lab}&${values[lab]}`, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  await ready(page)
  await page.evaluate(() => window.natlab.run(3))
  await twoFrames(page)
  const { count, small } = await tooSmall(page, 44)
  expect(small).toEqual([])
  expect(count).toBeGreaterThan(30)
  await page.evaluate(() => {
    location.hash = '#lab=kl&story=3&present=1'
  })
  await page.locator('.present-controls').waitFor()
  await page.locator('.answer').first().waitFor()
  expect((await tooSmall(page, 44)).small).toEqual([])
  await close()
})
