/** The built site on a free port, and a browser to visit it with. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  chromium,
  type Page,
} from 'playwright'
import { type PreviewServer, preview } from 'vite'
import { onTestFailed } from 'vitest'
import '../../src/app/console.ts'
import { browserArguments, findBrowser } from '../browser/find.ts'

/** Of the init lab: small enough that a pass takes a moment on any backend. */
export const small = 'dModel=64&vocab=2000&tokens=16&seed=5'

export interface Visit {
  readonly page: Page
  /** What the browser's console or the page complained about. */
  readonly complaints: string[]
  close(): Promise<void>
}

export interface Site {
  readonly address: string
  /**
   * Opens the page; `path` is what follows the address. Visits share a browser's cache, as a person's do, but for those
   * that ask for a browser with options of its own; and an address goes into a page that an earlier visit has closed,
   * as one that is pasted into an open tab, unless a `fresh` page is asked for: loading one takes longer than most of
   * what is tried in it.
   */
  visit(
    path?: string,
    options?: BrowserContextOptions & { beforeLoad?: (page: Page) => Promise<unknown>; fresh?: boolean },
  ): Promise<Visit>
  close(): Promise<void>
}

/** Chromium's software WebGL tells of its own slowness; that is no complaint about the page. */
const driverTalk = /GL Driver Message|GPU stall due to ReadPixels|Automatic fallback to software WebGL/

/**
 * Pages of this context draw without multisampling: smooth edges take a software adapter longer than all else that these
 * tests do, and none looks at them.
 */
export const drawPlainEdges = (context: BrowserContext) =>
  context.addInitScript(() => {
    const getContext = HTMLCanvasElement.prototype.getContext as (kind: string, options?: object) => unknown
    HTMLCanvasElement.prototype.getContext = function (
      this: HTMLCanvasElement,
      kind: string,
      options?: object,
    ) {
      return getContext.call(this, kind, { ...options, antialias: false })
    } as typeof HTMLCanvasElement.prototype.getContext
  })

/** What the page complains about from now on until `stop`: faults, and the console's messages of these types. */
export function complaintsOf(page: Page, types: readonly string[]) {
  const complaints: string[] = []
  const onMessage = (message: ConsoleMessage) => {
    if (types.includes(message.type()) && !driverTalk.test(message.text())) complaints.push(message.text())
  }
  const onFault = (fault: Error) => complaints.push(fault.message)
  page.on('console', onMessage)
  page.on('pageerror', onFault)
  const stop = () => {
    page.off('console', onMessage)
    page.off('pageerror', onFault)
  }
  return { complaints, stop }
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

export async function openSite(extraArguments: readonly string[] = []): Promise<Site> {
  if (!existsSync(join(process.cwd(), 'dist/index.html')))
    throw new Error('The page tests visit the built site: run `npm run build` first.')
  const server: PreviewServer = await preview({ preview: { port: 0, strictPort: false }, logLevel: 'error' })
  const address = server.resolvedUrls?.local[0]
  if (!address) throw new Error('The built site could not be served.')
  const browser: Browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [...browserArguments, ...extraArguments],
  })
  const openContext = async (options?: BrowserContextOptions) => {
    const context = await browser.newContext(options)
    await drawPlainEdges(context)
    return context
  }
  let shared: Promise<BrowserContext> | undefined
  const idle: Page[] = []
  return {
    address,
    async visit(path = '', { beforeLoad, fresh, viewport = { width: 1280, height: 720 }, ...options } = {}) {
      const own = Object.keys(options).length > 0 ? await openContext(options) : undefined
      shared ??= openContext()
      const anyPage = !own && !beforeLoad && !fresh && path.startsWith('#')
      const page = (anyPage && idle.pop()) || (await (own ?? (await shared)).newPage())
      if (viewport) await page.setViewportSize(viewport)
      // a page that is left playing would slow down whatever is tested after it
      onTestFailed(async () => {
        if (!idle.includes(page)) await (own ?? page).close()
      })
      const { complaints, stop } = complaintsOf(page, ['error', 'warning'])
      await beforeLoad?.(page)
      await page.goto(address + path)
      // an open page hears of its new address a moment later
      await page.evaluate(() => new Promise((done) => setTimeout(done)))
      return {
        page,
        complaints,
        async close() {
          stop()
          if (anyPage && (await isAsNew(page))) idle.push(page)
          else await (own ?? page).close()
        },
      }
    },
    async close() {
      await browser.close()
      await server.close()
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
