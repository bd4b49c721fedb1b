/** Questions on the page: what they hide, how they are answered, and who judges. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import type { Page } from 'playwright'
import { labs } from '../../src/labs/index.ts'
import { openSite, ready, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const small = 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&evaluationSamples=1'
const sweep = `#lab=vib&story=5&${small}&epochs=2&betaCount=5&seeds=1`

/** All that a person, a screen reader or a search could find. */
const everything = async (page: Page) => {
  const tree = await page.locator('body').ariaSnapshot()
  return [
    tree,
    await page.locator('body').evaluate((body) => body.textContent),
    await page.title(),
    page.url(),
  ].join('\n')
}

describe('a curve to sketch', () => {
  it('is drawn over the veil, and compared with the computed one when that is there', async () => {
    const { page, complaints, close } = await site.visit(sweep, { drawn: true })
    await ready(page)
    const sheet = page.locator('.sketch-sheet')
    await sheet.waitFor()
    await expect.poll(() => page.locator('.position').innerText()).toBe('step 0: the question comes first')
    const done = page.getByRole('button', { name: 'Done' })
    expect(await done.isDisabled()).toBe(true)
    const { x, y, width, height } = (await sheet.boundingBox())!
    await page.mouse.move(x + 0.11 * width, y + 0.5 * height)
    await page.mouse.down()
    await page.mouse.move(x + 0.98 * width, y + 0.2 * height, { steps: 12 })
    await page.mouse.up()
    // by keys, too: the last place is lifted
    await sheet.focus()
    const before = await sheet.getAttribute('aria-label')
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => sheet.getAttribute('aria-label')).not.toBe(before)
    await done.click()
    // now the run plays, and the sketch stays on the real chart
    await expect.poll(() => page.locator('.verdict').innerText()).toMatch(/Noted|of the axis away/)
    const panel = page.locator('[data-panel=sweep]')
    await expect.poll(() => panel.innerText()).toContain('your sketch')
    expect(await panel.getAttribute('class')).not.toContain('veiled')
    await expect
      .poll(() => page.locator('.verdict').innerText())
      .toMatch(
        /(Right|Not quite)\. On average your curve is \d+ % of the axis away\. Its lowest point lies at β = /,
      )
    const { validationError } = await page.evaluate(() => window.natlab.metrics())
    expect((validationError as number[]).every((error) => error > 0 && error < 1)).toBe(true)
    expect(complaints).toEqual([])
    await close()
  })

  it('hides every number until then, and shows it all without a sketch, too', async () => {
    const { page, close } = await site.visit(sweep, { drawn: true })
    await ready(page)
    // a script trains behind the veil
    await page.evaluate(() => window.natlab.run(10))
    const { validationError } = await page.evaluate(() => window.natlab.metrics())
    const errors = (validationError as number[]).map((error) => (100 * error).toPrecision(3))
    const found = await everything(page)
    for (const error of errors) expect(found).not.toContain(error)
    expect(found).not.toContain('A shallow dip')
    expect(await page.locator('.question').innerText()).toBe('Predict first, then see.')
    expect(await page.locator('.dot').last().getAttribute('title')).toBe('Step 10, after the answer')
    for (const id of ['sweep', 'information'])
      expect(await page.locator(`[data-panel=${id}]`).getAttribute('class')).toContain('veiled')
    await page.getByRole('button', { name: 'Show it' }).first().click()
    await expect
      .poll(() => page.locator('[data-panel=sweep] .stage-plot').getAttribute('aria-label'))
      .toMatch(/^Errors of \d+ models after/)
    await expect.poll(() => page.locator('.verdict').innerText()).toMatch(/the error dips/)
    // nobody has drawn one
    expect(await page.locator('[data-panel=sweep] .stage-legend').innerText()).not.toContain('your sketch')
    expect(await page.getByRole('button', { name: 'Wipe' }).isVisible()).toBe(false)
    await close()
  })
})

describe('a show of hands', () => {
  it('is counted by keys, buttons and numbers, in two rounds, and compared', async () => {
    const { page, close } = await site.visit('#lab=init&dModel=64&vocab=2000&tokens=16&story=3')
    await ready(page)
    const audience = page.locator('.audience')
    await audience.getByRole('button', { name: 'Count hands' }).click()
    await page.keyboard.press('2')
    await page.keyboard.press('2')
    await audience.getByRole('button', { name: '+1 hand for answer 1' }).click()
    const third = audience.getByLabel('Hands for answer 3')
    await third.fill('7')
    await third.press('Tab')
    const counts = () =>
      audience
        .locator('.hands-count')
        .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))
    expect(await counts()).toEqual(['1', '2', '7', '0'])
    // what is no number changes nothing
    await third.fill('many')
    await third.press('Tab')
    expect(await counts()).toEqual(['1', '2', '7', '0'])
    await audience.locator('.answer').nth(1).click()
    await expect.poll(() => page.locator('.verdict').innerText()).toContain('Right hands: 2 of 10 (20 %).')
    await audience.getByRole('button', { name: 'Ask again' }).click()
    expect(await counts()).toEqual(['0', '0', '0', '0'])
    for (let hand = 0; hand < 4; hand++) await page.keyboard.press('2')
    expect(await audience.locator('.hands').nth(1).locator('.hands-bar').count()).toBe(2)
    await audience.locator('.answer').nth(1).click()
    await expect
      .poll(() => page.locator('.verdict').innerText())
      .toContain('Right hands: 2 of 10 (20 %), then 4 of 4 (100 %).')
    // another step has its own
    await page.getByRole('button', { name: 'Next step of the story' }).click()
    await expect.poll(() => page.locator('.hands').count()).toBe(0)
    await close()
  })
})

describe('a number to guess', () => {
  it('is not taken for the answer to the question of the next lab', async () => {
    const { page, close } = await site.visit(
      '#lab=training&architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16&story=4&race=true',
    )
    await ready(page)
    await page.locator('.story-question .asked').waitFor({ state: 'attached' })
    await page.evaluate(() => {
      location.hash = '#lab=init&dModel=64&vocab=2000&tokens=16&story=3'
    })
    await expect.poll(() => page.locator('#story-title').innerText()).toBe(labs[0].story[2].title)
    await ready(page)
    await page.locator('.answer').first().waitFor()
    expect(await page.locator('.question').innerText()).toBe('Predict first, then see.')
    expect(await page.locator('.verdict').first().innerText()).toBe('')
    await close()
  })
})
