/** What the page saves: pictures that say what they are, data that agree with the numbers, and a view that opens again. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { group, pixelsOf, rowsOf, saved } from './saved.ts'
import { openSite, ready, type Site, twoFrames } from './site.ts'

const steps = 25

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** The titles of the axes of the descent, and what else its chart says in words. */
async function axisTitles(page: Page): Promise<string[]> {
  const labels = await page.locator('[data-panel=descent] .stage-label:not([hidden])').allTextContents()
  return labels.filter((label) => /[a-z]{3}/.test(label))
}

/** The page with a run of some steps, in which no question is open. */
async function visitRun() {
  const visit = await site.visit('#lab=kl&story=2&starts=64', { drawn: true })
  const { page } = visit
  await ready(page)
  await page.evaluate(async (steps) => {
    await window.natlab.open('kl', { starts: 64, learningRate: 0.1, distance: 2 })
    await window.natlab.run(steps)
  }, steps)
  await expect.poll(() => page.locator('.transport').textContent()).toContain(`step ${steps}`)
  // the titles of both axes are there once the chart is drawn
  await expect.poll(async () => (await axisTitles(page)).length).toBeGreaterThan(1)
  await twoFrames(page)
  return {
    page,
    async close() {
      await page.keyboard.press('Escape')
      await visit.close()
    },
  }
}

describe('a saved picture', () => {
  it('is light unless asked for otherwise, as large as asked for, and has its line below', async () => {
    const { page, close } = await visitRun()
    const picture = await group(page, 'Picture')
    await picture.getByLabel('What').selectOption('descent')
    const { width = 0 } = (await page.locator('[data-panel=descent]').boundingBox()) ?? {}
    const light = await pixelsOf(page, await saved(page, 'Picture', 'Save as PNG'), 40)
    expect(light.width / 2).toBeCloseTo(width + 20, -1)
    expect(Math.min(...light.corner)).toBeGreaterThan(200)
    expect(light.above).toBeGreaterThan(50)
    // the letters of the footer on its ground
    expect(light.below).toBeGreaterThan(5)
    await picture.getByLabel('Colours').selectOption('dark')
    await picture.getByLabel('Size').selectOption('4')
    const dark = await pixelsOf(page, await saved(page, 'Picture', 'Save as PNG'), 80)
    expect(dark.width / 4).toBeCloseTo(width + 20, -1)
    expect(Math.max(...dark.corner)).toBeLessThan(60)
    expect(dark.below).toBeGreaterThan(5)
    // the page itself has kept its theme and its pictures
    expect(await page.locator('.stage').getAttribute('data-theme')).toBe('dark')
    await close()
  })

  it('as an SVG has curves, the labels of the axes, and its line', async () => {
    const { page, close } = await visitRun()
    const picture = await group(page, 'Picture')
    await picture.getByLabel('What').selectOption('descent')
    const svg = (await saved(page, 'Picture', 'Save as SVG')).toString()
    const titles = await axisTitles(page)
    const { texts, curves, images, faults } = await page.evaluate((svg) => {
      const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml')
      return {
        texts: [...parsed.querySelectorAll('text')].map(({ textContent }) => textContent),
        curves: [...parsed.querySelectorAll('path[fill=none]')].map((path) => path.getAttribute('d') ?? ''),
        images: parsed.querySelectorAll('image').length,
        faults: parsed.querySelectorAll('parsererror').length,
      }
    }, svg)
    expect(faults).toBe(0)
    expect(images).toBe(0)
    expect(texts).toContain('Descent')
    expect(texts).toEqual(expect.arrayContaining(titles))
    // a curve with a corner for each step
    expect(curves.some((curve) => curve.split('L').length > steps)).toBe(true)
    expect(texts.join(' ')).toMatch(/learning rate 0\.1.* · step 25 · .*natlab \d/)
    expect(texts.join('')).toContain('#lab=kl')
    await close()
  })
})

describe('saved data', () => {
  it('agree with the numbers of the run', async () => {
    const { page, close } = await visitRun()
    const metrics = await page.evaluate(() => window.natlab.metrics())
    const data = await group(page, 'Data')
    await data.getByLabel('What').selectOption('numbers')
    const numbers = rowsOf((await saved(page, 'Data', 'Save as CSV')).toString())
    const { forwardKl } = Object.fromEntries(numbers.map(({ metric, value }) => [metric, Number(value)]))
    expect(forwardKl).toBeGreaterThan(0)
    expect(forwardKl).toBe(metrics.forwardKl)
    await data.getByLabel('What').selectOption('descent')
    const csv = (await saved(page, 'Data', 'Save as CSV')).toString()
    for (const line of ['lab: kl', 'step: 25', 'backend: Web', 'parameter learningRate = 0.1', 'link: http'])
      expect(csv).toContain(`# ${line}`)
    const rows = rowsOf(csv).filter(({ series, mark }) => series === 'KL(P‖Q)' && mark === 'line')
    expect(rows.length).toBe(steps + 1)
    const last = rows.at(-1) ?? {}
    expect(Number(last.step)).toBe(steps)
    expect(Number(Object.values(last).at(-1))).toBeCloseTo(Number(metrics.forwardKl), 5)
    const json = JSON.parse((await saved(page, 'Data', 'Save as JSON')).toString())
    expect(json).toMatchObject({ lab: 'kl', step: 25, parameters: { learningRate: 0.1 } })
    expect(json.panels[0].rows.length).toBe(rowsOf(csv).length)
    await close()
  })
})

describe('a saved view', () => {
  it('opens again at the same step with the same numbers, and a damaged file changes nothing', async () => {
    const { page, close } = await visitRun()
    const view = await saved(page, 'File', 'Save this view')
    const now = () => page.evaluate(async () => [window.natlab.link(), await window.natlab.metrics()])
    const before = await now()
    await page.keyboard.press('Escape')
    await page.evaluate(() => window.natlab.open('init', { dModel: 64, vocab: 2000, tokens: 16 }))
    const other = await now()
    const take = async (buffer: Buffer) => {
      await group(page, 'File')
      const file = { name: 'natlab-kl.json', mimeType: 'application/json', buffer }
      await page.getByLabel('A saved view').setInputFiles(file)
    }
    await take(view.subarray(0, 200))
    await expect.poll(() => page.locator('.notice-error').allTextContents()).toHaveLength(1)
    expect(await page.locator('.notice-error').textContent()).toMatch(/is no JSON.*The page is as it was/)
    expect(await now()).toEqual(other)
    await take(view)
    await expect
      .poll(() => page.locator('.notice').allTextContents())
      .toEqual(expect.arrayContaining([expect.stringContaining('at step 25, with the same numbers')]))
    expect(await now()).toEqual(before)
    expect(await page.locator('.notice-error').count()).toBe(0)
    await close()
  })
})
