/** Single dots, rasters and diagrams in a browser: pointed at, tapped, stepped through, watched. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChartContent } from '../../src/stage/contract.ts'
import { palette } from '../../src/stage/palette.ts'
import { newContext, newPage } from './browser.ts'
import { type Gallery, type GalleryWindow, laidOut, openGallery } from './gallery.ts'
import { twoFrames } from './site.ts'

let gallery: Gallery

beforeAll(async () => {
  gallery = await openGallery()
})

const visit: Gallery['visit'] = (...wanted) => gallery.visit(...wanted)

const told = (page: Page) => page.evaluate(() => (window as unknown as { told: unknown[] }).told.splice(0))

/** The pixel of a place of the chart "cross", found by its ticks; its axes go from 0 to 4. */
async function placeOf(page: Page, x: number, y: number) {
  const ticks = await page
    .locator('[data-panel=cross] .stage-label-tick:not([hidden])')
    .evaluateAll((labels) =>
      labels.map((label) => {
        const { left, top, width, height } = label.getBoundingClientRect()
        return { text: label.textContent, x: left + width / 2, y: top + height / 2 }
      }),
    )
  const named = (text: RegExp) => ticks.filter((tick) => text.test(tick.text ?? ''))
  // the ticks of x are in one row, the ticks of y are above it
  const row = Math.max(...ticks.map((tick) => tick.y))
  const [xOne, xThree] = [/^1(\.0)?$/, /^3(\.0)?$/].map((text) =>
    named(text).find((tick) => tick.y > row - 3),
  )
  const [yOne, yThree] = [/^1(\.0)?$/, /^3(\.0)?$/].map((text) =>
    named(text).find((tick) => tick.y < row - 3),
  )
  if (!xOne || !xThree || !yOne || !yThree) throw new Error('The axes of the chart have no numbers.')
  return {
    x: xOne.x + ((xThree.x - xOne.x) / 2) * (x - 1),
    y: yOne.y + ((yThree.y - yOne.y) / 2) * (y - 1),
  }
}

const reading = (page: Page) => page.locator('[data-panel=cross] .stage-point-reading')
const title = (page: Page) => reading(page).locator('.stage-readout-title')

describe('a dot', () => {
  // ten clouds of dots take long to load, so these tests share a page
  let page: Page
  let faults: string[]
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ page, faults, close } = await visit('page=classes'))
  })
  afterAll(() => close())

  it('is read under the pointer, ringed, and chosen by a click', async () => {
    const dot = await placeOf(page, 3, 2)
    await page.mouse.move(dot.x + 9, dot.y - 8)
    expect(await title(page).textContent()).toBe('dot 2')
    expect(await reading(page).locator('.stage-readout-value').textContent()).toBe('right')
    const ring = await page.locator('[data-panel=cross] .stage-ring').boundingBox()
    expect((ring?.x ?? 0) + (ring?.width ?? 0) / 2).toBeCloseTo(dot.x, -0.3)
    expect((ring?.y ?? 0) + (ring?.height ?? 0) / 2).toBeCloseTo(dot.y, -0.3)
    // without a crosshair
    expect(await page.locator('[data-panel=cross] .stage-crosshair').isHidden()).toBe(true)
    await page.mouse.click(dot.x + 5, dot.y)
    expect(await told(page)).toEqual([2])
    const empty = await placeOf(page, 3, 3)
    await page.mouse.move(empty.x, empty.y)
    expect(await reading(page).isHidden()).toBe(true)
    await page.mouse.click(empty.x, empty.y)
    expect(await told(page)).toEqual([])
    expect(faults).toEqual([])
  })

  it('is read by a tap, which chooses it too and leaves it read', async () => {
    const context = await newContext({ hasTouch: true, viewport: { width: 1280, height: 800 } })
    const page = await newPage(context, false)
    await page.goto(`${gallery.address}?page=classes`)
    await laidOut(page)
    const dot = await placeOf(page, 2, 3)
    await page.touchscreen.tap(dot.x + 4, dot.y + 4)
    expect(await title(page).textContent()).toBe('dot 3')
    expect(await told(page)).toEqual([3])
    expect(await reading(page).isVisible()).toBe(true)
    await context.close()
  })

  it('is reached by arrow keys, first and last by Home and End, and chosen by Enter', async () => {
    await page.locator('[data-panel=cross] .stage-plot').focus()
    const read = async (key: string) => {
      await page.keyboard.press(key)
      return (await reading(page).isVisible()) ? await title(page).textContent() : undefined
    }
    expect(await read('Enter')).toBeUndefined()
    expect(await told(page)).toEqual([])
    expect(await read('Home')).toBe('dot 0')
    expect(await read('ArrowLeft')).toBe('dot 1')
    // no dot is farther to the left
    expect(await read('ArrowLeft')).toBe('dot 1')
    expect(await read('ArrowUp')).toBe('dot 3')
    expect(await read('End')).toBe('dot 4')
    await page.keyboard.press('Enter')
    expect(await told(page)).toEqual([4])
    expect(await read('Escape')).toBeUndefined()
  })

  it('among ten thousand shows its picture, pixel by pixel', async () => {
    await page.locator('[data-panel=clouds] .stage-plot').focus()
    await page.keyboard.press('End')
    const clouds = page.locator('[data-panel=clouds]')
    expect(await clouds.locator('.stage-readout-title').last().textContent()).toBe('image 9999: a 9')
    const picture = await clouds.locator('canvas.stage-picture').evaluate((canvas: HTMLCanvasElement) => {
      const at = (x: number, y: number) => [...(canvas.getContext('2d')?.getImageData(x, y, 1, 1).data ?? [])]
      return { side: [canvas.width, canvas.height], corner: at(1, 1), other: at(26, 1), middle: at(14, 14) }
    })
    expect(picture).toEqual({
      side: [28, 28],
      corner: [255, 255, 255, 255],
      other: [0, 0, 0, 255],
      middle: [0, 0, 0, 255],
    })
  })

  it('stays read while it moves, with what is then said of it, and no longer than it is there', async () => {
    await page.evaluate(() => {
      const { stage, told } = window as unknown as GalleryWindow & { told: unknown[] }
      stage.clear()
      const content = (x: number, count = 3): ChartContent => ({
        x: { label: 'x', scale: 'linear', domain: [0, 4] },
        y: { label: 'y', scale: 'linear', domain: [0, 4] },
        marks: [{ kind: 'dots', role: 'class0', x: [1, 2, x].slice(0, count), y: [1, 1, 1].slice(0, count) }],
        pick: { mark: 0, read: (index) => ({ title: `${index} at ${x}`, rows: [] }) },
        description: '',
      })
      const chart = stage.chart({ id: 'cross', title: 'Moving', onPick: (index) => told.push(index) })
      chart.update(content(3))
      Object.assign(window, { show: (x: number, count?: number) => chart.update(content(x, count)) })
    })
    await twoFrames(page)
    await page.locator('[data-panel=cross] .stage-plot').focus()
    await page.keyboard.press('End')
    const place = () =>
      page.locator('[data-panel=cross] .stage-ring').evaluate((ring) => ring.getBoundingClientRect().x)
    const before = await place()
    const show = async (x: number, count?: number) => {
      await page.evaluate(
        ([x, count]) => (window as unknown as { show(x?: number, count?: number): void }).show(x, count),
        [x, count],
      )
      await twoFrames(page)
    }
    await show(2.5)
    expect(await title(page).textContent()).toBe('2 at 2.5')
    expect(await place()).toBeLessThan(before - 20)
    // of two dots within a pixel, a click chooses the dot that is read, although it has whole pixels only
    const ringed = async (key: string) => {
      await page.keyboard.press(key)
      const box = (await page.locator('[data-panel=cross] .stage-ring').boundingBox())!
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    }
    const unit = ((await ringed('End')).x - (await ringed('Home')).x) / 1.5
    await show(2 + 0.8 / unit)
    const last = await ringed('End')
    await page.mouse.click(Math.floor(last.x - 0.4) + 0.99, last.y)
    expect(await told(page)).toEqual([2])
    await show(2.5, 2)
    expect(await reading(page).isHidden()).toBe(true)
  })
})

it('a raster shows its colours where they belong, and lies under the dots', async () => {
  for (const theme of ['dark', 'projector'] as const) {
    const { page, close } = await visit(`page=classes&theme=${theme}`, { drawn: true })
    const places = await Promise.all(
      // not on the grid's lines
      [
        [1.2, 1.2],
        [3.2, 1.2],
        [1.2, 3.2],
        [3.2, 3.2],
        [2, 3],
      ].map(([x, y]) => placeOf(page, x, y)),
    )
    const seen = await page.evaluate((places) => {
      const canvas = document.querySelector('.stage-canvas') as HTMLCanvasElement
      const origin = canvas.getBoundingClientRect()
      const copy = document.createElement('canvas')
      copy.width = canvas.width
      copy.height = canvas.height
      const context = copy.getContext('2d') as CanvasRenderingContext2D
      context.fillStyle = getComputedStyle(document.querySelector('.stage-panel') as Element).backgroundColor
      context.fillRect(0, 0, copy.width, copy.height)
      context.drawImage(canvas, 0, 0)
      const ratio = canvas.width / origin.width
      return places.map(({ x, y }) => [
        ...context.getImageData((x - origin.left) * ratio, (y - origin.top) * ratio, 1, 1).data.slice(0, 3),
      ])
    }, places)
    const { panel, roles } = palette(theme)
    const channels = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
    const half = channels(roles.class3).map((value, index) => (value + channels(panel)[index]) / 2)
    const wanted = [
      channels(roles.class1),
      channels(roles.class2),
      half,
      channels(panel),
      channels(roles.theory),
    ]
    for (const [index, colour] of wanted.entries())
      for (const [channel, value] of colour.entries())
        expect(Math.abs(seen[index][channel] - value), `place ${index} in ${theme}`).toBeLessThanOrEqual(2)
    await close()
  }
})

describe('a diagram', () => {
  const particles = (page: Page) =>
    page
      .locator('[data-panel=trick] .stage-diagram-picture g:last-of-type path')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('d')))

  it('lets its particles move while it is in sight, and says in words what it shows', async () => {
    const { page, faults, close } = await visit('page=diagram')
    await expect.poll(async () => (await particles(page)).every((path) => path)).toBe(true)
    const before = await particles(page)
    // three forward flows, and five of the gradient
    expect(before).toHaveLength(8)
    for (const path of before) expect(path).toMatch(/^(M[-\d.]+ [-\d.]+h0)+$/)
    await expect
      .poll(async () => (await particles(page)).filter((path, index) => path === before[index]))
      .toEqual([])
    const plot = page.locator('[data-panel=trick] .stage-plot')
    expect(await plot.getAttribute('role')).toBe('img')
    expect(await plot.getAttribute('aria-label')).toMatch(/^An image is encoded/)
    expect(faults).toEqual([])
    await close()
  })

  /** Expects several equal frames in a row, which a slow page may reach late. */
  const expectStill = async (page: Page) => {
    const still = async () => {
      const before = await particles(page)
      await page.waitForTimeout(300)
      for (let pair = 0; pair < 3; pair++) await twoFrames(page)
      return JSON.stringify(await particles(page)) === JSON.stringify(before)
    }
    await expect.poll(still).toBe(true)
    return particles(page)
  }

  it('keeps them still out of sight, and for who wants no motion', async () => {
    const { page, close } = await visit('page=diagram')
    await page.locator('main').evaluate((main) => {
      main.style.display = 'none'
    })
    const hidden = await expectStill(page)
    await page.locator('main').evaluate((main) => {
      main.style.display = ''
    })
    await expect.poll(() => particles(page)).not.toEqual(hidden)
    // shows only the edge, which has no arrows
    await page.locator('[data-panel=trick] .stage-plot').evaluate((plot) => {
      const { top, height } = plot.getBoundingClientRect()
      document.querySelector('main')!.style.transform = `translateY(${innerHeight - top - height / 8}px)`
    })
    const edge = await expectStill(page)
    await page.locator('main').evaluate((main) => {
      main.style.transform = ''
    })
    await expect.poll(() => particles(page)).not.toEqual(edge)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await expectStill(page)).toHaveLength(8)
    await close()
  })

  it.each(['dark', 'projector'])(
    'shows every text whole at any width in the %s theme, or scrolls to it',
    async (theme) => {
      const { page, close } = await visit(`page=diagram&theme=${theme}`)
      for (const width of [360, 760, 1280, 1920]) {
        await page.setViewportSize({ width, height: width > 1500 ? 1080 : 800 })
        await twoFrames(page)
        const found = await page.evaluate(() => {
          const small = Number.parseFloat(
            getComputedStyle(document.querySelector('.stage') as Element).fontSize,
          )
          return [...document.querySelectorAll<HTMLElement>('.stage-diagram .stage-label:not([hidden])')].map(
            (label) => {
              const own = label.getBoundingClientRect()
              const plot = label.closest('.stage-diagram') as HTMLElement
              const { left, top } = plot.getBoundingClientRect()
              const size = Number.parseFloat(getComputedStyle(label).fontSize)
              const whole =
                own.left >= left - 1 &&
                own.top >= top - 1 &&
                own.right <= left + plot.scrollWidth + 1 &&
                own.bottom <= top + plot.scrollHeight + 1
              return {
                text: label.textContent,
                whole: whole && size >= small,
                scrolled: plot.scrollWidth > plot.clientWidth,
              }
            },
          )
        })
        expect(found.length, `${width} px`).toBeGreaterThan(20)
        expect(
          found.filter(({ whole }) => !whole),
          `${width} px`,
        ).toEqual([])
        // only a phone has too little room
        if (width >= 1280) expect(found.filter(({ scrolled }) => scrolled)).toEqual([])
      }
      await close()
    },
  )

  it('is drawn into the saved picture: its boxes, its bars and its image', async () => {
    const { page, close } = await visit('page=diagram')
    const colours = await page.evaluate(async () => {
      const { stage } = window as unknown as GalleryWindow
      const panel = document.querySelector('[data-panel=trick]') as HTMLElement
      const image = panel.querySelector('.stage-diagram-image') as HTMLElement
      const outline = [...panel.querySelectorAll<SVGPathElement>('.stage-diagram-picture path')].find(
        (path) => path.style.color === 'var(--third)' && path.style.strokeDasharray,
      ) as SVGPathElement
      const root = (document.querySelector('.stage') as HTMLElement).getBoundingClientRect()
      const bitmap = await createImageBitmap(await stage.exportImage(2))
      const copy = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = copy.getContext('2d') as OffscreenCanvasRenderingContext2D
      context.drawImage(bitmap, 0, 0)
      const inside = ({ left, top, width, height }: DOMRect) => {
        const { data } = context.getImageData(
          (left - root.left) * 2,
          (top - root.top) * 2,
          width * 2,
          height * 2,
        )
        const found = new Set<string>()
        for (let at = 0; at < data.length; at += 4) found.add(data.slice(at, at + 3).join())
        return found
      }
      const pixel = image.getBoundingClientRect()
      const corner = new DOMRect(pixel.x + 2, pixel.y + 2, 4, 4)
      return { corner: [...inside(corner)], sample: [...inside(outline.getBoundingClientRect())] }
    })
    expect(colours.corner).toEqual(['255,255,255'])
    const third = [1, 3, 5].map((at) => Number.parseInt(palette('dark').roles.third.slice(at, at + 2), 16))
    expect(colours.sample).toContain(third.join())
    await close()
  })
})
