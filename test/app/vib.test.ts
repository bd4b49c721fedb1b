/** The VIB lab in the built page, used as people do. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { coloursOf, openSite, ready, type Site } from './site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

/** Trains in a moment on any backend. */
const small = 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2'

const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())
const metrics = (page: Page) => page.evaluate(() => window.natlab.metrics())

describe('the lab', () => {
  it('trains on the real images, fills its panels and tells its errors, without a complaint', async () => {
    const { page, complaints, close } = await site.visit(`#lab=vib&${small}`)
    await ready(page)
    await page.evaluate(() => window.natlab.run(10))
    const found = await metrics(page)
    expect(found.betas).toEqual([1e-3])
    for (const id of ['validationError', 'validationErrorMean', 'validationErrorOneSample', 'trainError']) {
      const [error] = found[id] as number[]
      // better than a blind guess already
      expect(error).toBeGreaterThan(0.05)
      expect(error).toBeLessThan(0.9)
    }
    expect(found.gradientDecoderRate).toBe(0)
    expect(found.gradientEncoderRate).toBeGreaterThan(0)
    await expect
      .poll(async () => Math.min(...(await coloursOf(page, '#stage [data-panel]'))), { timeout: 20_000 })
      .toBeGreaterThan(20)
    expect(await page.locator('[data-panel=gradients]').innerText()).toContain('0 (exactly)')
    expect(complaints).toEqual([])
    await close()
  })

  it('fills in a preset, and calls it custom once a value differs', async () => {
    const { page, close } = await site.visit(`#lab=vib&preset=sweep&trainSize=500`)
    await page.waitForFunction(() => 'natlab' in window)
    await page.evaluate(() => window.natlab.ready)
    expect(await parameters(page)).toMatchObject({
      preset: 'custom',
      mode: 'sweep',
      latentDimensions: 16,
      decoderWidth: 0,
      trainSize: 500,
      betaCount: 17,
    })
    await page.evaluate(() => window.natlab.set({ preset: 'embedding', epochs: 1 }))
    expect(await parameters(page)).toMatchObject({ preset: 'custom', latentDimensions: 2, epochs: 1 })
    await page.evaluate(() => window.natlab.set({ preset: 'embedding' }))
    expect(await parameters(page)).toMatchObject({ preset: 'embedding', epochs: 30, trainSize: 5000 })
    await close()
  })

  it('changes β and the learning rate without a restart', async () => {
    const { page, close } = await site.visit(`#lab=vib&${small}`)
    await ready(page)
    await page.evaluate(() => window.natlab.run(1))
    const before = (await metrics(page)).step as number
    await page.evaluate(() => window.natlab.set({ beta: 0.1, learningRate: 2e-3 }))
    expect((await metrics(page)).step).toBe(before)
    expect((await metrics(page)).betas).toEqual([0.1])
    await close()
  })
})

it('refuses what is not permitted by name and range, and changes nothing', async () => {
  const { page, close } = await site.visit(`#lab=vib&${small}`)
  await ready(page)
  const before = await parameters(page)
  for (const [id, value] of [
    ['beta', 0],
    ['beta', -1],
    ['beta', Number.NaN],
    ['trainSize', 60001],
    ['latentDimensions', 1],
    ['pixels', 20],
    ['betaMin', 1000],
  ] as const) {
    const said = await page.evaluate(
      ([id, value]) =>
        window.natlab.set({ [id]: value }).then(
          () => 'accepted',
          (fault: Error) => `${fault.name}: ${fault.message}`,
        ),
      [id, value] as const,
    )
    expect(said).toMatch(new RegExp(`^RangeError: ${id} = `))
  }
  expect(await parameters(page)).toEqual(before)
  await close()
})

describe('the story', () => {
  it('checks four ticked boxes together', async () => {
    const { page, close } = await site.visit('#lab=vib&story=3&trainSize=500&hiddenWidth=32')
    await ready(page)
    const audience = page.locator('.audience')
    await audience.waitFor()
    const boxes = audience.locator('.answer')
    expect(await page.locator('[data-panel=gradients] tbody').innerText()).not.toContain('exactly')
    for (const index of [0, 1, 3]) await boxes.nth(index).click()
    await audience.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => audience.innerText()).toMatch(/Not quite.*exactly 0/s)
    for (const index of [2, 3]) await boxes.nth(index).click()
    await audience.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => audience.innerText()).toMatch(/✓ Right/)
    await close()
  })

  it('asks for the picture of a β whose place the seed draws', async () => {
    const { page, close } = await site.visit('#lab=vib&story=7&trainSize=500&hiddenWidth=32&seed=3')
    await ready(page)
    const found = await metrics(page)
    const letter = ['A', 'B', 'C'].find((one) => found[`picture${one}`] === 1e-3)
    const audience = page.locator('.audience')
    await audience.getByRole('button', { name: `Picture ${letter}` }).click()
    await expect.poll(() => audience.innerText()).toMatch(/✓ Right/)
    expect(await page.locator('[data-panel=latent1]').innerText()).not.toContain('β =')
    await close()
  })
})

it('says what is wrong when the images cannot be had, and trains once they can', async () => {
  let broken = true
  const { page, close } = await site.visit(`#lab=vib&${small}`, {
    beforeLoad: (page) =>
      page.route(/mnist-.*\.bin/, (route) => (broken ? route.fulfill({ status: 503 }) : route.continue())),
  })
  const alert = page.getByRole('alert').filter({ hasText: /503/ })
  await alert.waitFor()
  // the other labs still work
  await page.getByRole('link', { name: 'KL divergence' }).click()
  await ready(page)
  expect(Number.isFinite((await metrics(page)).forwardKl)).toBe(true)
  broken = false
  await page.getByRole('link', { name: 'Information bottleneck' }).click()
  await ready(page)
  expect((await metrics(page)).betas).toEqual([1e-3])
  await close()
})
