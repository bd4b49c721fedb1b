/** Forced colours, as a contrast theme of Windows sets them: what is said by a colour is still seen, by its pixels. */
import type { Locator, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { type Clip, ink, pixelsOf } from '../app/pixels.ts'
import { openSite, ready, type Site, twoFrames } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

async function boxOf(locator: Locator): Promise<Clip> {
  await locator.scrollIntoViewIfNeeded()
  return (await locator.boundingBox())!
}

/** A square in the middle of a box. */
function square({ x, y, width, height }: Clip, share = 0.5, side = 6): Clip {
  return { x: x + width * share - side / 2, y: y + height / 2 - side / 2, width: side, height: side }
}

const canvasColour = (page: Page) =>
  page.evaluate(() => {
    const { backgroundColor } = getComputedStyle(document.querySelector('.panel')!)
    const [red, green, blue] = backgroundColor.match(/[\d.]+/g)!.map(Number)
    return [red, green, blue] as [number, number, number]
  })

describe.each([
  ['dark', 'projector'],
  ['light', 'dark'],
] as const)('a %s system, the page in the %s theme', (colorScheme, theme) => {
  it('shows values, choices and marks', async () => {
    const { page, close } = await site.visit(`#lab=kl&story=1&theme=${theme}`, {
      forcedColors: 'active',
      colorScheme,
      drawn: true,
    })
    await ready(page)
    await page.evaluate(() => window.natlab.run(40))
    await twoFrames(page)
    const ground = await canvasColour(page)
    expect(ground).toEqual(colorScheme === 'dark' ? [0, 0, 0] : [255, 255, 255])
    const inkIn = async (clip: Clip) => ink(await pixelsOf(page, clip), ground)

    // the stage has the ground of the system, not that of the theme
    const plot = await boxOf(page.locator('[data-panel] .stage-plot').first())
    expect(await inkIn(plot)).toBeGreaterThan(0.005)
    expect(await inkIn(plot)).toBeLessThan(0.5)
    // the canvas alone, in the middle of the curves: labels are beside it
    expect(await inkIn(square(plot, 0.5, plot.height * 0.6))).toBeGreaterThan(0.003)

    const slider = page.locator('[data-parameter=mu0] .slider')
    const at = await slider.evaluate((one) =>
      Number(getComputedStyle(one.querySelector('.slider-fill')!).getPropertyValue('--position')),
    )
    const track = await boxOf(slider.locator('.slider-track'))
    expect(await inkIn(square(track, at, 6)), 'the thumb').toBeGreaterThan(0.9)
    // clear of the thumb
    expect(await inkIn({ ...track, x: track.x + track.width * 0.9, width: 10 }), 'the track').toBeGreaterThan(
      0.2,
    )

    const scrub = await boxOf(page.locator('.scrub'))
    expect(await inkIn(square(scrub, 0.3, 4)), 'the track of time').toBeGreaterThan(0.9)
    expect(await inkIn({ ...scrub, x: scrub.x + scrub.width - 14, width: 10 }), 'its thumb').toBeGreaterThan(
      0.2,
    )

    const corner = ({ x, y, width, height }: Clip): Clip => ({
      x: x + width * 0.2,
      y: y + height - 4,
      width: width * 0.6,
      height: 4,
    })
    expect(await inkIn(corner(await boxOf(page.locator('.lab-link[aria-current]')))), 'open').toBeGreaterThan(
      0.4,
    )
    expect(await inkIn(corner(await boxOf(page.locator('.lab-link').first()))), 'not open').toBeLessThan(0.1)

    const dots = page.locator('.dot')
    const [now, other] = [await inkIn(await boxOf(dots.nth(0))), await inkIn(await boxOf(dots.nth(1)))]
    expect(now - other, 'the current dot').toBeGreaterThan(0.3)

    await page.getByRole('button', { name: 'Count hands' }).click()
    await page.locator('.hands-add').first().click()
    await page.waitForTimeout(400)
    expect(await inkIn(square(await boxOf(page.locator('.hands-bar').first()))), 'hands').toBeGreaterThan(0.9)

    // edges of the answers: none of them is pressed yet
    const edges = async (index: number) => {
      const box = await boxOf(page.locator('.answer').nth(index))
      return inkIn({ ...box, height: 4 })
    }
    const before = await edges(0)
    await page.locator('.answer').first().click()
    expect((await edges(0)) - before, 'the pressed answer').toBeGreaterThan(0.2)
    expect(await page.locator('.answer.right, .answer.wrong').count()).toBe(1)

    const boxes = page.locator('.lil-boolean input')
    const unchecked = await inkIn(await boxOf(boxes.first()))
    await boxes.first().check()
    const checked = await inkIn(await boxOf(boxes.first()))
    expect(Math.abs(checked - unchecked), 'a checked box').toBeGreaterThan(0.1)
    await close()
  })

  it('does not smear labels on charts', async () => {
    const { page, close } = await site.visit(`#lab=init&dModel=64&vocab=2000&tokens=16&theme=${theme}`, {
      forcedColors: 'active',
      colorScheme,
      drawn: true,
    })
    await ready(page)
    await twoFrames(page)
    const ground = await canvasColour(page)
    const label = page.locator('.stage-label-rule, .stage-label-name').first()
    await label.waitFor()
    // letters cover less than half of their box; a halo of their own colour covers nearly all of it
    expect(ink(await pixelsOf(page, await boxOf(label)), ground)).toBeLessThan(0.5)
    expect(ink(await pixelsOf(page, await boxOf(label)), ground)).toBeGreaterThan(0.08)
    await close()
  })
})
