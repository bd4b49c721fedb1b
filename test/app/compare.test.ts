/** The comparison of the backends in the page: measured, saved, and opened again beside itself. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readComparison } from '../../src/app/compare/schema.ts'
import { rowsOf } from './saved.ts'
import { openSite, ready, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** Sizes for which a run is quick on any backend. */
const tiny = '#lab=init&dModel=16&vocab=1000&tokens=8&seed=5&story=1'

async function openDialog(page: Page) {
  await page.getByRole('button', { name: 'Compare backends' }).click()
  const dialog = page.getByRole('dialog', { name: 'Compare backends' })
  await dialog.waitFor()
  return { dialog, status: dialog.getByRole('status') }
}

async function saved(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ])
  return readFile(await file.path(), 'utf8')
}

describe('the comparison of the backends', () => {
  it('is measured over sizes, saved, and opened again side by side', async () => {
    const { page, complaints, close } = await site.visit(tiny)
    await ready(page)
    const { dialog, status } = await openDialog(page)
    expect(await dialog.locator('.muted').first().innerText()).toMatch(
      /dModel = 16, .*vocab = 1000, tokens = 8/,
    )
    await dialog.getByLabel('Warm runs').selectOption('3')
    await dialog.getByLabel('Sizes', { exact: true }).selectOption('tokens')
    await dialog.getByRole('button', { name: 'Measure', exact: true }).click()
    await dialog.getByRole('table').first().waitFor()
    expect(await status.innerText()).toMatch(/(for this work|within 5 %)\..* tokens a batch = /s)
    expect(await dialog.getByRole('img').getAttribute('aria-label')).toMatch(
      /^Time against tokens a batch\. \S/,
    )

    const json = await saved(page, 'Save as JSON')
    const { size, rows, lab, parameters, cores, crossOriginIsolated, link } = readComparison(json)
    expect({ size, lab }).toMatchObject({ lab: 'init', size: { parameter: 'tokens', present: 8 } })
    expect(parameters).toMatchObject({ dModel: 16, vocab: 1000, tokens: 8 })
    expect(link).toContain('dModel=16')
    const threads = await page.evaluate(() => navigator.hardwareConcurrency)
    expect([cores, crossOriginIsolated]).toEqual([threads, true])
    for (const row of rows) {
      expect(row.error).toBeUndefined()
      expect(row.samples).toHaveLength(3)
      expect(row.largestDifference).toBeLessThanOrEqual(row.tolerance)
      expect(row.peak?.gigaflopsPerSecond).toBeGreaterThan(0)
      // the result of each token, and what a histogram of its logits holds
      expect(row.readBytes).toBeGreaterThan(8 * 4)
      expect(row.curve?.points.map((point) => point.size)).toEqual([8, 16, 32, 64, 128, 256])
      expect(row.curve?.points.map(({ operations }) => operations / row.operations)).toEqual([
        1, 2, 4, 8, 16, 32,
      ])
    }
    const lines = rowsOf(await saved(page, 'Save as CSV'))
    expect(lines.filter(({ tokens, time }) => tokens === '64' && time === 'warm')).toHaveLength(
      3 * rows.length,
    )

    const input = dialog.locator('input[type=file]')
    await input.setInputFiles({
      name: 'theirs.json',
      mimeType: 'application/json',
      buffer: Buffer.from(json),
    })
    await expect.poll(() => status.innerText()).toBe('“theirs.json” is open.')
    expect(await dialog.locator('.comparison-owner').allInnerTexts()).toEqual(
      expect.arrayContaining(['measured here', 'theirs.json']),
    )
    const columns = () => dialog.getByRole('group', { name: 'Timings' }).getByRole('columnheader').count()
    const both = await columns()
    const odd = json.replace('"cores": ', '"cores": -')
    await dialog.getByRole('button', { name: 'Remove “theirs.json”' }).click()
    expect(await columns()).toBe(rows.length)
    await input.setInputFiles({ name: 'odd.json', mimeType: 'application/json', buffer: Buffer.from(odd) })
    await expect
      .poll(() => status.innerText())
      .toMatch(/^“odd\.json” cannot be opened\. cores = -\d+ is not permitted/)
    // nothing is lost
    expect(await columns()).toBe(rows.length)
    expect(both).toBe(2 + 2 * rows.length)
    await page.keyboard.press('Escape')
    expect(complaints).toEqual([])
    await close()
  })

  it('that is cancelled leaves the run as it was; a refused size is named', async () => {
    const { page, close } = await site.visit(tiny)
    await ready(page)
    await page.evaluate(() => window.natlab.run(3))
    const before = await page.evaluate(() => window.natlab.metrics())
    const { dialog, status } = await openDialog(page)
    await dialog.getByLabel('Warm runs').selectOption('50')
    await dialog.getByRole('button', { name: 'Measure', exact: true }).click()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(() => status.innerText()).toBe('Cancelled.')
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => window.natlab.metrics())).toEqual(before)
    const refusal = await page.evaluate(() =>
      window.natlab
        .compare({ repeats: 1, sizes: [64, 5] })
        .catch((fault: Error) => `${fault.name}: ${fault.message}`),
    )
    expect(refusal).toBe(
      'RangeError: dModel = 5 is not permitted: dModel is a whole number from 16 to 4,096.',
    )
    await close()
  })
})
