/** The stage by itself, in a browser: the gallery's pages, drawn, read, lost and restored. */
import { type Browser, chromium, type Page } from 'playwright'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from '../../src/stage/contract.ts'
import { browserArguments, findBrowser } from '../browser/find.ts'

let server: ViteDevServer
let browser: Browser

beforeAll(async () => {
  server = await createServer({ server: { port: 0, strictPort: false }, logLevel: 'error' })
  await server.listen()
  browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

type Gallery = Window & { stage: Stage }

async function visit(
  query: string,
  viewport = { width: 1280, height: 800 },
): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport })
  const faults: string[] = []
  page.on('pageerror', (fault) => faults.push(fault.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  await page.goto(`${server.resolvedUrls?.local[0]}test/stage/gallery.html?${query}`)
  await page.waitForFunction(() => (window as unknown as Gallery).stage?.statistics().draws > 0)
  await rest(page)
  return { page, faults }
}

/** Two frames: what was asked for has been drawn. */
const rest = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

const draws = (page: Page) => page.evaluate(() => (window as unknown as Gallery).stage.statistics().draws)

/** How many pixels of the canvas under each plot are not empty. */
const drawnPixels = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector('.stage-canvas') as HTMLCanvasElement
    const copy = document.createElement('canvas')
    const origin = canvas.getBoundingClientRect()
    return [...document.querySelectorAll('.stage-plot')].map((plot) => {
      const { left, top, width, height } = plot.getBoundingClientRect()
      const ratio = canvas.width / origin.width
      copy.width = width
      copy.height = height
      const context = copy.getContext('2d') as CanvasRenderingContext2D
      const source = [
        (left - origin.left) * ratio,
        (top - origin.top) * ratio,
        width * ratio,
        height * ratio,
      ] as const
      context.drawImage(canvas, ...source, 0, 0, width, height)
      const { data } = context.getImageData(0, 0, copy.width, copy.height)
      return data.filter((value, index) => index % 4 === 3 && value > 0).length
    })
  })

describe('the stage', () => {
  it('draws every panel, and nothing when nothing changed', async () => {
    const { page, faults } = await visit('page=init')
    for (const pixels of await drawnPixels(page)) expect(pixels).toBeGreaterThan(5000)
    const before = await draws(page)
    await page.waitForTimeout(400)
    expect(await draws(page)).toBe(before)
    expect(faults).toEqual([])
    await page.close()
  })

  it.each([320, 760, 1280])('lets no label be cut off by its panel at %i pixels', async (width) => {
    for (const theme of ['dark', 'projector']) {
      const { page } = await visit(`page=init&theme=${theme}`, { width, height: 800 })
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.stage-label:not([hidden])')].flatMap((label) => {
          const own = label.getBoundingClientRect()
          const panel = label.closest('.stage-panel')?.getBoundingClientRect()
          const whole =
            panel && own.left >= panel.left && own.right <= panel.right && own.bottom <= panel.bottom
          return whole ? [] : [label.textContent]
        }),
      )
      expect(cut).toEqual([])
      await page.close()
    }
  })

  it('draws again after the context was lost', async () => {
    const { page, faults } = await visit('page=init')
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
    await rest(page)
    expect(await messages()).toEqual([])
    expect(await drawnPixels(page)).toEqual(whole)
    expect(faults).toEqual([])
    await page.close()
  })

  it('is read and turned by keyboard', async () => {
    const { page } = await visit('page=init')
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
    await rest(page)
    expect(await places()).not.toBe(home)
    await page.keyboard.press('Home')
    await rest(page)
    expect(await places()).toBe(home)
    await page.close()
  })

  it('survives numbers and domains that make no sense', async () => {
    const { page, faults } = await visit('page=hostile', { width: 320, height: 500 })
    expect(await page.locator('.stage-message').first().textContent()).toBe('Nothing to draw yet.')
    // no room at all, then room again
    for (const display of ['none', '']) {
      await page.locator('main').evaluate((main, value) => {
        main.style.display = value
      }, display)
      await rest(page)
    }
    expect((await drawnPixels(page)).every((pixels) => pixels > 1000)).toBe(true)
    expect(faults).toEqual([])
    await page.close()
  })

  it('saves what it shows at the scale asked for, and leaves nothing behind', async () => {
    const { page, faults } = await visit('page=marks')
    const size = await page.evaluate(async () => {
      const { stage } = window as unknown as Gallery
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
    const { page } = await visit('page=init', { width: 844, height: 390 })
    await page.evaluate(() => {
      const { documentElement: root } = document
      let widest = 0
      const measure = () => {
        widest = Math.max(widest, root.scrollWidth - root.clientWidth)
        requestAnimationFrame(measure)
      }
      addEventListener('resize', measure)
      Object.assign(window, { excess: () => widest })
    })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.waitForTimeout(200)
    expect(await page.evaluate(() => (window as unknown as { excess: () => number }).excess())).toBe(0)
    await page.close()
  })

  it('writes the texts into the picture that are seen, each once', async () => {
    const { page } = await visit('page=init')
    const { drawn, seen } = await page.evaluate(async () => {
      const texts = (words: string) => words.replace(/\s+/g, '')
      let drawn = ''
      const { fillText } = CanvasRenderingContext2D.prototype
      CanvasRenderingContext2D.prototype.fillText = function (text: string, x: number, y: number) {
        drawn += texts(text)
        fillText.call(this, text, x, y)
      }
      await (window as unknown as Gallery).stage.exportImage(1)
      const walker = document.createTreeWalker(
        document.querySelector('.stage') as Element,
        NodeFilter.SHOW_TEXT,
      )
      let seen = ''
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement as HTMLElement
        const visible = element.checkVisibility() && !element.closest('.stage-note-beside')
        if (visible && !element.closest('.stage-toggles')) seen += texts(node.textContent ?? '')
      }
      return { drawn, seen }
    })
    expect(drawn).toBe(seen)
    await page.close()
  })
})

it('says so in one sentence where WebGL is missing', async () => {
  const page = await browser.newPage()
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
  await page.goto(`${server.resolvedUrls?.local[0]}test/stage/gallery.html`)
  expect((await fault).message).toMatch(/WebGL 2/)
  await page.close()
})
