/** The stage alone in a browser: the gallery's pages are drawn, read, lost and restored. */
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { newContext, newPage } from './browser.ts'
import { drawnPixels, type Gallery, type GalleryWindow, openGallery } from './gallery.ts'
import { twoFrames } from './site.ts'

let gallery: Gallery

beforeAll(async () => {
  gallery = await openGallery()
})

const visit: Gallery['visit'] = (...wanted) => gallery.visit(...wanted)

const draws = (page: Page) =>
  page.evaluate(() => (window as unknown as GalleryWindow).stage.statistics().draws)

describe('the stage', () => {
  it('draws every panel, and nothing when nothing changed', async () => {
    const { page, faults, close } = await visit('page=init', { drawn: true })
    for (const pixels of await drawnPixels(page)) expect(pixels).toBeGreaterThan(5000)
    const before = await draws(page)
    await page.waitForTimeout(400)
    expect(await draws(page)).toBe(before)
    // where drawing is slow, each frame draws one panel, so that a slider is not blocked
    const drawn = await page.evaluate(async () => {
      const { stage } = window as unknown as GalleryWindow
      const panels = document.querySelectorAll('.stage-panel').length
      const now = performance.now.bind(performance)
      let late = 0
      performance.now = () => now() + (late += 10)
      const counts = [stage.statistics().draws]
      stage.light([])
      while (counts[counts.length - 1] < counts[0] + panels && counts.length < 100) {
        await new Promise(requestAnimationFrame)
        counts.push(stage.statistics().draws)
      }
      performance.now = now
      return { panels, steps: counts.slice(1).map((count, index) => count - counts[index]) }
    })
    expect(drawn.steps.filter((count) => count > 0)).toEqual(Array.from({ length: drawn.panels }, () => 1))
    expect(faults).toEqual([])
    await close()
  })

  it('moves no picture when a note comes back that stands beside an axis title', async () => {
    const { page, close } = await visit('page=init')
    const heights = await page.evaluate(async () => {
      const { stage } = window as unknown as GalleryWindow
      const chart = stage.chart({ id: 'noted', title: 'Noted' })
      const plot = document.querySelector('[data-panel=noted] .stage-plot') as HTMLElement
      const update = (note?: string) =>
        chart.update({
          x: { label: 'x', scale: 'linear' },
          y: { label: 'y', scale: 'linear' },
          marks: [{ kind: 'dots', role: 'truth', x: [0, 1], y: [0, 1] }],
          description: '',
          note,
        })
      const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      const found: number[] = []
      for (const note of ['a note', undefined, 'another']) {
        update(note)
        // the last height is read before the drawing
        if (note !== 'another') await frames()
        found.push(plot.clientHeight)
      }
      return found
    })
    expect(heights).toEqual([heights[0], heights[0], heights[0]])
    await close()
  })

  it.each(['dark', 'projector'])('lets no label be cut off by its panel in the %s theme', async (theme) => {
    const { page, close } = await visit(`page=init&theme=${theme}`)
    for (const width of [320, 760, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await twoFrames(page)
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.stage-label:not([hidden])')].flatMap((label) => {
          const own = label.getBoundingClientRect()
          const panel = label.closest('.stage-panel')?.getBoundingClientRect()
          const whole =
            panel && own.left >= panel.left && own.right <= panel.right && own.bottom <= panel.bottom
          return whole ? [] : [label.textContent]
        }),
      )
      expect(cut, `${width} px`).toEqual([])
    }
    await close()
  })

  it('draws again after the context was lost', async () => {
    const { page, faults } = await visit('page=init', { drawn: true })
    const whole = await drawnPixels(page)
    await page.evaluate(async () => {
      const canvas = document.querySelector('.stage-canvas') as HTMLCanvasElement
      const context = canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')
      const event = (name: string) =>
        new Promise((done) => canvas.addEventListener(name, done, { once: true }))
      const lost = event('webglcontextlost')
      context?.loseContext()
      await lost
      Object.assign(window, {
        restore: () => {
          const restored = event('webglcontextrestored')
          setTimeout(() => context?.restoreContext())
          return restored
        },
      })
    })
    const messages = () => page.locator('.stage-message:not([hidden])').allTextContents()
    expect((await messages()).filter((text) => /graphics were reset/.test(text))).toHaveLength(whole.length)
    await page.evaluate(() => (window as unknown as { restore: () => Promise<void> }).restore())
    await twoFrames(page)
    expect(await messages()).toEqual([])
    expect(await drawnPixels(page)).toEqual(whole)
    expect(faults).toEqual([])
    await page.close()
  })

  it('is read and turned by keyboard', async () => {
    const { page, close } = await visit('page=init')
    const chart = page.locator('[data-panel=loss]')
    await chart.locator('.stage-plot').focus()
    await page.keyboard.press('Home')
    const readout = chart.locator('.stage-readout')
    const title = readout.locator('.stage-readout-title')
    expect(await title.textContent()).toBe('d_model 16')
    await page.keyboard.press('ArrowRight')
    expect(await title.textContent()).toMatch(/^d_model 16\.\d/)
    await page.keyboard.press('Escape')
    expect(await readout.isHidden()).toBe(true)
    const scene = page.locator('[data-panel=landscape]')
    const places = () => scene.locator('.stage-labels').evaluate((labels) => labels.innerHTML)
    const home = await places()
    await scene.locator('.stage-plot').focus()
    await page.keyboard.press('ArrowLeft')
    await twoFrames(page)
    expect(await places()).not.toBe(home)
    await page.keyboard.press('Home')
    await twoFrames(page)
    expect(await places()).toBe(home)
    await close()
  })

  it('survives numbers and domains that make no sense', async () => {
    const { page, faults, close } = await visit('page=hostile', { width: 320, height: 500, drawn: true })
    expect(await page.locator('.stage-message').first().textContent()).toBe('Nothing to draw yet.')
    // first no room, then room again
    for (const display of ['none', '']) {
      await page.locator('main').evaluate((main, value) => {
        main.style.display = value
      }, display)
      await twoFrames(page)
    }
    expect((await drawnPixels(page)).every((pixels) => pixels > 1000)).toBe(true)
    expect(faults).toEqual([])
    await close()
  })

  it('saves what it shows at the scale asked for, and leaves nothing behind', async () => {
    const { page, faults } = await visit('page=marks', { drawn: true })
    const size = await page.evaluate(async () => {
      const { stage } = window as unknown as GalleryWindow
      const picture = await createImageBitmap(await stage.exportImage(1.5))
      const { width, height } = (document.querySelector('.stage') as HTMLElement).getBoundingClientRect()
      const scale = [picture.width / width, picture.height / height]
      stage.dispose()
      return { scale, left: document.querySelector('main')?.childElementCount }
    })
    expect(size.scale[0]).toBeCloseTo(1.5, 2)
    expect(size.scale[1]).toBeCloseTo(1.5, 2)
    expect(size.left).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  it('never widens the page, also while it becomes narrower', async () => {
    const { page, close } = await visit('page=init', { width: 844, height: 390 })
    await page.evaluate(() => {
      const { documentElement: root } = document
      let widest = 0
      let waiting = 0
      const measure = () => {
        widest = Math.max(widest, root.scrollWidth - root.clientWidth)
        waiting = requestAnimationFrame(measure)
      }
      addEventListener('resize', measure, { once: true })
      const excess = () => {
        cancelAnimationFrame(waiting)
        return widest
      }
      Object.assign(window, { excess })
    })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.waitForTimeout(200)
    expect(await page.evaluate(() => (window as unknown as { excess: () => number }).excess())).toBe(0)
    await close()
  })

  it.each(['init', 'board'])(
    'writes the texts of %s into the picture that are seen, each once',
    async (name) => {
      const { page, close } = await visit(`page=${name}`, { width: 1920, height: 1080 })
      const { drawn, seen } = await page.evaluate(async () => {
        const texts = (words: string) => words.replace(/\s+/g, '')
        let drawn = ''
        const { fillText } = CanvasRenderingContext2D.prototype
        CanvasRenderingContext2D.prototype.fillText = function (text: string, x: number, y: number) {
          drawn += texts(text)
          fillText.call(this, text, x, y)
        }
        await (window as unknown as GalleryWindow).stage.exportImage(1)
        CanvasRenderingContext2D.prototype.fillText = fillText
        const walker = document.createTreeWalker(
          document.querySelector('.stage') as Element,
          NodeFilter.SHOW_TEXT,
        )
        let seen = ''
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const element = node.parentElement as HTMLElement
          const visible = element.checkVisibility() && !element.closest('.stage-note-beside')
          if (visible && !element.closest('.stage-toggles, .stage-action'))
            seen += texts(node.textContent ?? '')
        }
        return { drawn, seen }
      })
      expect(drawn).toBe(seen)
      await close()
    },
  )
})

it('says so in one sentence where WebGL is missing', async () => {
  const context = await newContext()
  const page = await newPage(context, false)
  await page.addInitScript(() => {
    const original = HTMLCanvasElement.prototype.getContext
    HTMLCanvasElement.prototype.getContext = function (
      this: HTMLCanvasElement,
      kind: string,
      ...rest: unknown[]
    ) {
      return kind.startsWith('webgl') ? null : Reflect.apply(original, this, [kind, ...rest])
    } as typeof original
  })
  const fault = page.waitForEvent('pageerror')
  await page.goto(gallery.address)
  expect((await fault).message).toMatch(/WebGL 2/)
  await context.close()
})
