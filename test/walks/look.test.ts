/** What a reader has changed about the pictures, in a link and back. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

it('a link shows switches and cameras as they were, and a new step of the story begins without them', async () => {
  const { page, close } = await site.visit(`#lab=init&${small}`, { fresh: true, drawn: true })
  await ready(page)
  const toggle = page.locator('[data-panel=loss] .stage-toggle').first()
  const before = await toggle.locator('input').isChecked()
  await toggle.click()
  await page.locator('[data-panel=landscape] .stage-plot').focus()
  for (let times = 0; times < 3; times++) await page.keyboard.press('ArrowLeft')
  const link = await page.evaluate(() => window.natlab.link())
  expect(decodeURIComponent(link)).toMatch(/look=loss\.[\w-]+:[01];landscape\.camera:-35,63,1/)
  expect(page.url()).toBe(link)

  const { page: other, close: closeOther } = await site.visit(new URL(link).hash, {
    fresh: true,
    drawn: true,
  })
  await ready(other)
  const checked = () => other.locator('[data-panel=loss] .stage-toggle input').first().isChecked()
  await expect.poll(checked).toBe(!before)
  await other.locator('[data-panel=landscape] .stage-plot').focus()
  await other.keyboard.press('ArrowRight')
  expect(decodeURIComponent(other.url())).toContain('landscape.camera:-30,63,1')
  await other
    .getByRole('button', { name: /Next step/ })
    .first()
    .click()
  await expect.poll(() => other.url()).not.toContain('look=')
  await Promise.all([close(), closeOther()])
})
