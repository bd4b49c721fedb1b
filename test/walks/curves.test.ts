/** A symbol of a caption lights its curve, and the curve its symbol: by mouse, keyboard and finger. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { encode } from '../../src/app/lesson/code.ts'
import { openSite, ready, type Site, twoFrames } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const symbol = (page: Page, curve: string) => page.locator(`.caption [data-curve="${curve}"]`).first()
const entry = (page: Page, panel: string, curve: string) =>
  page.locator(`[data-panel=${panel}] .stage-legend [data-curve="${curve}"]`)
const litIn = (page: Page, where: string) =>
  page.locator(`${where} .lit`).evaluateAll((all) => all.map((one) => one.getAttribute('data-curve')))
/** What the canvas shows in a panel, to be compared. */
const pictureOf = async (page: Page, panel: string) => {
  await twoFrames(page)
  return page.evaluate((panel) => {
    const stage = document.querySelector<HTMLCanvasElement>('.stage-canvas')!
    const from = stage.getBoundingClientRect()
    const { left, top, width, height } = document
      .querySelector(`[data-panel=${panel}] .stage-plot`)!
      .getBoundingClientRect()
    const copy = document.createElement('canvas')
    copy.width = width
    copy.height = height
    copy.getContext('2d')!.drawImage(stage, from.left - left, from.top - top)
    return copy.toDataURL()
  }, panel)
}

/** The picture once it stays the same: a software renderer shows what is asked for late. */
async function settled(picture: () => Promise<string>): Promise<string> {
  let [last, times] = ['', 0]
  while (times < 3) {
    const now = await picture()
    times = now === last ? times + 1 : 0
    last = now
    await new Promise((done) => setTimeout(done, 150))
  }
  return last
}

it('a symbol lights its curve under the mouse, while it has the focus, and after a click', async () => {
  // nothing runs there: the pictures stay as they are
  const { page, complaints, close } = await site.visit('#lab=kl&story=9', { drawn: true })
  await ready(page)
  const infinite = symbol(page, 'infinite reverse')
  expect(await infinite.getAttribute('title')).toBe('Shows where reverse KL is infinite')
  // the caption is there, and the legend follows it
  await page.locator('[data-panel=densities] button.stage-legend-entry').first().waitFor()
  const picture = () => pictureOf(page, 'densities')
  const plain = await settled(picture)

  await infinite.hover()
  await expect.poll(() => litIn(page, '.caption')).toEqual(['infinite reverse', 'reverse'])
  expect(await litIn(page, '[data-panel=densities] .stage-legend')).toEqual(['infinite reverse'])
  const lit = await settled(picture)
  expect(lit).not.toBe(plain)
  // no colour alone: a line under the entry, and a frame around the symbol
  const line = entry(page, 'densities', 'infinite reverse')
  expect(await line.evaluate((one) => getComputedStyle(one).textDecorationLine)).toBe('underline')
  expect(await infinite.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid')
  await page.mouse.move(2, 2)
  await expect.poll(() => litIn(page, '#app')).toEqual([])
  await expect.poll(picture).toBe(plain)

  await page.keyboard.press('Tab')
  await infinite.focus()
  await expect.poll(() => litIn(page, '.caption')).toContain('infinite reverse')
  await expect.poll(picture).toBe(lit)
  await page.keyboard.press('Shift+Tab')
  await expect.poll(() => litIn(page, '.caption')).not.toContain('infinite reverse')

  // the sentence of a word closes
  await page.keyboard.press('Escape')
  await infinite.click()
  await page.mouse.move(2, 2)
  await page.waitForTimeout(200)
  expect(await litIn(page, '.caption')).toContain('infinite reverse')
  await page.locator('#story-title').click()
  await expect.poll(() => litIn(page, '#app')).toEqual([])
  expect(complaints).toEqual([])
  await close()
})

it('a curve and its entry in the legend light the symbol; other entries are no buttons', async () => {
  const { page, complaints, close } = await site.visit('#lab=kl&story=2')
  await ready(page)
  await page.evaluate(() => window.natlab.run(3))
  const target = entry(page, 'forward', 'p')
  expect(await target.evaluate((one) => one.tagName)).toBe('BUTTON')
  await page.keyboard.press('Tab')
  await target.focus()
  await expect.poll(() => litIn(page, '.caption')).toEqual(['p'])
  await page.locator('#story-title').click()
  await entry(page, 'forward', 'integrand forward').first().hover()
  await expect.poll(() => litIn(page, '.caption')).toEqual(['integrand'])

  // left of the left hill, Q is higher than all others
  const plot = page.locator('[data-panel=forward] .stage-plot')
  const { x, y, width, height } = (await plot.boundingBox())!
  let found: (string | null)[] = []
  for (let share = 0.15; share < 0.9 && !found.includes('q'); share += 0.03) {
    await page.mouse.move(x + 0.27 * width, y + share * height)
    await page.waitForTimeout(100)
    found = await litIn(page, '.caption')
  }
  expect(found).toEqual(['q'])

  await page.evaluate(() => {
    location.hash = '#lab=kl&story=9'
  })
  await expect.poll(() => page.locator('#story-title').innerText()).toBe('Infinity is a value')
  await expect
    .poll(() => page.locator('[data-panel=ratio] button.stage-legend-entry').count())
    .toBeGreaterThan(0)
  expect(complaints).toEqual([])
  await close()
})

it('lights nothing under a veil until the answer', async () => {
  const { page, close } = await site.visit('#lab=kl&story=4')
  await ready(page)
  const starts = symbol(page, 'starts')
  await starts.hover()
  await page.waitForTimeout(500)
  expect(await litIn(page, '#app')).toEqual([])
  expect(await page.locator('[data-panel=landscape] [data-curve]').count()).toBe(0)
  await page.getByRole('button', { name: 'Show it' }).click()
  await expect.poll(() => page.locator('.stage-veiled').count()).toBe(0)
  await twoFrames(page)
  await starts.hover()
  await expect.poll(() => litIn(page, '.caption')).toEqual(['starts'])
  await close()
})

it('lights by a tap, and in a caption of a lecturer’s own', async () => {
  const lesson = {
    natlab: 'lesson',
    version: 1,
    title: 'Mine',
    entries: [
      { title: 'Own', caption: 'See [$P$](curve:p), or <b>not</b>.', view: 'lab=kl', panels: ['forward'] },
    ],
  }
  const { page, complaints, close } = await site.visit('#lab=vib&story=2', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  await ready(page)
  await page.evaluate(() => window.natlab.run(1))
  await symbol(page, 'sigma').tap()
  await expect.poll(() => litIn(page, '.caption')).toEqual(['sigma'])
  await page.locator('#story-title').tap()
  await expect.poll(() => litIn(page, '#app')).toEqual([])
  await page.goto(`${site.address}#lesson=${await encode(JSON.stringify(lesson))}`)
  await expect.poll(() => symbol(page, 'p').innerText()).toContain('P')
  const lit = async () => {
    await symbol(page, 'p').tap()
    return litIn(page, '.caption')
  }
  // once the lab is there
  await expect.poll(lit).toEqual(['p'])
  expect(complaints).toEqual([])
  await close()
})
