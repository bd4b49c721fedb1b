/** The built site on a free port, and a browser that visits it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright'
import { preview } from 'vite'
import { onTestFailed } from 'vitest'
import '../../src/app/console.ts'
import { complaintsOf, newContext, newPage, sharedByWorker } from './browser.ts'

/** Sizes of the init lab for which a pass is quick on any backend. */
export const small = 'dModel=64&vocab=2000&tokens=16&seed=5'

export interface Visit {
  readonly page: Page
  /** Complaints in the browser's console or from the page. */
  readonly complaints: string[]
  close(): Promise<void>
}

export interface VisitOptions extends BrowserContextOptions {
  readonly beforeLoad?: (page: Page) => Promise<unknown>
  readonly fresh?: boolean
  readonly drawn?: boolean
  /** Nobody has been here before, in a browser with this visit alone. */
  readonly firstVisit?: boolean
}

export interface Site {
  readonly address: string
  /**
   * Opens the page; `path` is the part behind the address. All visits share a browser's cache, except those that ask
   * for a browser with other options. Unless a `fresh` page is asked for, an idle page of an earlier visit gets the
   * address, as if a user pasted it: loading a page takes longer than most tests. Pictures are empty unless `drawn`.
   */
  visit(path?: string, options?: VisitOptions): Promise<Visit>
  /** Makes the site free for the next test file. */
  close(): Promise<void>
}

/** Pauses the computation. False if the visit has left a state that another address does not reset. */
const isAsNew = (page: Page) =>
  page
    .evaluate(async () => {
      await window.natlab.run(0)
      const focused = document.activeElement as HTMLElement | null
      focused?.blur()
      // a page in full screen cannot be resized
      return !document.querySelector('.notice, dialog[open]') && !document.fullscreenElement
    })
    .catch(() => false)

/** A hidden page does not move and takes no time from other pages. */
const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    document.documentElement.style.display = hidden ? 'none' : ''
  }, hidden)

const served = sharedByWorker(
  () => preview({ preview: { port: 0, strictPort: false }, logLevel: 'error' }),
  (server) => server.close(),
)
/** A page for somebody who wants less motion does not play by itself. */
const usual = { reducedMotion: 'no-preference' } as const
const sharedContext = sharedByWorker(
  () => newContext(usual),
  (context) => context.close(),
)
/** Idle pages with and without pictures, the newest last. */
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
      {
        beforeLoad,
        fresh,
        drawn = false,
        firstVisit = false,
        viewport = { width: 1280, height: 720 },
        ...options
      } = {},
    ) {
      const own =
        firstVisit || Object.keys(options).length > 0
          ? await newContext({ ...usual, ...options }, { firstVisit })
          : undefined
      const anyPage = !own && !beforeLoad && !fresh && path.startsWith('#')
      const left = idle[drawn ? 'drawn' : 'empty']
      const reused = anyPage ? left.pop() : undefined
      const page = reused ?? (await newPage(own ?? (await sharedContext()), drawn))
      if (viewport) await page.setViewportSize(viewport)
      // an idle page that plays would slow down later tests
      onTestFailed(async () => {
        if (!left.includes(page)) await (own ?? page).close()
      })
      const { complaints, stop } = complaintsOf(page, ['error', 'warning'])
      await beforeLoad?.(page)
      await page.goto(address + path)
      if (reused) await setHidden(page, false)
      // an open page reads a new address only in a later task
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

/** Waits until the requested content is laid out and drawn. */
export const twoFrames = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

/** Number of different colours in the plot of each panel: 1 for a blank one. */
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
