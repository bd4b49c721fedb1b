/** The browser that the page tests of a worker share, and what is done to every page of it. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  chromium,
  type Page,
} from 'playwright'
import { browserArguments, findBrowser } from '../browser/find.ts'

/** Made when it is first asked for, the same for all files of a worker, and closed at the worker's end. */
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
 * How many times slower a page's main thread runs: `NATLAB_THROTTLE=6 npm test` shows what rests on speed. A page that
 * is opened by the browser itself, not by a test, runs at full speed.
 */
const throttle = Number(process.env.NATLAB_THROTTLE ?? 1)

/** A context whose pages are as the tests want them. */
export async function newContext(options?: BrowserContextOptions): Promise<BrowserContext> {
  const context = await (await sharedBrowser()).newContext(options)
  // what is waited for may come late: a test has one limit, which is its own
  context.setDefaultTimeout(0)
  await context.addInitScript(drawPlainly)
  return context
}

/** `drawn` as in `setDrawn`. */
export async function newPage(context: BrowserContext, drawn: boolean): Promise<Page> {
  const page = await context.newPage()
  if (throttle > 1) {
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  }
  await page.addInitScript(setDrawn, drawn)
  return page
}

/** Whether the page's WebGL draws. What looks at no picture need not wait for a processor to draw it. */
export function setDrawn(drawn: boolean): void {
  Object.assign(window, { drawn })
}

/**
 * Without multisampling: smooth edges take a software adapter longer than all else that these tests do, and none looks
 * at them. And not at all where nobody looks.
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

/** Chromium's software WebGL tells of its own slowness; that is no complaint about the page. */
const driverTalk = /GL Driver Message|GPU stall due to ReadPixels|Automatic fallback to software WebGL/

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
