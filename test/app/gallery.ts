/** The stage by itself: the gallery's pages on a free port, and a browser to visit them with. */
import { type Browser, chromium, type Locator, type Page } from 'playwright'
import { createServer } from 'vite'
import type { Stage } from '../../src/stage/contract.ts'
import { browserArguments, findBrowser } from '../browser/find.ts'
import { complaintsOf, drawPlainEdges, twoFrames } from './site.ts'

/** What the gallery puts into its window. */
export type GalleryWindow = Window & { stage: Stage; showPage(query: string): void }

export interface Gallery {
  readonly browser: Browser
  readonly address: string
  /**
   * Opens one of its pages, by what follows the address. Waits until it is drawn. `close` leaves the browser's page to
   * the next visit: loading one takes longer than most of what is tried in it.
   */
  visit(
    query: string,
    viewport?: { readonly width: number; readonly height: number },
  ): Promise<{ page: Page; faults: string[]; close(): Promise<void> }>
  close(): Promise<void>
}

export async function openGallery(): Promise<Gallery> {
  const server = await createServer({ server: { port: 0, strictPort: false }, logLevel: 'error' })
  await server.listen()
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments })
  const address = `${server.resolvedUrls?.local[0]}test/stage/gallery.html`
  // one for all: what one page has fetched need not be fetched for the next
  const context = await browser.newContext()
  await drawPlainEdges(context)
  const idle: Page[] = []
  return {
    browser,
    address,
    async visit(query, viewport = { width: 1280, height: 800 }) {
      const page = idle.pop() ?? (await context.newPage())
      await page.setViewportSize(viewport)
      const { complaints: faults, stop } = complaintsOf(page, ['error'])
      if (page.url().startsWith(address))
        await page.evaluate((asked) => (window as unknown as GalleryWindow).showPage(asked), query)
      else await page.goto(`${address}?${query}`)
      await page.waitForFunction(() => (window as unknown as GalleryWindow).stage?.statistics().draws > 0)
      await twoFrames(page)
      return {
        page,
        faults,
        async close() {
          stop()
          await page.mouse.move(0, 0)
          await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
          await page.emulateMedia({ reducedMotion: null })
          idle.push(page)
        },
      }
    },
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

/** How many pixels of the canvas under each plot are not empty. */
export const drawnPixels = (page: Page) =>
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

/** Where to point at an element. */
export const middle = async (target: Locator) => {
  const box = await target.boundingBox()
  if (!box) throw new Error('What is to be pointed at is not in sight.')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
