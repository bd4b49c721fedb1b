/** Handles of a chart in a browser, dragged by pointer, finger and keyboard. */
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ChartContent, HandleEvent } from '../../src/stage/contract.ts'
import { type Gallery, type GalleryWindow, middle, openGallery } from './gallery.ts'
import { twoFrames } from './site.ts'

let gallery: Gallery

beforeAll(async () => {
  gallery = await openGallery()
})

const visit: Gallery['visit'] = (...wanted) => gallery.visit(...wanted)

/** Events of the handles of the gallery's charts. */
const told = (page: Page) =>
  page.evaluate(() => {
    const { told } = window as unknown as { told: HandleEvent[] }
    return told.splice(0)
  })

describe('handles', () => {
  it('are dragged by pointer, stay under it, and tell once that the drag is over', async () => {
    const { page, faults, close } = await visit('page=handles')
    const handle = page.locator('[data-handle=p1]')
    const { x, y } = await middle(handle)
    // gripped beside its middle, the handle must not jump
    await page.mouse.move(x + 5, y - 3)
    await page.mouse.down()
    await page.mouse.move(x + 65, y - 3, { steps: 4 })
    await twoFrames(page)
    expect((await middle(handle)).x).toBeCloseTo(x + 60, 0)
    await page.mouse.move(x + 125, y + 40, { steps: 4 })
    await page.mouse.up()
    const events = (await told(page)).filter((event) => event.kind === 'move')
    expect(events.slice(0, -1).every(({ dragging }) => dragging)).toBe(true)
    expect(events.at(-1)?.dragging).toBe(false)
    const plot = await page.locator('[data-panel=mixture] .stage-plot').boundingBox()
    const perUnit = (120 / ((events.at(-1)?.x ?? 0) + 3)) * 16
    // sixteen units are as long as the plot without its margins
    expect(perUnit / (plot?.width ?? 0)).toBeGreaterThan(0.85)
    expect(perUnit / (plot?.width ?? 0)).toBeLessThan(1)
    await twoFrames(page)
    expect((await middle(handle)).x).toBeCloseTo(x + 120, 0)
    // the handle has its new value
    expect(await handle.getAttribute('aria-label')).toBe('mode 1 of P')
    expect(await handle.getAttribute('aria-valuetext')).toMatch(/^mean [-\d.]+, sd 1\.00/)
    expect(Number(await handle.getAttribute('aria-valuenow'))).toBeCloseTo(events.at(-1)?.x ?? 0, 6)
    expect(faults).toEqual([])
    await close()
  })

  it('keep their axis and their place while content changes under the pointer', async () => {
    const { page, close } = await visit('page=handles')
    await page.evaluate(() => {
      const { stage } = window as unknown as GalleryWindow
      stage.clear()
      const content = (x: number, listed = true): ChartContent => ({
        x: { label: 'x', scale: 'linear', domain: [0, 4 * x] },
        y: { label: 'y', scale: 'linear', domain: [0, 1] },
        marks: [{ kind: 'line', role: 'first', x: [0, 4 * x], y: [0, 1] }],
        handles: listed ? [{ id: 'a', x, y: 0.5, role: 'truth', label: 'a', moves: 'x', step: 1 }] : [],
        description: '',
      })
      const chart = stage.chart({
        id: 'moving',
        title: 'Moving',
        onHandle: (event) => {
          // content that arrives during a drag is old, and may even lack the handle
          if (event.kind === 'move')
            chart.update(content(event.dragging ? event.x * 0.7 : event.x, !event.dragging))
        },
      })
      chart.update(content(1))
    })
    await twoFrames(page)
    const handle = page.locator('[data-handle=a]')
    const ticks = () => page.locator('.stage-label-tick:not([hidden])').allTextContents()
    const start = await middle(handle)
    const before = await ticks()
    await page.mouse.move(start.x, start.y)
    await page.mouse.down()
    for (const offset of [30, 80, 150]) {
      await page.mouse.move(start.x + offset, start.y)
      await twoFrames(page)
      expect((await middle(handle)).x).toBeCloseTo(start.x + offset, 0)
      expect(await ticks()).toEqual(before)
    }
    await page.mouse.up()
    await twoFrames(page)
    expect(await ticks()).not.toEqual(before)
    expect((await middle(handle)).x).toBeCloseTo(start.x, 0)
    await close()
  })

  it('are dragged by a finger', async () => {
    const { page, close } = await visit('page=handles')
    const { x, y } = await middle(page.locator('[data-handle=p2]'))
    const devtools = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
      devtools.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at === undefined ? [] : [{ x: at, y }],
      })
    await touch('touchStart', x)
    for (const offset of [-10, -30, -60]) await touch('touchMove', x + offset)
    await touch('touchEnd')
    await twoFrames(page)
    const events = await told(page)
    expect(events.at(-1)).toMatchObject({ kind: 'move', id: 'p2', dragging: false })
    expect((await middle(page.locator('[data-handle=p2]'))).x).toBeCloseTo(x - 60, 0)
    await close()
  })

  it('are moved, widened, added and removed by keyboard', async () => {
    const { page, close } = await visit('page=handles')
    const handle = page.locator('[data-handle=p1]')
    await handle.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('PageDown')
    await page.keyboard.press('Shift+ArrowRight')
    const events = await told(page)
    const near = (value: number) => expect.closeTo(value, 9)
    expect(events).toEqual([
      { kind: 'move', id: 'p1', x: near(-2.9), y: expect.any(Number), dragging: false },
      { kind: 'move', id: 'p1', x: near(-2.8), y: expect.any(Number), dragging: false },
      { kind: 'move', id: 'p1', x: near(-3.8), y: expect.any(Number), dragging: false },
      { kind: 'widen', id: 'p1', factor: near(1.1), continued: false },
    ])
    const plot = page.locator('[data-panel=mixture] .stage-plot')
    // meanwhile the chart has no read-out
    expect(await plot.locator('.stage-readout').isHidden()).toBe(true)
    await expect
      .poll(() => plot.locator('.stage-tip').textContent())
      .toMatch(/^mode 1 of P: mean -3\.80, sd 1\.10/)
    await page.keyboard.press('Delete')
    await twoFrames(page)
    expect(await handle.count()).toBe(0)
    expect(await plot.evaluate((element) => element === document.activeElement)).toBe(true)
    for (const key of ['Insert', '+']) await page.keyboard.press(key)
    await twoFrames(page)
    const later = await told(page)
    expect(later).toEqual([
      { kind: 'remove', id: 'p1' },
      ...[0, 1].map(() => ({ kind: 'add', x: near(0), y: expect.closeTo(0.225, 2) })),
    ])
    expect(await plot.locator('.stage-handle:not([hidden])').count()).toBe(4)
    await close()
  })

  it('take the wheel only over themselves, and a double click adds only beside them', async () => {
    const { page, close } = await visit('page=handles', { width: 630, height: 420 })
    const main = page.locator('main')
    const scrolled = () => main.evaluate((element) => element.scrollTop)
    const handle = await middle(page.locator('[data-handle=p1]'))
    await page.mouse.move(handle.x, handle.y)
    await page.mouse.wheel(0, -100)
    await page.mouse.wheel(0, 50)
    await twoFrames(page)
    const turned = await told(page)
    expect(turned.map((event) => event.kind === 'widen' && [event.factor, event.continued])).toEqual([
      [expect.closeTo(1.125, 6), false],
      [expect.closeTo(1.125 ** -0.5, 6), true],
    ])
    expect(await scrolled()).toBe(0)
    await page.mouse.dblclick(handle.x, handle.y)
    expect(await told(page)).toEqual([])
    await page.mouse.dblclick(handle.x + 60, handle.y - 20)
    const added = await told(page)
    expect(added).toHaveLength(1)
    expect(added[0]).toMatchObject({ kind: 'add' })
    await twoFrames(page)
    const [created] = await Promise.all([middle(page.locator('[data-handle=p3]'))])
    expect(created.x).toBeCloseTo(handle.x + 60, 0)
    await page.mouse.move(handle.x + 120, handle.y - 20)
    await page.mouse.wheel(0, 60)
    await expect.poll(scrolled).toBe(60)
    expect(await told(page)).toEqual([])
    await close()
  })
})
