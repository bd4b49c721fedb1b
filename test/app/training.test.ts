/** The training lab in the built page, used as people do, at sizes that train in a moment. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { coloursOf, openSite, ready, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const size = 'dModel=64&vocab=200&batchSize=1&context=16'
const small = `#lab=training&architecture=mlp&${size}`

const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())
const metrics = (page: Page) => page.evaluate(() => window.natlab.metrics())
const run = (page: Page, steps: number) => page.evaluate((steps) => window.natlab.run(steps), steps)
const panel = (page: Page, id: string) => page.locator(`[data-panel=${id}]`)
/** Opens the page, paused at step 0, with the first losses. */
async function open(page: Page): Promise<void> {
  await ready(page)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.keyboard.press('r')
  await metrics(page)
}

it('plays, fills its panels and shows where a learning rate explodes, without a complaint; the reset brings both models back', async () => {
  const { page, complaints, close } = await site.visit(small, { drawn: true })
  await ready(page)
  await expect.poll(async () => Number((await metrics(page)).step)).toBeGreaterThan(5)
  await page.getByRole('button', { name: 'Pause' }).click()
  const { lossCurve1, lossCurve2, step } = await metrics(page)
  expect([lossCurve1, lossCurve2].map((curve) => (curve as number[]).length)).toEqual(
    [0, 0].map(() => Number(step) + 1),
  )
  await expect
    .poll(async () => Math.min(...(await coloursOf(page, '#stage [data-panel]'))))
    .toBeGreaterThan(20)
  const told = await panel(page, 'curves').locator('.stage-plot').getAttribute('aria-label')
  expect(told).toMatch(/Losses at step \d+: model A: .* in validation.*; model B: .*ln V is at 5\.3 nats/)

  // far too large a rate from the first step on
  await page.evaluate(() => window.natlab.set({ learningRate: 10 }))
  await page.keyboard.press('r')
  await expect.poll(async () => (await metrics(page)).step).toBe(0)
  const first = await metrics(page)
  await run(page, 5)
  const { loss1, loss2 } = await metrics(page)
  expect(loss1).toBeGreaterThan(2 * (first.loss1 as number))
  expect(loss2).toBeGreaterThan(2 * (first.loss1 as number))
  await page.getByRole('button', { name: 'Reset, same seed' }).click()
  expect(await metrics(page)).toMatchObject({ step: 0, loss1: first.loss1, loss2: first.loss2 })
  expect(complaints).toEqual([])
  await close()
})

it('reads a chart’s values at one step, each curve once', async () => {
  const { page, close } = await site.visit(`${small}&story=3`)
  await open(page)
  await run(page, 5)
  const plot = panel(page, 'curves').locator('.stage-plot')
  await plot.focus()
  await page.keyboard.press('Home')
  const { initialLoss1 } = await metrics(page)
  const names = ['std 1, training', 'std 1, validation', 'std 1/√d, training', 'ln V = 5.30']
  const reading = () => plot.locator('.stage-readout').innerText()
  // after the newest frame is drawn
  await expect
    .poll(async () => {
      const read = await reading()
      return names.map((name) => read.split(name).length - 1)
    })
    .toEqual(names.map(() => 1))
  expect(await reading()).toMatch(/^step 0\n/)
  expect(await reading()).toContain(`${Number(Number(initialLoss1).toPrecision(5))} nats`)
  await close()
})

describe('the race', () => {
  it('waits for a guess, and ends where the slower model has come down', async () => {
    const { page, complaints, close } = await site.visit(`${small}&story=4&learningRate=0.03&batchSize=4`)
    await ready(page)
    const note = panel(page, 'curves').locator('.stage-note')
    await expect.poll(() => note.textContent()).toContain('Set your guess')
    expect((await metrics(page)).step).toBe(20)
    const { raceGoal, validationLoss2 } = await metrics(page)
    expect(raceGoal).toBe(validationLoss2)
    expect(await page.locator('.position').textContent()).toBe('step 20: waiting for your guess')
    const guess = page.locator('[data-parameter=raceGuess] input')
    // the guess is requested beside the button, visible on a phone too
    const asked = page.getByLabel('your guess (steps)').and(page.locator('#asked'))
    await page.getByRole('button', { name: 'Play' }).click()
    expect(await asked.evaluate((field) => field === document.activeElement)).toBe(true)
    expect((await metrics(page)).step).toBe(20)
    const fault = page.locator('.asked [role=alert]')
    for (const [answer, refusal] of [
      ['20', 'The value is still 20. Enter another one.'],
      ['many', 'raceGuess = "many" is not permitted: raceGuess is a whole number from 20 to 10,000.'],
    ]) {
      await asked.fill(answer)
      await asked.press('Enter')
      expect(await fault.textContent()).toBe(refusal)
    }
    await asked.fill('300')
    await asked.press('Enter')
    await expect.poll(() => note.textContent(), { timeout: 30_000 }).toMatch(/Your guess was 300/)
    const found = await metrics(page)
    expect(found.raceSteps).toBe(found.step)
    expect(found.step).toBeGreaterThan(20)
    expect(found.validationLoss1).toBeLessThanOrEqual(raceGoal as number)
    expect(await page.locator('.caption').innerText()).toContain(`Steps needed: ${found.raceSteps}`)
    // a guess after the end changes nothing
    await guess.fill(String(found.raceSteps))
    await guess.press('Enter')
    await expect.poll(async () => (await parameters(page)).raceGuess).toBe(found.raceSteps)
    expect(await note.textContent()).toMatch(/Your guess was 300/)
    // another race starts again, and waits again
    await page.locator('[data-parameter=race] input').uncheck()
    await page.locator('[data-parameter=race] input').check()
    await expect.poll(() => note.textContent()).toContain('Set your guess')
    // values in the middle of a drag are no guess
    await page.locator('[data-parameter=raceGuess] [role=slider]').hover()
    await page.mouse.down()
    expect([(await parameters(page)).raceGuess, (await metrics(page)).step]).toEqual([20, 20])
    await page.mouse.up()
    const dragged = Number((await parameters(page)).raceGuess)
    expect(dragged).toBeGreaterThan(20)
    // values in the middle of key presses are no guess either, whatever else is set meanwhile
    await page.keyboard.press('ArrowLeft')
    await page.evaluate(() => window.natlab.set({ learningRate: 0.02 }))
    expect((await parameters(page)).raceGuess).toBe(dragged)
    await page.keyboard.press('Enter')
    expect((await parameters(page)).raceGuess).toBeLessThan(dragged)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('the story', () => {
  it('hides the names in the riddle, and makes the diagnosis of the same model', async () => {
    const { page, complaints, close } = await site.visit(`${small}&story=1`)
    await ready(page)
    await expect.poll(() => panel(page, 'curves').locator('.stage-legend').innerText()).toContain('model A')
    expect(await panel(page, 'curves').innerText()).not.toContain('std 1')
    const audience = page.locator('.audience')
    await audience.getByRole('button', { name: /wrong std of its embedding/ }).click()
    await expect.poll(() => audience.innerText()).toMatch(/✓ Right/)
    const next = page.getByRole('button', { name: 'Next step of the story' })
    await next.click()
    // the caption describes the run of the riddle, at any later step, as it was before its training
    await expect.poll(() => page.locator('.caption').innerText()).toContain('Before its first update')
    // what the models wrote before their training stays
    const rows = panel(page, 'text').locator('tbody tr')
    await run(page, 60)
    expect(await panel(page, 'text').textContent()).toContain('Predict first')
    await page.getByRole('button', { name: 'Show it' }).first().click()
    await run(page, 0)
    await expect.poll(() => rows.count()).toBe(4)
    const firstWords = await rows.first().innerText()
    expect(firstWords).toMatch(/^\s*std 1\s+0\s/)
    expect(await rows.nth(1).innerText()).toMatch(/^\s*std 1\s+[5-9]\d\s/)
    expect(await panel(page, 'curves').innerText()).toContain('std 1')
    const { initialLogitStd1, initialAlignment1, initialOwnProbability1, initialLoss1 } = await metrics(page)
    for (const told of [initialLogitStd1, initialAlignment1, initialOwnProbability1, initialLoss1])
      expect(told).toBeGreaterThan(0)
    expect(Math.abs((initialLogitStd1 as number) / Math.sqrt(64) - 1)).toBeLessThan(0.15)
    await next.click()
    await panel(page, 'curves').waitFor()
    await expect.poll(() => parameters(page)).toMatchObject({ scheme1: 'unit', race: false })
    await expect.poll(() => page.locator('.caption pre').innerText()).toContain('d_model ** -0.5')
    await page.goBack()
    await expect.poll(() => page.locator('#story-title').innerText()).toBe('The diagnosis, at step 0')
    expect(complaints).toEqual([])
    await close()
  })

  it('ends where d^-½ starts high after all, because the final state points at its input word', async () => {
    // a link from when the lab was a view of another one
    const { page, close } = await site.visit('#lab=init&view=training&story=13')
    await ready(page)
    await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#lab=training&.*&story=5&v=1$/)
    await page.evaluate(() => document.querySelectorAll<HTMLElement>('.dot')[4].click())
    await expect.poll(() => parameters(page)).toMatchObject({ embeddingScale: 'sqrtDModel', dModel: 256 })
    const { initialLoss1, initialLoss2, lnVocab } = await metrics(page)
    expect(initialLoss2).toBeGreaterThan((lnVocab as number) + 1.5)
    expect(Math.abs((initialLoss1 as number) - (lnVocab as number))).toBeLessThan(0.3)
    await close()
  })
})
