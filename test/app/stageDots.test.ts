/** Thousands of dots in a browser: the page's painting for software renderers equals the drawing of a GPU. */
import type { BrowserContext } from 'playwright'
import { beforeAll, expect, it } from 'vitest'
import { newContext, newPage } from './browser.ts'
import { type Gallery, laidOut, openGallery } from './gallery.ts'

let gallery: Gallery

beforeAll(async () => {
  gallery = await openGallery()
})

interface Pixels {
  readonly columns: number
  /** Red, green, blue and alpha of each pixel. */
  readonly values: Buffer
}

/** The pixels of the panel with ten clouds of dots. */
async function cloudPixels(context: BrowserContext, renderer: string, theme: string): Promise<Pixels> {
  const page = await newPage(context, true)
  await page.addInitScript((name) => {
    const { getParameter } = WebGL2RenderingContext.prototype
    WebGL2RenderingContext.prototype.getParameter = function (asked) {
      // UNMASKED_RENDERER_WEBGL
      return asked === 0x9246 ? name : getParameter.call(this, asked)
    }
  }, renderer)
  await page.goto(`${gallery.address}?page=classes&theme=${theme}`)
  await laidOut(page)
  const { columns, bytes } = await page.evaluate(() => {
    const canvas = document.querySelector('.stage-canvas') as HTMLCanvasElement
    const origin = canvas.getBoundingClientRect()
    const plot = (
      document.querySelector('[data-panel=clouds] .stage-plot') as HTMLElement
    ).getBoundingClientRect()
    const ratio = canvas.width / origin.width
    const copy = new OffscreenCanvas(canvas.width, canvas.height)
    const context = copy.getContext('2d') as OffscreenCanvasRenderingContext2D
    context.fillStyle = getComputedStyle(document.querySelector('.stage-panel') as Element).backgroundColor
    context.fillRect(0, 0, copy.width, copy.height)
    context.drawImage(canvas, 0, 0)
    const [left, top] = [plot.left - origin.left, plot.top - origin.top].map((side) =>
      Math.round(side * ratio),
    )
    const { data, width } = context.getImageData(left, top, plot.width * ratio, plot.height * ratio)
    // as text, because it is transferred over a hundred times as fast as numbers
    return {
      columns: width,
      bytes: Array.from({ length: Math.ceil(data.length / 8192) }, (_, part) =>
        String.fromCharCode(...data.subarray(8192 * part, 8192 * (part + 1))),
      ).join(''),
    }
  })
  await page.close()
  return { columns, values: Buffer.from(bytes, 'latin1') }
}

/** Mean distance of two pictures' values, the second one moved to the right by so many columns. */
function distance(one: Pixels, other: Pixels, columns = 0): number {
  let sum = 0
  for (let at = 4 * columns; at < one.values.length; at++)
    sum += Math.abs(one.values[at] - other.values[at - 4 * columns])
  return sum / one.values.length
}

it('they look the same, where the pixels are not those of the page', async () => {
  const context = await newContext({ deviceScaleFactor: 1.5, viewport: { width: 1280, height: 800 } })
  const [painted, drawn] = [
    await cloudPixels(context, 'a software renderer: SwiftShader', 'projector'),
    await cloudPixels(context, 'a GPU', 'projector'),
  ]
  await context.close()
  expect(painted.columns).toBe(drawn.columns)
  expect(painted.values.length).toBe(drawn.values.length)
  const between = distance(painted, drawn)
  // a dot may be off by a sixteenth of a pixel
  expect(between).toBeGreaterThan(0)
  expect(between).toBeLessThan(distance(drawn, drawn, 1) / 10)
})
