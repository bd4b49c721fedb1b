/** What a word means and what a parameter does: by mouse, keyboard and finger. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { violations } from '../app/axe.ts'
import { openSite, ready, type Site } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

it('opens the sentence of a word by mouse and by the keyboard, and closes it with Escape', async () => {
  const { page, complaints, close } = await site.visit('#lab=kl&story=1&present=1')
  await ready(page)
  const word = page.locator('.caption .word', { hasText: 'nats' })
  const box = page.locator('.explanation')
  await word.hover()
  await expect.poll(() => box.innerText()).toMatch(/^nat: .*1\.44 bits\.$/)
  // the pointer may go into it
  await box.hover()
  await page.waitForTimeout(400)
  expect(await box.isVisible()).toBe(true)
  await page.mouse.move(2, 2)
  await expect.poll(() => box.isVisible()).toBe(false)

  await page.keyboard.press('Tab')
  await word.focus()
  await expect.poll(() => box.isVisible()).toBe(true)
  expect(await word.getAttribute('aria-describedby')).toBe(await box.getAttribute('id'))
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  expect(await box.isVisible()).toBe(false)
  // the same key leaves present mode only after that
  expect(await page.evaluate(() => document.documentElement.classList.contains('presenting'))).toBe(true)
  await page.keyboard.press('Escape')
  await expect
    .poll(() => page.evaluate(() => document.documentElement.classList.contains('presenting')))
    .toBe(false)
  expect(complaints).toEqual([])
  await close()
})

it('opens nothing under a pointer that rests while the caption changes', async () => {
  const { page, close } = await site.visit('#lab=kl&story=1')
  await ready(page)
  const { x, y, width, height } = (await page.locator('.caption .word', { hasText: 'nats' }).boundingBox())!
  // the words go away from under it and come back
  await page.locator('.caption').evaluate((caption) => {
    ;(caption as HTMLElement).hidden = true
  })
  await page.mouse.move(x + width / 2, y + height / 2)
  await page.locator('.caption').evaluate((caption) => {
    ;(caption as HTMLElement).hidden = false
  })
  await page.waitForTimeout(500)
  expect(await page.locator('.explanation').isVisible()).toBe(false)
  await close()
})

it('tells what a parameter does where the focus has scrolled it into view, and goes with its sign', async () => {
  const training = '#lab=training&architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16&story=3'
  const { page, close } = await site.visit(training, { viewport: { width: 1280, height: 620 } })
  await ready(page)
  const help = page.locator('.row-help')
  const box = page.locator('.explanation')
  await page.keyboard.press('Tab')
  // the code comes with the first one
  await help.first().focus()
  await expect.poll(() => box.isVisible()).toBe(true)
  const last = page.locator('[data-parameter=seed] .row-help')
  expect(await last.evaluate((one) => one.getBoundingClientRect().top > innerHeight)).toBe(true)
  await last.focus()
  await page.waitForTimeout(300)
  expect(await box.innerText()).toContain('random')
  const gap = async () => {
    const [sign, said] = [await last.boundingBox(), await box.boundingBox()]
    return sign!.y - said!.y - said!.height
  }
  expect(await gap()).toBeCloseTo(6, 0)
  await page.locator('.panel').evaluate((panel) => panel.scrollBy(0, -30))
  await page.waitForTimeout(300)
  expect(await gap()).toBeCloseTo(6, 0)
  // out of sight, it goes
  await page.locator('.panel').evaluate((panel) => panel.scrollTo(0, 0))
  await expect.poll(() => box.isVisible()).toBe(false)
  await close()
})

it('tells by a finger what a parameter does, and switches nothing', async () => {
  const { page, close } = await site.visit('#lab=kl&story=2', {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  })
  await ready(page)
  await page.locator('.caption .word').first().waitFor()
  const row = page.locator('[data-parameter=fixedSigma]').first()
  const id = await row.count()
  expect(id).toBe(1)
  const before = await row.locator('input').isChecked()
  await row.locator('.row-help').tap()
  const box = page.locator('.explanation')
  await expect.poll(() => box.innerText()).toContain('σ keeps its start value.')
  expect(await row.locator('input').isChecked()).toBe(before)
  expect(await violations(page)).toEqual([])
  const learning = page.locator('[data-parameter=learningRate] .row-help').first()
  await learning.tap()
  await expect.poll(() => box.innerText()).toContain('Size of a step')
  // it is whole on the screen
  const { x, y, width, height } = (await box.boundingBox())!
  expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
  expect(x + width).toBeLessThanOrEqual(360)
  expect(y + height).toBeLessThanOrEqual(740)
  await page.locator('.story h2').tap()
  await expect.poll(() => box.isVisible()).toBe(false)
  await close()
})

it('lists all words in the help', async () => {
  const { page, close } = await site.visit('#lab=kl&story=2')
  await ready(page)
  await page.keyboard.press('?')
  await expect.poll(() => page.locator('dialog dt').count()).toBeGreaterThan(40)
  expect(await page.locator('dialog dt').allInnerTexts()).toContain('zero-forcing')
  await page.keyboard.press('Escape')
  await close()
})
