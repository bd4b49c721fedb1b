/** The browser that all page tests of a worker share, and the settings of its pages. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  chromium,
  type Page,
} from 'playwright'
import { browserArguments, findBrowser } from '../browser/find.ts'
import { visitAs } from '../browser/visitor.ts'

/** Makes a value when it is first needed, for all test files of a worker; closes it when the worker ends. */
export function sharedByWorker<Made>(
  make: () => Promise<Made>,
  close: (made: Made) => Promise<unknown>,
): () => Promise<Made> {
  let made: Promise<Made> | undefined
  return () => {
    if (!made) {
      made = make()
      atWorkersEnd(async () => close(await made!))
    }
    return made
  }
}

const sharedBrowser = sharedByWorker<Browser>(
  () => chromium.launch({ executablePath: findBrowser(), args: browserArguments }),
  (browser) => browser.close(),
)

/**
 * Factor by which the main thread of a page is slowed down: `NATLAB_THROTTLE=6 npm test` shows tests that depend on
 * speed. A page that the browser itself opens, not a test, runs at full speed.
 */
const throttle = Number(process.env.NATLAB_THROTTLE ?? 1)

/**
 * A browser context with the settings of the tests: of somebody who has been here before, unless told otherwise. Nothing is
 * kept for visits without a network, which would take time from other pages, unless the context `keeps`.
 */
export async function newContext(
  options?: BrowserContextOptions,
  { firstVisit = false, keeps = false } = {},
): Promise<BrowserContext> {
  const context = await (await sharedBrowser()).newContext(options)
  // no time limit here: slow machines are slow, and each test has its own limit
  context.setDefaultTimeout(0)
  await context.addInitScript(drawPlainly)
  await context.addInitScript(visitAs, { seen: !firstVisit, keeps })
  return context
}

/** @param drawn as in `setDrawn` */
export async function newPage(context: BrowserContext, drawn: boolean): Promise<Page> {
  const page = await context.newPage()
  if (throttle > 1) {
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  }
  await page.addInitScript(setDrawn, drawn)
  return page
}

/** Sets whether WebGL draws in the page. A test that looks at no picture need not wait for the CPU to draw it. */
export function setDrawn(drawn: boolean): void {
  Object.assign(window, { drawn })
}

/**
 * Draws without multisampling: no test looks at smooth edges, and they take a software adapter longer than all else
 * here. Draws nothing at all while `drawn` is false.
 */
function drawPlainly(): void {
  const getContext = HTMLCanvasElement.prototype.getContext as (kind: string, options?: object) => unknown
  HTMLCanvasElement.prototype.getContext = function (
    this: HTMLCanvasElement,
    kind: string,
    options?: object,
  ) {
    return getContext.call(this, kind, { ...options, antialias: false })
  } as typeof HTMLCanvasElement.prototype.getContext
  const prototype = WebGL2RenderingContext.prototype as unknown as Record<
    string,
    (...given: unknown[]) => void
  >
  for (const name of ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced']) {
    const draw = prototype[name]
    prototype[name] = function (...given) {
      if ((window as { drawn?: boolean }).drawn) draw.apply(this, given)
    }
  }
}

/** Chromium's messages about its slow software WebGL; they are no complaints about the page. */
const driverTalk = /GL Driver Message|GPU stall due to ReadPixels|Automatic fallback to software WebGL/

/** Collects a page's complaints until `stop`: faults, and console messages of these types. */
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
