/** A comparison that is shown, alone and side by side, on small and large screens: nothing hides, nothing overflows. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { violations } from '../app/axe.ts'
import { openSite, ready, type Site } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const views = [
  ['dark', { width: 360, height: 740 }],
  ['projector', { width: 1024, height: 768 }],
  ['dark', { width: 1280, height: 720 }],
  ['projector', { width: 1920, height: 1080 }],
] as const

/** Texts of the chart that lie outside of it. */
const outside = (page: Page) =>
  page.locator('.chart-plot').evaluate((plot) => {
    const box = plot.getBoundingClientRect()
    return [...plot.querySelectorAll('text')]
      .filter((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect()
        return left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1
      })
      .map((text) => text.textContent)
  })

it.each(views)('is shown on a screen (%s, %o)', async (theme, viewport) => {
  const link = `#lab=init&dModel=16&vocab=1000&tokens=8&seed=5&theme=${theme}`
  const { page, complaints, close } = await site.visit(link, { viewport, fresh: true })
  await ready(page)
  // on a phone the button stands in the panel
  await page
    .getByRole('button', { name: /^Compare/ })
    .locator('visible=true')
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'Compare backends' })
  await dialog.getByLabel('Warm runs').selectOption('3')
  await dialog.getByLabel('Sizes', { exact: true }).selectOption('tokens')
  await dialog.getByRole('button', { name: 'Measure', exact: true }).click()
  await dialog.getByRole('table').first().waitFor()
  const check = async (what: string) => {
    await dialog.locator('details').evaluateAll((all) => {
      for (const details of all) (details as HTMLDetailsElement).open = true
    })
    expect(await violations(page, 'dialog[open]'), what).toEqual([])
    expect(await dialog.evaluate((node) => node.scrollWidth - node.clientWidth), what).toBeLessThanOrEqual(0)
    expect(await outside(page), what).toEqual([])
  }
  await check('alone')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save as JSON' }).click(),
  ])
  await dialog.locator('input[type=file]').setInputFiles(await file.path())
  await expect.poll(() => dialog.locator('.comparison-owner').count()).toBe(4)
  await check('side by side')
  await page.keyboard.press('Escape')
  expect(complaints).toEqual([])
  await close()
})
