/** Values of the user count before a frame with them arrives: tested in a page that draws once a second. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site, twoFrames } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

/** Frames come a little after each whole second; pulling and drawing happen only in them. */
const drawOnceASecond = (page: Page) =>
  page.addInitScript(() => {
    window.requestAnimationFrame = (work) =>
      window.setTimeout(() => work(performance.now()), 1010 - (performance.now() % 1000))
    window.cancelAnimationFrame = (id) => clearTimeout(id)
  })

const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())
const handle = (page: Page, id: string) =>
  page.locator(`[data-panel=forward] .stage-handle[data-handle="${id}"]`)
/** A handle's value is its place as drawn. */
const shown = (page: Page, id: string) => handle(page, id).getAttribute('aria-valuenow').then(Number)

/** Longer than the pause between two keys of a user, shorter than a frame. */
const rest = (page: Page) => page.waitForTimeout(400)

async function press(page: Page, key: string, times: number): Promise<void> {
  for (let press = 0; press < times; press++) await page.keyboard.press(key)
}

/** Mean and standard deviation of each mode of the custom target. */
async function modes(page: Page): Promise<(readonly [mean: number, sd: number])[]> {
  const { components } = await parameters(page)
  return String(components)
    .split(';')
    .map((one) => one.split(',').map(Number))
    .map(([, mean, sd]) => [mean, sd] as const)
}

/** Expects the present parameters in the address, as soon as the browser permits another change. */
async function expectAddress(page: Page): Promise<void> {
  const link = await page.evaluate(() => window.natlab.link())
  await expect.poll(() => page.evaluate(() => location.href)).toBe(link)
}

it('keeps every key, turn, drag and text, whenever a frame arrives', async () => {
  // values that are no riddle of the story: a change would end it, and what it hides would move the picture
  const { page, complaints, close } = await site.visit('#lab=kl&starts=0&learningRate=0.04', {
    beforeLoad: drawOnceASecond,
  })
  await ready(page)
  await handle(page, 'start').waitFor()

  // keys on a handle: fourteen steps of a tenth of σ, wherever the handle is drawn
  await handle(page, 'start').focus()
  await press(page, 'ArrowRight', 6)
  await rest(page)
  await press(page, 'ArrowRight', 8)
  expect((await parameters(page)).mu0).toBeCloseTo(1.5 + 14 * 0.05, 9)
  expect(await shown(page, 'start')).toBeCloseTo(1.5 + 14 * 0.05, 9)
  await expectAddress(page)

  // then keys on another handle, after the wheel has widened it
  await handle(page, 'mode:0').hover()
  for (let notch = 0; notch < 4; notch++) await page.mouse.wheel(0, -100)
  await expect.poll(async () => (await modes(page))[0][1]).toBeCloseTo(1.125 ** 4, 4)
  await expectAddress(page)
  await handle(page, 'mode:0').focus()
  await press(page, 'ArrowLeft', 3)
  expect((await modes(page))[0][0]).toBeCloseTo(-3 - 0.3 * 1.125 ** 4, 4)

  // a drag ends at the pointer's last place, and keys continue from there
  const box = (await handle(page, 'mode:1').boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (const by of [20, 40, 60]) await page.mouse.move(x + by, y)
  await page.mouse.up()
  const dropped = (await modes(page))[1][0]
  expect(dropped).toBeGreaterThan(3.2)
  await rest(page)
  expect(await shown(page, 'mode:1')).toBeCloseTo(dropped, 5)
  await page.keyboard.press('ArrowRight')
  expect((await modes(page))[1][0]).toBeCloseTo(dropped + 0.1, 5)
  await expectAddress(page)

  // a removed mode is gone at once: the same key then means the next mode
  await page.keyboard.press('Insert')
  await handle(page, 'mode:0').focus()
  await page.keyboard.press('Delete')
  const left = await modes(page)
  expect(left[0][0]).toBeCloseTo(dropped + 0.1, 5)
  await page.keyboard.press('ArrowLeft')
  expect((await modes(page))[0][0]).toBeCloseTo(left[0][0] - 0.1, 5)
  expect((await modes(page))[1][0]).toBe(left[1][0])

  // a slider and a field also move the handle
  await page.locator('[data-parameter=mu0] .slider').focus()
  await press(page, 'ArrowLeft', 4)
  await rest(page)
  await press(page, 'ArrowLeft', 3)
  expect((await parameters(page)).mu0).toBeCloseTo(2.2 - 0.7, 9)
  await expectAddress(page)
  const field = page.locator('[data-parameter=sigma0] input')
  await field.fill('2')
  // a change from elsewhere does not replace the text in the field
  await page.evaluate(() => void window.natlab.set({ sigma0: 3 }))
  await expect.poll(async () => (await parameters(page)).sigma0).toBe(3)
  await field.press('Enter')
  expect((await parameters(page)).sigma0).toBe(2)
  await expectAddress(page)
  await handle(page, 'start').focus()
  await press(page, 'ArrowRight', 3)
  await page.keyboard.press('Shift+ArrowUp')
  expect(await parameters(page)).toMatchObject({
    mu0: expect.closeTo(1.5 + 3 * 0.2, 9),
    sigma0: expect.closeTo(2.2, 9),
  })
  await expectAddress(page)

  // a step back in the history does, too, whatever was set since (the number of keys depends on the browser's limit of
  // entries)
  await page.goBack()
  const { mu0, sigma0 } = await parameters(page)
  expect(sigma0).toBe(2)
  expect(await handle(page, 'start').getAttribute('aria-valuetext')).toMatch(/σ 2$/)

  // a frame with all these values changes nothing
  await page.evaluate(() => window.natlab.metrics())
  await twoFrames(page)
  expect(await shown(page, 'start')).toBeCloseTo(mu0 as number, 9)
  expect(complaints).toEqual([])
  await close()
}, 60_000)
