/** Present mode: how it is entered and left, and its keys, whatever was clicked before. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

// a step whose question hides a picture
const link = `#lab=init&${small}&story=3`
const open = async (path: string, options: { viewport?: { width: number; height: number } } = {}) => {
  const visit = await site.visit(path, { fresh: true, ...options })
  await ready(visit.page)
  return visit
}
const presenting = (page: Page) => expect.poll(() => page.locator('.present-controls').isVisible()).toBe(true)
const whole = (page: Page) => expect.poll(() => page.locator('.header').isVisible()).toBe(true)
const step = (page: Page) => page.locator('.story-counter').textContent()
const shown = async (page: Page) => {
  const panels = page.locator('.stage-panel')
  const ids: string[] = []
  for (const panel of await panels.all())
    if (await panel.isVisible()) ids.push((await panel.getAttribute('data-panel')) ?? '')
  return ids.sort()
}

describe('present mode', () => {
  it('is entered by the button and left by its own, and leaves the page as it was', async () => {
    const { page, complaints, close } = await open(link)
    const places = () =>
      page.locator('.stage-panel').evaluateAll((panels) =>
        panels.map((panel) => {
          const { left, top, width, height } = panel.getBoundingClientRect()
          return [panel.getAttribute('data-panel'), ...[left, top, width, height].map(Math.round)]
        }),
      )
    // the caption and its numbers are there
    await expect.poll(() => page.locator('.caption').textContent()).toMatch(/\S/)
    const before = await places()
    expect(before.length).toBeGreaterThan(2)
    await page.getByRole('button', { name: /^Present/ }).click()
    await presenting(page)
    await expect.poll(() => shown(page)).toEqual(['loss', 'variance'])
    for (const part of ['.header', '.panel', '.transport'])
      expect(await page.locator(part).isVisible(), part).toBe(false)
    expect(page.url()).toContain('present=1')
    await page.getByRole('button', { name: 'Leave present mode' }).click()
    await whole(page)
    expect(page.url()).not.toContain('present')
    await expect.poll(places).toEqual(before)
    expect(complaints).toEqual([])
    await close()
  })

  it('is entered and left by keys, and a link opens it, as an old link opens the page', async () => {
    const { page, close } = await open(link)
    await page.keyboard.press('f')
    await presenting(page)
    await page.keyboard.press('Escape')
    await whole(page)
    await page.keyboard.press('f')
    await presenting(page)
    await page.keyboard.press('f')
    await whole(page)
    await close()
    const linked = await open(`?present${link}`)
    await presenting(linked.page)
    await linked.close()
  })

  it('keeps the screen awake while it lasts, and asks again when the page is seen again', async () => {
    const { page, close } = await site.visit(link, {
      beforeLoad: (page) =>
        page.addInitScript(() => {
          const calls: string[] = []
          Object.assign(window, { calls })
          const request = async () => {
            calls.push('held')
            const lock = new EventTarget()
            const release = async () => {
              calls.push('released')
              lock.dispatchEvent(new Event('release'))
            }
            Object.assign(window, { release })
            return Object.assign(lock, { release })
          }
          Object.defineProperty(navigator, 'wakeLock', { value: { request } })
        }),
    })
    await ready(page)
    const calls = () => page.evaluate(() => (window as unknown as { calls: string[] }).calls.join())
    await page.keyboard.press('f')
    await expect.poll(calls).toBe('held')
    // as a browser does when another tab is chosen
    await page.evaluate(async () => {
      await (window as unknown as { release: () => Promise<void> }).release()
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await expect.poll(calls).toBe('held,released,held')
    await page.keyboard.press('f')
    await expect.poll(calls).toBe('held,released,held,released')
    await close()
  })

  it('keeps a full screen that was there before it', async () => {
    const { page, close } = await open(link)
    await page.evaluate(() => {
      addEventListener('click', () => void document.documentElement.requestFullscreen(), { once: true })
    })
    const full = () => page.evaluate(() => document.fullscreenElement !== null)
    await page.locator('.question').click()
    await expect.poll(full).toBe(true)
    await page.keyboard.press('f')
    await presenting(page)
    await page.keyboard.press('f')
    await whole(page)
    expect(await full()).toBe(true)
    await page.evaluate(() => document.exitFullscreen())
    // and gives back its own; if the browser leaves it, the mode is left
    await page.keyboard.press('f')
    await expect.poll(full).toBe(true)
    await presenting(page)
    await page.evaluate(() => document.exitFullscreen())
    await whole(page)
    await page.keyboard.press('f')
    await expect.poll(full).toBe(true)
    await page.keyboard.press('Escape')
    await whole(page)
    await expect.poll(full).toBe(false)
    await close()
  })
})

describe('keys', () => {
  it('go on with the story whatever was clicked last', async () => {
    const { page, close } = await open(`${link}&present=1`)
    await presenting(page)
    await page.locator('.answer').first().click()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => step(page)).toBe('4 of 8')
    await page
      .getByRole('button', { name: 'Play or pause' })
      .or(page.locator('.present-controls .play'))
      .click()
    await page.keyboard.press('PageDown')
    await expect.poll(() => step(page)).toBe('5 of 8')
    await page.locator('.stage-toggle:visible').first().click()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => step(page)).toBe('4 of 8')
    await page.locator('[data-panel=landscape] .stage-plot').click()
    await page.keyboard.press('PageUp')
    await expect.poll(() => step(page)).toBe('3 of 8')
    await page.keyboard.press('Home')
    await expect.poll(() => step(page)).toBe('1 of 8')
    await close()
  })

  it('go on after a drag, which gives the focus to what was dragged', async () => {
    const { page, close } = await open('#lab=kl&starts=0&story=1&present=1')
    await presenting(page)
    const handle = page.locator('[data-panel=forward] [role=slider]:visible').first()
    await expect.poll(() => handle.count()).toBe(1)
    const { x, y, width, height } = (await handle.boundingBox())!
    const values = () => page.evaluate(() => JSON.stringify(window.natlab.parameters()))
    const before = await values()
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width / 2 + 30, y + height / 2, { steps: 3 })
    await page.mouse.up()
    await expect.poll(values).not.toBe(before)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => step(page)).toBe('2 of 10')
    await close()
  })

  it('leave a control that the keyboard has reached its own', async () => {
    const { page, close } = await open(`${link}&present=1`)
    await presenting(page)
    const landscape = page.locator('[data-panel=variance] .stage-plot')
    await page.keyboard.press('Tab')
    await landscape.focus()
    await page.keyboard.press('ArrowRight')
    expect(await step(page)).toBe('3 of 8')
    await expect.poll(() => page.locator('.stage-readout:visible').count()).toBeGreaterThan(0)
    await close()
  })

  it('go on after a click on a button of the whole page, too, and Space plays', async () => {
    const { page, close } = await open(link)
    await page.getByRole('button', { name: 'Projector theme' }).click()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => step(page)).toBe('4 of 8')
    await page.keyboard.press('PageDown')
    await expect.poll(() => step(page)).toBe('5 of 8')
    await page.keyboard.press('Home')
    await expect.poll(() => step(page)).toBe('1 of 8')
    // a step without a question, where nothing holds the run
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => step(page)).toBe('2 of 8')
    const label = () => page.locator('.transport .play').textContent()
    const before = await label()
    await page.getByRole('button', { name: 'Projector theme' }).click()
    await page.keyboard.press('Space')
    await expect.poll(label).not.toBe(before)
    // the theme was set once by each click, and not by the space bar
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    await close()
  })

  it('scroll a page that is higher than its window', async () => {
    const { page, close } = await open(link, { viewport: { width: 360, height: 640 } })
    await page.keyboard.press('PageDown')
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0)
    expect(await step(page)).toBe('3 of 8')
    await close()
  })

  it('hide the caption, make the screen black until any key, and turn the pointer into a dot', async () => {
    const { page, close } = await open(`${link}&present=1`)
    await presenting(page)
    await page.keyboard.press('c')
    await expect.poll(() => page.locator('.caption').isVisible()).toBe(false)
    expect(await page.locator('.answer').first().isVisible()).toBe(true)
    await page.keyboard.press('c')
    await expect.poll(() => page.locator('.caption').isVisible()).toBe(true)
    const black = page.locator('.black-screen')
    for (const [on, off] of [
      ['.', '.'],
      ['b', 'PageDown'],
    ]) {
      await page.keyboard.press(on)
      await expect.poll(() => black.isVisible()).toBe(true)
      await page.keyboard.press(off)
      await expect.poll(() => black.isVisible()).toBe(false)
    }
    // the key only lit the screen
    expect(await step(page)).toBe('3 of 8')
    await page.keyboard.press('l')
    await page.mouse.move(300, 200)
    const dot = (await page.locator('.laser').boundingBox())!
    expect(Math.abs(dot.x + dot.width / 2 - 300)).toBeLessThan(1)
    expect(Math.abs(dot.y + dot.height / 2 - 200)).toBeLessThan(1)
    await page.keyboard.press('l')
    await expect.poll(() => page.locator('.laser').isVisible()).toBe(false)
    const cursor = () => page.locator('.story').evaluate((one) => getComputedStyle(one).cursor)
    expect(await cursor()).not.toBe('none')
    await expect.poll(cursor).toBe('none')
    await page.mouse.move(310, 200)
    await expect.poll(cursor).not.toBe('none')
    await close()
  })
})

describe('a panel', () => {
  it('fills the screen by its button, its title and a click that drags nothing, and goes back', async () => {
    const { page, close } = await open(`#lab=init&${small}&story=6&present=1`)
    await presenting(page)
    await expect.poll(() => shown(page)).toEqual(['logits', 'loss'])
    const both = ['logits', 'loss']
    await page.locator('[data-panel=logits]').getByRole('button', { name: 'Fill the screen' }).click()
    await expect.poll(() => shown(page)).toEqual(['logits'])
    await page.getByRole('button', { name: 'Back to its place' }).click()
    await expect.poll(() => shown(page)).toEqual(both)
    const plot = page.locator('[data-panel=loss] .stage-plot')
    await plot.click()
    await expect.poll(() => shown(page)).toEqual(['loss'])
    const box = (await plot.boundingBox())!
    await page.mouse.move(box.x + 200, box.y + 100)
    await page.mouse.down()
    await page.mouse.move(box.x + 260, box.y + 100)
    await page.mouse.up()
    expect(await shown(page)).toEqual(['loss'])
    await page.locator('[data-panel=loss] .stage-title').click()
    await expect.poll(() => shown(page)).toEqual(both)
    // a switch is a switch
    await page.locator('[data-panel=logits] .stage-toggle').first().click()
    expect(await shown(page)).toEqual(both)
    await close()
  })
})

describe('fingers', () => {
  const visit = () =>
    site.visit(`${link}&present=1`, { hasTouch: true, viewport: { width: 1024, height: 768 } })

  /** Moves fingers from places to places, in a few steps. */
  async function move(
    page: Page,
    from: readonly (readonly [number, number])[],
    to: readonly (readonly [number, number])[],
  ): Promise<void> {
    const client = await page.context().newCDPSession(page)
    const points = (share: number) =>
      from.map(([x, y], id) => ({ id, x: x + (to[id][0] - x) * share, y: y + (to[id][1] - y) * share }))
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points(0) })
    for (const share of [0.25, 0.5, 0.75, 1])
      await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: points(share) })
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await client.detach()
  }

  it('swipe the strip to the next step and back', async () => {
    const { page, close } = await visit()
    await ready(page)
    await presenting(page)
    await expect.poll(() => page.locator('.caption').textContent()).toMatch(/\S/)
    const ends = async () => {
      const { x, y, width } = (await page.locator('.caption').boundingBox())!
      return [
        [x + 20, y + 20],
        [x + width - 20, y + 25],
      ] as const
    }
    const [left, right] = await ends()
    await move(page, [right], [left])
    await expect.poll(() => step(page)).toBe('4 of 8')
    // the next caption is lower
    await expect.poll(() => page.locator('.answer').count()).toBe(0)
    const [first, last] = await ends()
    await move(page, [first], [last])
    await expect.poll(() => step(page)).toBe('3 of 8')
    await close()
  })

  it('enlarge a chart up to four times around their middle, and it is moved by one of them', async () => {
    const { page, complaints, close } = await visit()
    await ready(page)
    await presenting(page)
    await expect.poll(() => shown(page)).toEqual(['loss', 'variance'])
    const { x, y, width, height } = (await page.locator('[data-panel=variance] .stage-plot').boundingBox())!
    const middle = [x + width / 2, y + height / 2] as const
    const around = (apart: number) =>
      [
        [middle[0] - apart, middle[1]],
        [middle[0] + apart, middle[1]],
      ] as const
    await move(page, around(40), around(80))
    await expect.poll(() => shown(page)).toEqual(['variance'])
    const size = () =>
      page.locator('.room-panels').evaluate((room) => ({
        zoom: room.scrollWidth / room.clientWidth,
        left: room.scrollLeft,
        top: room.scrollTop,
      }))
    const { zoom, left, top } = await size()
    expect(zoom).toBeGreaterThan(1.9)
    expect(zoom).toBeLessThan(2.1)
    expect(Math.min(left, top)).toBeGreaterThan(0)
    await move(page, around(20), around(200))
    expect((await size()).zoom).toBeCloseTo(4, 1)
    // the labels of the axes are as large as before
    const type = await page
      .locator('[data-panel=variance] .stage-label:visible')
      .first()
      .evaluate((label) => Number.parseFloat(getComputedStyle(label).fontSize))
    expect(type).toBeCloseTo(768 / 44, 0)
    const before = await size()
    await move(page, [[500, 300]], [[300, 300]])
    await expect.poll(async () => (await size()).left).toBeGreaterThan(before.left)
    await page.keyboard.press('PageDown')
    await expect.poll(async () => (await size()).zoom).toBe(1)
    expect(complaints).toEqual([])
    await close()
  })
})
