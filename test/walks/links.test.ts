/** Links as a person hands them on: short ones, QR codes, and locked ones for students. */
import jsQR from 'jsqr'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { pixelsOf } from '../app/pixels.ts'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())
const field = (page: Page) => page.getByLabel('Link to this view')
const share = (page: Page) => page.getByRole('button', { name: 'Share and export' }).click()

it('opens from a short link as it was, and its QR code says the same', async () => {
  const window = { width: 640, height: 480 }
  const { page, complaints, close } = await site.visit(`#lab=init&${small}&theme=projector`, {
    viewport: window,
  })
  await ready(page)
  const before = await parameters(page)
  await share(page)
  const short = await field(page).inputValue()
  expect(Object.fromEntries(new URLSearchParams(short.split('#')[1]))).toEqual({
    ...{ lab: 'init', dModel: '64', vocab: '2000', tokens: '16', seed: '5', theme: 'projector', v: '1' },
  })
  await page.getByLabel('Short: only what differs from the defaults').uncheck()
  const whole = await field(page).inputValue()
  expect(whole).toContain('alignment=')
  await page.getByLabel('Short: only what differs from the defaults').check()
  await page.getByRole('button', { name: 'QR code' }).click()
  const { data, width, height } = await pixelsOf(page, { x: 0, y: 0, ...window })
  expect(jsQR(new Uint8ClampedArray(data), width, height)?.data).toBe(short)
  const code = await page.getByRole('img', { name: 'QR code of the link' }).locator('svg').boundingBox()
  expect(code?.height).toBeGreaterThan(0.6 * window.height)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.goto(short)
  await ready(page)
  expect(await parameters(page)).toEqual(before)
  // the key alone shows it, too
  await page.keyboard.press('q')
  await expect.poll(() => page.locator('.qr-text').last().innerText()).toBe(short)
  await page.keyboard.press('Escape')
  expect(complaints).toEqual([])
  await close()
})

it('locks what the lecturer has chosen, and no control unlocks it', async () => {
  const { page, complaints, close } = await site.visit(`#lab=init&${small}&story=4`)
  await ready(page)
  await share(page)
  await page.getByText('Lock it for students').click()
  await page.getByLabel('Stay at this step').check()
  await page.locator('.lock-rows label', { hasText: 'd_model' }).getByRole('combobox').selectOption('fixed')
  await page.locator('.lock-rows label', { hasText: 'seed' }).getByRole('combobox').selectOption('hidden')
  const link = await field(page).inputValue()
  expect(new URLSearchParams(link.split('#')[1]).get('lock')).toBe('dModel,-seed,steps')
  await page.keyboard.press('Escape')
  await page.goto(link)
  await ready(page)
  const before = await parameters(page)
  const slider = page.getByRole('slider', { name: 'd_model' })
  expect(await slider.getAttribute('aria-disabled')).toBe('true')
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  const box = (await slider.boundingBox())!
  await page.mouse.click(box.x + 0.9 * box.width, box.y + box.height / 2)
  expect(await page.locator('[data-parameter=dModel] input').isEditable()).toBe(false)
  expect(await page.locator('[data-parameter=seed]').isVisible()).toBe(false)
  await page.locator('.brand strong').click()
  for (const key of ['n', 'ArrowRight', 'PageDown', 'Home']) await page.keyboard.press(key)
  expect(await page.locator('.labs a:visible').count()).toBe(1)
  expect(await page.getByRole('button', { name: 'Next step of the story' }).isVisible()).toBe(false)
  await page.getByRole('button', { name: 'Reset to defaults' }).click()
  await ready(page)
  const after = await parameters(page)
  expect([after.dModel, after.seed]).toEqual([before.dModel, before.seed])
  const refusal = await page.evaluate(() => window.natlab.set({ seed: 6 }).catch((fault) => fault.message))
  expect(refusal).toBe('seed = 6 is not permitted: the link to this page fixes it at 5.')
  // a link from here keeps the lock
  expect(await page.evaluate(() => window.natlab.link())).toContain('lock=dModel%2C-seed%2Csteps')
  await page.getByRole('button', { name: 'Share and export' }).click()
  expect(await page.getByText('Lock it for students').isVisible()).toBe(false)
  expect(await field(page).inputValue()).toContain('lock=dModel%2C-seed%2Csteps')
  await page.keyboard.press('Escape')
  expect(complaints).toEqual([])
  await close()
})
