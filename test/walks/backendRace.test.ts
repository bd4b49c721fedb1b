/** The race of backends as a scene for a lecture hall: in every lab and both themes, to its verdict, while presenting. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { labs } from '../../src/labs/index.ts'
import { violations } from '../app/axe.ts'
import { openSite, ready, type Site } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const values: Readonly<Record<string, string>> = {
  init: 'dModel=64&vocab=2000&tokens=16',
  training: 'architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16',
  vib: 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2',
  kl: 'starts=64&mu0=1',
}

/** What the last row cannot read, and what does not fit on the screen. */
const faults = (page: Page) =>
  page.locator('dialog.race').evaluate((dialog) => {
    const found: string[] = []
    if (dialog.scrollHeight > dialog.clientHeight + 1 || dialog.scrollWidth > dialog.clientWidth + 1)
      found.push(`the scene: ${dialog.scrollWidth} × ${dialog.scrollHeight}`)
    for (const node of dialog.querySelectorAll<HTMLElement>('*')) {
      const style = getComputedStyle(node)
      if (!node.checkVisibility() || style.clipPath !== 'none') continue
      const hasText = [...node.childNodes].some(
        ({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim(),
      )
      const size = Number.parseFloat(style.fontSize)
      if (hasText && size < innerHeight / 45 - 0.5)
        found.push(`${node.tagName} ${node.className} has type of ${size} pixels: ${node.textContent}`)
    }
    return found
  })

const shows = labs.flatMap(({ id }) => (['dark', 'projector'] as const).map((theme) => [id, theme] as const))

it.each(shows)('%s, %s: is read from the last row, and ends with a verdict', async (lab, theme) => {
  const { page, complaints, close } = await site.visit(
    `#lab=${lab}&${values[lab]}&story=1&present=1&theme=${theme}`,
    { reducedMotion: 'reduce' },
  )
  await ready(page)
  await page.locator('.present-controls').waitFor()
  const before = await page.evaluate(() => window.natlab.metrics())
  await page.keyboard.press('v')
  const dialog = page.locator('dialog.race')
  await expect.poll(() => dialog.getByRole('status').textContent()).toBe('All are ready.')
  expect(await faults(page)).toEqual([])
  expect(await violations(page, 'dialog.race')).toEqual([])
  await dialog.getByRole('combobox').selectOption('about 1 s')
  await dialog.getByRole('button', { name: 'Start' }).click()
  await dialog.getByRole('button', { name: 'Again' }).waitFor()
  expect(await dialog.locator('.race-verdict').innerText()).toMatch(/is first: [\d,]+ steps? in|are level/)
  for (const row of await dialog.locator('li').all()) {
    expect(await row.locator('dd').nth(2).innerText()).toMatch(/[\d.]+ m?s/)
    expect(await row.locator('dd').nth(3).innerText()).toMatch(/steps\/s/)
  }
  expect(await faults(page)).toEqual([])
  expect(await violations(page, 'dialog.race')).toEqual([])
  const fill = dialog.locator('.race-fill').first()
  expect(await fill.evaluate((one) => getComputedStyle(one).transitionProperty)).toBe('none')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  expect(await page.evaluate(() => document.documentElement.classList.contains('presenting'))).toBe(true)
  expect((await page.evaluate(() => window.natlab.metrics())).step).toEqual(before.step)
  expect(complaints).toEqual([])
  await close()
})

it('says why nothing races where the lab has no steps, and who is out where there is no GPU', async () => {
  const { page, close } = await site.visit('#lab=kl&family=uniform&story=9')
  await ready(page)
  await page.keyboard.press('v')
  const dialog = page.locator('dialog.race')
  await expect.poll(() => dialog.locator('.race-verdict').innerText()).toMatch(/no steps to race/)
  await page.keyboard.press('Escape')
  await close()

  const without = await site.visit(`#lab=init&${values.init}`, {
    beforeLoad: (page) =>
      page.route(/engine-.*\.js/, async (route) => {
        const response = await route.fetch()
        const body = `Reflect.deleteProperty(WorkerNavigator.prototype, 'gpu');${await response.text()}`
        await route.fulfill({ response, body })
      }),
    fresh: true,
  })
  await ready(without.page)
  await without.page.keyboard.press('v')
  const race = without.page.locator('dialog.race')
  await expect
    .poll(() => race.locator('.race-message').last().innerText())
    .toMatch(/^Out of the race: .*WebGPU/)
  await expect.poll(() => race.getByRole('status').textContent()).toBe('All are ready.')
  await race.getByRole('combobox').selectOption('about 1 s')
  await race.getByRole('button', { name: 'Start' }).click()
  await race.getByRole('button', { name: 'Again' }).waitFor()
  expect(await race.getByRole('status').textContent()).toMatch(/WebGPU: Out of the race/)
  await without.close()
})
