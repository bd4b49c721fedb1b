/** A picture's values as a table in its place. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { violations } from './axe.ts'
import { openSite, ready, type Site } from './site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

it('opens by the keyboard, follows the run and gives the picture back', async () => {
  const { page, complaints, close } = await site.visit('#lab=kl&starts=0&mu0=1', { reducedMotion: 'reduce' })
  await ready(page)
  const panel = page.locator('.stage-panel[data-panel=descent]')
  const button = panel.locator('.stage-table-button')
  await button.focus()
  await page.keyboard.press('Enter')
  const table = panel.locator('.stage-values')
  await table.waitFor()
  expect(await button.getAttribute('aria-pressed')).toBe('true')
  expect(await panel.locator('.stage-plot').isVisible()).toBe(false)
  await page.evaluate(() => window.natlab.run(7))
  await expect.poll(() => table.innerText()).toMatch(/^7\t/m)
  expect(await violations(page)).toEqual([])
  await button.click()
  expect(await table.count()).toBe(0)
  expect(await panel.locator('.stage-plot').isVisible()).toBe(true)
  expect(complaints).toEqual([])
  await close()
})

it('gives no covered answer away', async () => {
  const { page, close } = await site.visit('#lab=init&story=4')
  await ready(page)
  const panel = page.locator('.stage-panel[data-panel=loss]')
  await panel.locator('.stage-table-button').click()
  await panel.locator('.stage-values').waitFor()
  // its question veils this chart
  await page.locator('.dot').nth(2).click()
  await expect.poll(() => panel.locator('.stage-values').count()).toBe(0)
  expect(await panel.locator('.stage-table-button').isVisible()).toBe(false)
  await close()
})
