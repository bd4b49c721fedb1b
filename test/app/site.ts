/** The built site on a free port, and a browser to visit it with. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright'
import { preview } from 'vite'
import { onTestFailed } from 'vitest'
import '../../src/app/console.ts'
import { complaintsOf, newContext, newPage, sharedByWorker } from './browser.ts'

/** Of the init lab: small enough that a pass takes a moment on any backend. */
export const small = 'dModel=64&vocab=2000&tokens=16&seed=5'

export interface Visit {
  readonly page: Page
  /** What the browser's console or the page complained about. */
  readonly complaints: string[]
  close(): Promise<void>
}

export interface VisitOptions extends BrowserContextOptions {
  readonly beforeLoad?: (page: Page) => Promise<unknown>
  readonly fresh?: boolean
  readonly drawn?: boolean
}

export interface Site {
  readonly address: string
  /**
   * Opens the page; `path` is what follows the address. Visits share a browser's cache, as a person's do, but for those
   * that ask for a browser with options of its own; and an address goes into a page that an earlier visit has closed,
   * as one that is pasted into an open tab, unless a `fresh` page is asked for: loading one takes longer than most of
   * what is tried in it. The pictures are empty unless they are to be `drawn`.
   */
  visit(path?: string, options?: VisitOptions): Promise<Visit>
  /** Leaves the site to the next file. */
  close(): Promise<void>
}

/** Pauses what is computed. False where something of the visit is left that another address does not take away. */
const isAsNew = (page: Page) =>
  page
    .evaluate(async () => {
      await window.natlab.run(0)
      const focused = document.activeElement as HTMLElement | null
      focused?.blur()
      return !document.querySelector('.notice, dialog[open]')
    })
    .catch(() => false)

/** Out of sight nothing moves, and nothing takes time from other pages. */
const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    document.documentElement.style.display = hidden ? 'none' : ''
  }, hidden)

const served = sharedByWorker(
  () => preview({ preview: { port: 0, strictPort: false }, logLevel: 'error' }),
  (server) => server.close(),
)
/** Without motion, which costs a software adapter frames and shows nothing that is tried here. */
const calm = { reducedMotion: 'reduce' } as const
const sharedContext = sharedByWorker(
  () => newContext(calm),
  (context) => context.close(),
)
/** Pages that were left, with and without pictures: the newest last. */
const idle = { drawn: [] as Page[], empty: [] as Page[] }

export async function openSite(): Promise<Site> {
  if (!existsSync(join(process.cwd(), 'dist/index.html')))
    throw new Error('The page tests visit the built site: run `npm run build` first.')
  const address = (await served()).resolvedUrls?.local[0]
  if (!address) throw new Error('The built site could not be served.')
  return {
    address,
    async visit(
      path = '',
      { beforeLoad, fresh, drawn = false, viewport = { width: 1280, height: 720 }, ...options } = {},
    ) {
      const own = Object.keys(options).length > 0 ? await newContext({ ...calm, ...options }) : undefined
      const anyPage = !own && !beforeLoad && !fresh && path.startsWith('#')
      const left = idle[drawn ? 'drawn' : 'empty']
      const reused = anyPage ? left.pop() : undefined
      const page = reused ?? (await newPage(own ?? (await sharedContext()), drawn))
      if (viewport) await page.setViewportSize(viewport)
      // a page that is left playing would slow down whatever is tested after it
      onTestFailed(async () => {
        if (!left.includes(page)) await (own ?? page).close()
      })
      const { complaints, stop } = complaintsOf(page, ['error', 'warning'])
      await beforeLoad?.(page)
      await page.goto(address + path)
      if (reused) await setHidden(page, false)
      // an open page hears of its new address a moment later
      await page.evaluate(() => new Promise((done) => setTimeout(done)))
      return {
        page,
        complaints,
        async close() {
          stop()
          if (anyPage && (await isAsNew(page))) left.push(page)
          else await (own ?? page).close()
        },
      }
    },
    async close() {
      for (const page of [...idle.drawn, ...idle.empty]) await setHidden(page, true)
    },
  }
}

/** Waits until the page's first lab is open and its state complete. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => 'natlab' in window)
  await page.evaluate(async () => {
    await window.natlab.ready
    await window.natlab.metrics()
  })
}

/** What was asked for has been laid out and drawn. */
export const twoFrames = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

/** How many different colours each panel's plot shows: one means blank. */
export async function coloursOf(page: Page, selector: string): Promise<number[]> {
  const counts: number[] = []
  for (const plot of await page.locator(selector).all()) {
    const png = (await plot.screenshot()).toString('base64')
    counts.push(
      await page.evaluate(async (data) => {
        const image = new Image()
        image.src = `data:image/png;base64,${data}`
        await image.decode()
        const canvas = new OffscreenCanvas(image.width, image.height)
        const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
        context.drawImage(image, 0, 0)
        const { data: pixels } = context.getImageData(0, 0, image.width, image.height)
        const colours = new Set<number>()
        for (let at = 0; at < pixels.length; at += 4)
          colours.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2])
        return colours.size
      }, png),
    )
  }
  return counts
}
