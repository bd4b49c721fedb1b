/** Firefox, and the built page in it. `run.ts` names both. */
import puppeteer, { type Box, type Browser, type Page } from 'puppeteer-core'
import '../../src/app/console.ts'
import type { BackendKind } from '../../src/compute/backend.ts'
import type { Metrics } from '../../src/labs/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'

/** WebGPU is switched off on Linux, and elsewhere there is only for adapters that Mozilla has tried. */
const webGpuPreferences = { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true }
/** WebGL by the processor, which Firefox takes for too slow. It needs a window: there is none without one. */
const webGlPreferences = { 'webgl.force-enabled': true }

function named(variable: string): string {
  const value = process.env[variable]
  if (!value) throw new Error(`There is no ${variable}: run these tests by npm run test:browsers.`)
  return value
}

/**
 * WebDriver listens for workers, and then a worker that starts another one may wait for ever: Firefox 153 lets both wait on
 * one condition variable, and wakes one of them. Without it the page runs as it does for visitors.
 */
async function stopListeningForWorkers({ connection }: Browser): Promise<void> {
  const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome', maxDepth: 0 })
  const answer = await connection.send('script.evaluate', {
    target: { context: result.contexts[0].context },
    expression: "ChromeUtils.unregisterProcessActor('WebDriverWorkerListener')",
    awaitPromise: false,
  })
  if (answer.result.type !== 'success') throw new Error('Firefox goes on listening for workers.')
}

/** With WebGPU and WebGL, in a window; or without them and without a window. */
export async function openFirefox(kind: 'complete' | 'bare'): Promise<Browser> {
  const complete = kind === 'complete'
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: named('NATLAB_FIREFOX'),
    headless: !complete,
    args: ['--remote-allow-system-access'],
    // the tests have a limit of their own
    protocolTimeout: 0,
    defaultViewport: { width: 1280, height: 720 },
    extraPrefsFirefox: complete
      ? { ...webGpuPreferences, ...webGlPreferences }
      : { 'dom.webgpu.enabled': false, 'webgl.disabled': true },
  })
  await stopListeningForWorkers(browser)
  return browser
}

export interface Visit {
  readonly page: Page
  /** What the console's errors and warnings said, and what was thrown and not caught. */
  readonly complaints: string[]
}

/** The page at an address of its own, once its first lab is open. */
export async function visit(browser: Browser, hash = ''): Promise<Visit> {
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warn', 'assert'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (fault) => complaints.push(fault.message))
  await page.goto(`${named('NATLAB_SITE')}${hash}`)
  await page.waitForFunction(() => 'natlab' in window)
  await page.evaluate(() => window.natlab.ready)
  return { page, complaints }
}

/** A lab's numbers after so many steps from the start. */
export const measured = (
  page: Page,
  kind: BackendKind,
  lab: string,
  values: ParameterValues,
  steps: number,
): Promise<Metrics> =>
  page.evaluate(
    async (kind: BackendKind, lab: string, values: ParameterValues, steps: number) => {
      if (window.natlab.backend().kind !== kind) {
        // little is open while the backend is changed
        await window.natlab.open('kl', { family: 'uniform' })
        await window.natlab.use(kind)
      }
      await window.natlab.open(lab, values)
      await window.natlab.run(steps)
      return window.natlab.metrics()
    },
    kind,
    lab,
    values,
    steps,
  )

/** Where an element stands in the window, scrolled into view. */
export const boxOf = (page: Page, selector: string): Promise<Box> =>
  page.evaluate((selector: string) => {
    const element = document.querySelector(selector)
    if (!element) throw new Error(`The page has no ${selector}.`)
    element.scrollIntoView({ block: 'nearest' })
    const { x, y, width, height } = element.getBoundingClientRect()
    return { x, y, width, height }
  }, selector)

/** How many pixels of a part of the window have each colour, which is 0xRRGGBB. */
export async function coloursOf(page: Page, clip: Box): Promise<Map<number, number>> {
  const picture = await page.screenshot({ clip, encoding: 'base64' })
  const counts = await page.evaluate(async (picture: string) => {
    const image = new Image()
    image.src = `data:image/png;base64,${picture}`
    await image.decode()
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const counts = new Map<number, number>()
    for (let at = 0; at < data.length; at += 4) {
      const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2]
      counts.set(colour, (counts.get(colour) ?? 0) + 1)
    }
    return [...counts]
  }, picture)
  return new Map(counts)
}

/**
 * How many different colours each picture shows that can be seen in the window: one means blank. What is written over
 * the pictures is no part of them.
 */
export async function coloursOfPictures(page: Page): Promise<number[]> {
  const boxes = await page.evaluate(() => {
    document.head.insertAdjacentHTML('beforeend', '<style id="bare">.stage-plot * { opacity: 0 }</style>')
    const room = document.querySelector('#stage')!.getBoundingClientRect()
    return [...document.querySelectorAll('#stage .stage-plot')].flatMap((plot) => {
      const { x, y, width, height } = plot.getBoundingClientRect()
      return y >= room.top && y + height <= room.bottom ? [{ x, y, width, height }] : []
    })
  })
  const counts: number[] = []
  for (const box of boxes) counts.push((await coloursOf(page, box)).size)
  await page.evaluate(() => document.querySelector('#bare')!.remove())
  return counts
}
