/** Pixels of a page, as it is shown. */
import type { Page } from 'playwright'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green, blue, opacity. */
  readonly data: readonly number[]
}

/** A rectangle of the window. */
export interface Clip {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export async function pixelsOf(page: Page, clip: Clip): Promise<Pixels> {
  const png = (await page.screenshot({ clip })).toString('base64')
  return page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
    context.drawImage(image, 0, 0)
    const { data: pixels } = context.getImageData(0, 0, image.width, image.height)
    return { width: image.width, height: image.height, data: [...pixels] }
  }, png)
}

type Colour = readonly [number, number, number]

/** Relative luminance, as WCAG defines it. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other)
  return (light + 0.05) / (dark + 0.05)
}

/** Share of the pixels that stand out from the ground: by a contrast of 3, as WCAG asks of controls, or by `least`. */
export function ink({ data }: Pixels, ground: Colour, least = 3): number {
  let found = 0
  for (let at = 0; at < data.length; at += 4)
    if (contrast([data[at], data[at + 1], data[at + 2]], ground) >= least) found++
  return found / (data.length / 4)
}
