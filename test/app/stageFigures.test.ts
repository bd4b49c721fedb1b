/** Surfaces, tables and stages of many panels, in a browser. */
import { beforeAll, describe, expect, it } from 'vitest'
import { wells } from '../stage/landscapes.ts'
import { violations } from './axe.ts'
import { drawnPixels, type Gallery, type GalleryWindow, middle, openGallery } from './gallery.ts'
import { twoFrames } from './site.ts'

let gallery: Gallery

beforeAll(async () => {
  gallery = await openGallery()
})

const visit: Gallery['visit'] = (...wanted) => gallery.visit(...wanted)

it('reads the bar under the pointer', async () => {
  const { page, close } = await visit('page=init')
  const plot = page.locator('[data-panel=landscape] .stage-plot')
  const { x, y } = await middle(plot)
  await page.mouse.move(x - 90, y)
  await expect
    .poll(() => plot.locator('.stage-readout').textContent())
    .toMatch(/^std = 1\ntoken \d+, word bin \d+$/)
  await page.mouse.move(5, 5)
  expect(await plot.locator('.stage-readout').isHidden()).toBe(true)
  await close()
})

describe('surfaces', () => {
  it('are drawn, turned and read', async () => {
    const { page, faults, close } = await visit('page=surfaces', { drawn: true })
    for (const pixels of (await drawnPixels(page)).slice(0, 3)) expect(pixels).toBeGreaterThan(10_000)
    expect(await page.locator('[data-panel=empty] .stage-message').textContent()).toMatch(/^The landscape/)
    const plot = page.locator('[data-panel=wells] .stage-plot')
    const centre = await middle(plot)
    await page.mouse.move(centre.x, centre.y - 30)
    const readout = plot.locator('.stage-readout')
    const read = /^μ (-?[\d.]+), log σ (-?[\d.]+)\n([\d.]+) nats$/.exec((await readout.textContent()) ?? '')
    expect(read).not.toBeNull()
    const [, x, y, height] = (read ?? []).map(Number)
    expect(height).toBeCloseTo(wells(x, y), 1)
    const labels = () => plot.locator('.stage-labels').evaluate((element) => element.innerHTML)
    const home = await labels()
    await page.mouse.down()
    await page.mouse.move(centre.x + 80, centre.y - 10, { steps: 4 })
    await page.mouse.up()
    await twoFrames(page)
    expect(await labels()).not.toBe(home)
    await plot.focus()
    await page.keyboard.press('Home')
    await twoFrames(page)
    expect(await labels()).toBe(home)
    expect(faults).toEqual([])
    await close()
  })

  it('send only their points to the GPU while only those move', async () => {
    const { page, close } = await visit('page=cloud')
    const sent = await page.evaluate(async () => {
      const { bufferData, bufferSubData } = WebGL2RenderingContext.prototype
      const sent = { whole: 0, parts: 0 }
      WebGL2RenderingContext.prototype.bufferData = function (...given: unknown[]) {
        sent.whole++
        Reflect.apply(bufferData, this, given)
      }
      WebGL2RenderingContext.prototype.bufferSubData = function (...given: unknown[]) {
        sent.parts++
        Reflect.apply(bufferSubData, this, given)
      }
      const { stage } = window as unknown as GalleryWindow
      const start = stage.statistics().draws
      while (stage.statistics().draws < start + 6) await new Promise(requestAnimationFrame)
      return sent
    })
    expect(sent.whole).toBe(0)
    expect(sent.parts).toBeGreaterThan(0)
    await close()
  })

  it.each([0, 3, 9])('carry as many contour lines as asked for: %i', async (contours) => {
    const { page, close } = await visit('page=surfaces', { drawn: true })
    await page.evaluate((contours) => {
      const { stage } = window as unknown as GalleryWindow
      stage.clear()
      const x = Array.from({ length: 33 }, (_, index) => index / 32)
      // a surface that rises to the right: its contour lines run from front to back
      const heights = x.flatMap(() => x)
      stage.scene({ id: 'ramp', title: 'Ramp' }).update({
        kind: 'surface',
        x: { label: 'x', scale: 'linear' },
        y: { label: 'y', scale: 'linear' },
        height: { label: 'height', scale: 'linear', domain: [0, 1] },
        surfaces: [{ name: 'ramp', role: 'first', x, y: x, heights, contours }],
        paths: [],
        points: [],
        description: '',
      })
    }, contours)
    // seen from above and from the front
    await page.locator('[data-panel=ramp] .stage-plot').focus()
    for (let turn = 0; turn < 4; turn++) await page.keyboard.press('ArrowRight')
    for (let turn = 0; turn < 12; turn++) await page.keyboard.press('ArrowUp')
    await expect.poll(() => page.evaluate(darkLines)).toBe(contours)
    await close()
  })
})

/** Number of lines across a row of the canvas' pixels that are darker than the pixels around. */
function darkLines(): number {
  const canvas = document.querySelector('.stage-canvas') as HTMLCanvasElement
  const copy = document.createElement('canvas')
  copy.width = canvas.width
  copy.height = canvas.height
  const context = copy.getContext('2d') as CanvasRenderingContext2D
  context.drawImage(canvas, 0, 0)
  const { data } = context.getImageData(0, Math.round(canvas.height / 2), canvas.width, 1)
  const light = (pixel: number) => (data[pixel * 4 + 3] === 255 ? data[pixel * 4 + 2] : Number.NaN)
  let count = 0
  let dark = false
  for (let pixel = 4; pixel < canvas.width - 4; pixel++) {
    const now = light(pixel) < light(pixel - 4) - 12 && light(pixel) < light(pixel + 4) - 12
    if (now && !dark) count++
    dark = now
  }
  return count
}

describe('a stage of many panels', () => {
  it('has rows that are chosen by mouse and keyboard and keep the focus', async () => {
    const { page, faults, close } = await visit('page=board')
    const rows = page.locator('[data-panel=basins] tbody tr')
    const chosen = () => page.locator('[data-panel=basins] [aria-pressed=true]').allTextContents()
    expect(await chosen()).toEqual([])
    await rows.nth(1).locator('td').last().click()
    expect(await chosen()).toEqual(['2'])
    const button = rows.nth(2).getByRole('button')
    await button.focus()
    await page.keyboard.press('Enter')
    expect(await chosen()).toEqual(['3'])
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
    await rows.nth(3).click()
    expect(await chosen()).toEqual(['3'])
    expect(await page.locator('[data-panel=waiting] .stage-message').textContent()).toMatch(/still followed/)
    expect(faults).toEqual([])
    await close()
  })

  it.each([
    [1920, 3],
    [1280, 2],
    [600, 1],
  ])('at %i pixels stands in columns: %i', async (width, columns) => {
    const { page, close } = await visit('page=board', { width, height: 1080 })
    const boxes = await page
      .locator('.stage-panel')
      .evaluateAll((panels) => panels.map((panel) => panel.getBoundingClientRect().left))
    expect(new Set(boxes.map(Math.round)).size).toBe(columns)
    await close()
  })

  it('lights what was last asked for, also in panels that are added later', async () => {
    const { page, close } = await visit('page=init')
    const lights = await page.evaluate(() => {
      const { stage } = window as unknown as GalleryWindow
      stage.light(['loss'])
      stage.clear()
      for (const id of ['loss', 'other']) stage.chart({ id, title: id })
      const light = () =>
        [...document.querySelectorAll<HTMLElement>('.stage-panel')].map(({ dataset }) => dataset.light)
      const before = light()
      stage.light([])
      return [before, light()]
    })
    expect(lights).toEqual([
      ['on', 'off'],
      [undefined, undefined],
    ])
    await close()
  })

  it.each(['handles', 'surfaces', 'board'])('passes the accessibility rules: %s', async (name) => {
    const { page, close } = await visit(`page=${name}`)
    expect(await violations(page, '.stage')).toEqual([])
    await close()
  })

  it('calls its actions', async () => {
    const { page, close } = await visit('page=handles')
    await page.getByRole('button', { name: 'add a mode' }).click()
    expect(await page.evaluate(() => (window as unknown as { told: unknown[] }).told)).toEqual(['action'])
    await close()
  })
})
