/** The Tab key through the whole page: what has the focus is seen, is named, and lets it go on. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site, small, twoFrames } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

/** More stops than any page has. */
const most = 250

/** What has the focus now: undefined at the page's end, where the browser's own bar is next. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const node = document.activeElement
    if (!node || node === document.body) return undefined
    const seen = window as { stops?: Map<Element, number> }
    seen.stops ??= new Map()
    const isNew = !seen.stops.has(node)
    seen.stops.set(node, seen.stops.size)
    const faults: string[] = []

    // the first line of a word that is broken in two
    const { left, top, right, bottom } = node.getClientRects()[0] ?? new DOMRect()
    const [x0, x1] = [Math.max(0, left), Math.min(innerWidth, right)]
    const [y0, y1] = [Math.max(0, top), Math.min(innerHeight, bottom)]
    if (x1 - x0 < 1 || y1 - y0 < 1) faults.push('is out of sight')
    else {
      // an input inside of its label, or what lies in it, is as good
      const own = (found: Element | null) =>
        found !== null && (node.contains(found) || found.closest('label')?.contains(node) === true)
      const places = [0.2, 0.5, 0.8].flatMap((across) => [0.2, 0.5, 0.8].map((down) => [across, down]))
      const covered = places.filter(
        ([across, down]) => !own(document.elementFromPoint(x0 + across * (x1 - x0), y0 + down * (y1 - y0))),
      )
      if (covered.length > 3) {
        const cover = document.elementFromPoint((x0 + x1) / 2, (y0 + y1) / 2)
        faults.push(`is covered by ${cover?.tagName} ${cover?.getAttribute('class')}`)
      }
      if (x1 - x0 < 0.6 * Math.min(right - left, innerWidth)) faults.push('is cut at its side')
      if (y1 - y0 < 0.6 * Math.min(bottom - top, innerHeight)) faults.push('is cut above or below')
    }

    // the ring may be that of something in it or around it
    const rings = [node, node.firstElementChild, node.parentElement, node.closest('label')].filter(
      (one) => one !== null,
    )
    const isRing = (one: Element) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one)
      return (
        outlineStyle !== 'none' &&
        Number.parseFloat(outlineWidth) >= 2 &&
        !/, 0\)$|transparent/.test(outlineColor)
      )
    }
    if (!rings.some(isRing)) faults.push('has no ring')
    const name = `${node.tagName.toLowerCase()}.${node.getAttribute('class')} “${(
      node.getAttribute('aria-label') ??
      node.textContent ??
      ''
    )
      .trim()
      .slice(0, 40)}”`
    return { name, faults, isNew }
  })

/** Walks from the page's beginning to its end, and says what is wrong. */
async function walk(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<{ stops: number; wrong: string[] }> {
  const wrong: string[] = []
  await page.evaluate(() => {
    ;(window as { stops?: unknown }).stops = undefined
    ;(document.activeElement as HTMLElement | null)?.blur()
    scrollTo(0, 0)
  })
  for (let stops = 0; stops < most; stops++) {
    await page.keyboard.press(key)
    await twoFrames(page)
    const now = await focused(page)
    if (!now) return { stops, wrong }
    if (!now.isNew) {
      // the walk has come round
      if (stops > 5) return { stops, wrong: [...wrong] }
      return { stops, wrong: [...wrong, `${now.name} keeps the focus`] }
    }
    for (const fault of now.faults) wrong.push(`${now.name} ${fault}`)
    const tree = await page.locator('*:focus').first().ariaSnapshot()
    // role "name"
    if (!/^- '?[a-z]+ (\\?"|\/)/.test(tree)) wrong.push(`${now.name} has no name: ${tree.split('\n')[0]}`)
  }
  return { stops: most, wrong: [...wrong, `the walk does not end after ${most} stops`] }
}

const training = 'architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16'
const vib = 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2'

describe.each([
  ['the page', ''],
  ['present mode', '&present=1'],
])('%s', (_, mode) => {
  it.each([
    ['init', `${small}&story=3`, 1280],
    ['training', `${training}&story=1`, 1280],
    ['kl', 'starts=64&story=2', 1280],
    ['kl, an open question', 'starts=64&story=4', 1024],
    ['kl, uniform', 'starts=64&story=8', 1280],
    ['vib', `${vib}&mode=three&story=8`, 1280],
    ['vib, on a phone', `${vib}&betaCount=5&seeds=1&story=5`, 360],
  ])('of %s is walked through by Tab', async (name, values, width) => {
    const { page, complaints, close } = await site.visit(
      `#lab=${name.split(',')[0]}&${values}&theme=projector${mode}`,
      { fresh: true, viewport: { width, height: 740 } },
    )
    await ready(page)
    await page.evaluate(() => window.natlab.run(0))
    await expect.poll(() => page.locator('.caption').textContent()).toMatch(/\S/)
    if (mode) await page.locator('.present-controls').waitFor()
    const there = await walk(page, 'Tab')
    expect(there.wrong).toEqual([])
    expect(there.stops).toBeGreaterThan(mode ? 5 : 20)
    const back = await walk(page, 'Shift+Tab')
    expect(back.wrong).toEqual([])
    expect(Math.abs(back.stops - there.stops)).toBeLessThanOrEqual(2)
    expect(complaints).toEqual([])
    await close()
  })
})
