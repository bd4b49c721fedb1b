/** A page for somebody who wants less motion: nothing plays before Play is pressed. */
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

/** Values of its own: no question holds the run. */
const path = '#lab=kl&starts=0&mu0=1'

it('plays by itself where nothing speaks against it', async () => {
  const { page, close } = await site.visit(path)
  await ready(page)
  await expect.poll(() => page.locator('.position').innerText()).toMatch(/step [1-9]/)
  await close()
})

it('waits for Play where less motion is wanted, also in another lab', async () => {
  const { page, close } = await site.visit(path, { reducedMotion: 'reduce' })
  await ready(page)
  const position = page.locator('.position')
  await page.waitForTimeout(500)
  expect(await position.innerText()).toBe('step 0')
  expect(await page.locator('.play').innerText()).toBe('Play')
  await page.locator('.play').click()
  await expect.poll(() => position.innerText()).toMatch(/step [1-9]/)

  await page.getByRole('link', { name: 'Information bottleneck' }).click()
  await expect.poll(() => page.title()).toContain('bottleneck')
  await page.evaluate(() => window.natlab.ready)
  await expect.poll(() => page.locator('.play').innerText()).toBe('Play')
  // a script asks for it, too
  await page.evaluate(() => window.natlab.open('kl', { starts: 0 }))
  await page.evaluate(() => window.natlab.run(3))
  await expect.poll(() => position.innerText()).toBe('step 3')
  await close()
})
