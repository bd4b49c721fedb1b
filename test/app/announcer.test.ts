/** What a screen reader hears without asking: one region, one short sentence for what has happened. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site } from './site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

/** Collects what is said from now on. */
async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const region = document.querySelector('[role=status]')!
    const said: string[] = []
    Object.assign(window, { said })
    new MutationObserver(() => region.textContent && said.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    })
  })
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said)
}

it('says which step is entered, and the verdict', async () => {
  const { page, complaints, close } = await site.visit('#lab=kl&story=3')
  await ready(page)
  // those of dialogs come with the dialogs; faults interrupt
  expect(await page.locator(':is([role=status], [aria-live]):not(dialog *)').count()).toBe(1)
  const said = await listen(page)
  await page.getByRole('button', { name: 'On the left hill.' }).click()
  await expect
    .poll(said)
    .toContainEqual(expect.stringMatching(/^✗ Not quite\. The slope leads to the near hill\./))
  await page.keyboard.press('ArrowRight')
  await expect.poll(said).toContain('Step 4 of 10: Where does a broad start end?')
  // nothing is said of the steps of a run
  await page.evaluate(() => window.natlab.run(5))
  // that the lab is ready may come late
  expect((await said()).filter((one) => !one.endsWith('is ready.'))).toHaveLength(2)
  expect(complaints).toEqual([])
  await close()
})

it('says that a run has finished, that a lab is ready, and what a chart reads by keys but not by the pointer', async () => {
  const { page, complaints, close } = await site.visit('#lab=init&dModel=64&vocab=2000&tokens=16')
  await ready(page)
  const said = await listen(page)
  // a run of its own: the first one may have ended before anybody listened. What comes together is heard together
  await page.evaluate(() => window.natlab.set({ seed: 7 }))
  await page.evaluate(() => window.natlab.run(40))
  await expect.poll(said).toContainEqual(expect.stringMatching(/The run has finished at step \d+\.$/))
  await page.evaluate(() => window.natlab.open('kl', { family: 'uniform' }))
  await expect.poll(said).toContain('KL divergence is ready.')
  const plot = page.locator('[data-panel=densities] .stage-plot')
  await plot.hover()
  const before = (await said()).length
  await page.waitForTimeout(400)
  expect((await said()).length).toBe(before)
  await plot.focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(said).toContainEqual(expect.stringMatching(/^x .*P = U\(a, b\) .*/))
  expect(complaints).toEqual([])
  await close()
})
