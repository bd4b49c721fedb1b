/** The stage alone: the gallery's pages on a free port, and a browser that visits them. */
import type { Locator, Page } from 'playwright'
import { createServer } from 'vite'
import type { Stage } from '../../src/stage/contract.ts'
import { complaintsOf, newContext, newPage, setDrawn, sharedByWorker } from './browser.ts'
import { twoFrames } from './site.ts'

/** Variables that the gallery adds to its window. */
export type GalleryWindow = Window & { stage: Stage; showPage(query: string): void }

export interface GalleryOptions {
  readonly width?: number
  readonly height?: number
  readonly drawn?: boolean
}

export interface Gallery {
  readonly address: string
  /**
   * Opens a page of the gallery, by the query of its address, and waits until its panels are laid out. Pictures are
   * empty unless `drawn`. `close` keeps the browser's page for the next visit, because loading one takes longer than
   * most tests.
   */
  visit(
    query: string,
    options?: GalleryOptions,
  ): Promise<{ page: Page; faults: string[]; close(): Promise<void> }>
}

const served = sharedByWorker(
  async () => {
    const server = await createServer({ server: { port: 0, strictPort: false }, logLevel: 'error' })
    return server.listen()
  },
  (server) => server.close(),
)
// one context for all, so that files in its cache are loaded only once
const sharedContext = sharedByWorker(newContext, (context) => context.close())
const idle: Page[] = []

const show = (page: Page, query: string) =>
  page.evaluate((asked) => (window as unknown as GalleryWindow).showPage(asked), query)

/** Waits until the stage has drawn for the first time. */
export async function laidOut(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as unknown as GalleryWindow).stage?.statistics().draws > 0)
  await twoFrames(page)
}

export async function openGallery(): Promise<Gallery> {
  const address = `${(await served()).resolvedUrls?.local[0]}test/stage/gallery.html`
  return {
    address,
    async visit(query, { width = 1280, height = 800, drawn = false } = {}) {
      const left = idle.pop()
      const page = left ?? (await newPage(await sharedContext(), drawn))
      await page.setViewportSize({ width, height })
      const { complaints: faults, stop } = complaintsOf(page, ['error'])
      if (left) {
        await page.evaluate(setDrawn, drawn)
        await show(page, query)
      } else await page.goto(`${address}?${query}`)
      await laidOut(page)
      return {
        page,
        faults,
        async close() {
          stop()
          await page.mouse.move(0, 0)
          await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
          await page.emulateMedia({ reducedMotion: null })
          // nothing moves in an idle page
          await show(page, 'page=none')
          idle.push(page)
        },
      }
    },
  }
}

/** Number of pixels of the canvas under each plot that are not empty. */
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

/** The middle of an element, to point at. */
export const middle = async (target: Locator) => {
  const box = await target.boundingBox()
  if (!box) throw new Error('What is to be pointed at is not in sight.')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
