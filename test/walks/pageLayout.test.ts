/** The built page's layout: what fits its window at which size. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site, small, twoFrames } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

describe('sizes', () => {
  it.each(['dark', 'projector'])(
    'nothing is cut off or has to be scrolled to, in the %s theme',
    async (theme) => {
      const { page, close } = await site.visit(`#lab=init&${small}&theme=${theme}`)
      await ready(page)
      // the other theme's type is smaller
      const between = theme === 'projector' ? [[1366, 768]] : []
      const largest = theme === 'projector' ? [[3840, 2160]] : []
      for (const [width, height] of [[360, 740], [1280, 720], ...between, [1920, 1080], ...largest]) {
        await page.setViewportSize({ width, height })
        await twoFrames(page)
        const { scrollWidth, scrollHeight } = await page.evaluate(() => {
          const { scrollWidth, scrollHeight } = document.documentElement
          return { scrollWidth, scrollHeight }
        })
        expect(scrollWidth, `sideways at ${width} × ${height}`).toBeLessThanOrEqual(width)
        // a phone's page is scrolled
        if (width > 360) expect(scrollHeight, `at ${width} × ${height}`).toBe(height)
      }
      // a step of the story that lights two panels shows both
      await page.setViewportSize({ width: 1280, height: 720 })
      await page.locator('.dot').nth(5).click()
      const below = () =>
        page.evaluate(() => {
          const room = document.querySelector('.room-panels')!.getBoundingClientRect()
          const lit = [...document.querySelectorAll('[data-light=on]')]
          return lit.length === 2
            ? Math.max(...lit.map((panel) => panel.getBoundingClientRect().bottom)) - room.bottom
            : Number.NaN
        })
      await expect.poll(below).toBeLessThanOrEqual(1)
      // on a phone the first of them follows the caption, and the header leaves room for both
      await page.setViewportSize({ width: 360, height: 740 })
      await twoFrames(page)
      const order = await page.evaluate(() => {
        const tops = [...document.querySelectorAll('.stage-panel')].map((panel) => ({
          lit: panel.matches('[data-light=on]'),
          top: panel.getBoundingClientRect().top,
        }))
        return tops.sort((a, b) => a.top - b.top).map(({ lit }) => lit)
      })
      expect(order.slice(0, 3)).toEqual([true, true, false])
      const header = await page.locator('.header').evaluate((one) => one.clientHeight)
      expect(header).toBeLessThan(160)
      // every lit panel of the KL lab is whole, its picture high enough to be read and taken hold of
      await page.setViewportSize({ width: 1280, height: 720 })
      await page.evaluate(() => window.natlab.open('kl', { starts: 0 }))
      const lowestPlot = () =>
        page.locator('.stage-panel:not([data-light=off]) .stage-plot').evaluateAll((plots) => {
          const { bottom } = document.querySelector('.room-panels')!.getBoundingClientRect()
          const lit = document.querySelector('[data-light=on]') ? plots : plots.slice(0, 2)
          const boxes = lit.map((plot) => plot.getBoundingClientRect())
          return Math.min(...boxes.map((box) => (box.bottom <= bottom ? box.height : 0)))
        })
      const steps = theme === 'projector' ? await page.locator('.dot').count() : 1
      for (let step = 0; step <= steps; step++) {
        if (step > 0)
          await page
            .locator('.dot')
            .nth(step - 1)
            .click()
        await expect.poll(lowestPlot, { message: `step ${step}` }).toBeGreaterThanOrEqual(200)
      }
      await close()
    },
  )

  it.each([
    ['dark', false],
    ['dark', true],
    ['projector', false],
    ['projector', true],
  ])(
    'a phone shows the whole backend in the %s theme, with buttons for fingers: %s',
    async (theme, hasTouch) => {
      const { page, close } = await site.visit(`#lab=init&${small}&theme=${theme}`, {
        viewport: { width: 360, height: 740 },
        hasTouch,
        isMobile: hasTouch,
      })
      await ready(page)
      await expect.poll(() => page.locator('.chip-timing').innerText()).toContain('FLOP/s')
      const beyond = await page.evaluate(() => {
        const chip = document.querySelector('.chip')!.getBoundingClientRect()
        const names = [...document.querySelectorAll('.chip-name, .chip-timing')]
        return Math.max(...names.map((one) => one.getBoundingClientRect().right - chip.right))
      })
      expect(beyond).toBeLessThanOrEqual(0)
      expect(await page.locator('.header').evaluate((one) => one.clientHeight)).toBeLessThan(160)
      await close()
    },
  )

  it.each([
    [1280, 720],
    [1366, 768],
    [1400, 800],
    [1440, 900],
    [1599, 900],
    [1680, 1050],
  ])('the tabs take one line of a header that fits at %d × %d', async (width, height) => {
    for (const theme of ['dark', 'projector']) {
      const { page, close } = await site.visit(`#lab=init&${small}&theme=${theme}`, {
        viewport: { width, height },
      })
      await ready(page)
      const tops = await page
        .locator('.lab-link')
        .evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top))
      expect(new Set(tops).size, theme).toBe(1)
      expect(await page.evaluate(() => document.documentElement.scrollWidth), theme).toBe(width)
      const parts = await page.locator('.labs, .question, .chip, .header-buttons').evaluateAll((parts) =>
        parts.flatMap((part) => {
          const { left, right, width } = part.getBoundingClientRect()
          return width > 1 ? [left, right] : []
        }),
      )
      expect(parts, theme).toEqual(parts.toSorted((a, b) => a - b))
      await close()
    }
  })

  it.each([
    ['projector', 1280, 720],
    ['dark', 360, 740],
  ])('the verdict on an answer is in view in the %s theme at %d × %d', async (theme, width, height) => {
    const { page, close } = await site.visit(`#lab=init&${small}&theme=${theme}&story=3`, {
      viewport: { width, height },
    })
    await ready(page)
    await page.locator('.answer').first().click()
    await expect.poll(() => page.locator('.verdict').textContent()).toMatch(/\S \S/)
    const room = () =>
      page.evaluate(() => {
        const verdict = document.querySelector('.verdict')!.getBoundingClientRect()
        const body = document.querySelector('.story-body')!.getBoundingClientRect()
        const covers = [...document.querySelectorAll('.transport, .step-sliders')].filter((one) =>
          one.checkVisibility(),
        )
        const tops = covers.map((one) => one.getBoundingClientRect().top)
        return Math.min(body.bottom, ...tops) - verdict.bottom
      })
    await expect.poll(room).toBeGreaterThanOrEqual(-1)
    // and stays there when the caption grows, as by a number that was on its way, until the user scrolls
    const grow = () =>
      page.locator('.caption').evaluate((caption) => {
        caption.append(Object.assign(document.createElement('p'), { innerHTML: 'a line<br>'.repeat(9) }))
      })
    await grow()
    await expect.poll(room).toBeGreaterThanOrEqual(-1)
    const { x, y } = (await page.locator('.verdict').boundingBox())!
    await page.mouse.move(x + 5, y + 5)
    await page.mouse.wheel(0, -2000)
    await expect.poll(room).toBeLessThan(-1)
    await grow()
    await twoFrames(page)
    expect(await room()).toBeLessThan(-1)
    await close()
  })
})
