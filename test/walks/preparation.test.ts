/** Steps of the story about trained models, in the built page: they are ready when they are entered. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site, type Visit } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** A page whose browser keeps nothing of other tests. */
const visit = (path: string): Promise<Visit> => site.visit(path, { locale: 'en-GB' })
const position = (page: Page) => page.locator('.position').innerText()
const next = (page: Page) => page.getByRole('button', { name: 'Next step of the story' }).click()

/** Number of checkpoints that the browser keeps. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const answer = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    if (!(await indexedDB.databases()).some(({ name }) => name === 'natlab')) return 0
    const base = await answer(indexedDB.open('natlab'))
    try {
      if (base.objectStoreNames.length === 0) return 0
      return await answer(base.transaction('checkpoints').objectStore('checkpoints').count())
    } finally {
      base.close()
    }
  })

/** The present run has no earlier frame: it began where it is. */
const beganHere = (page: Page) => page.locator('.scrub').isDisabled()

it('trains while the page rests; a step begins trained, also after a reload, and at 0 after a reset', async () => {
  const { page, complaints, close } = await visit('#lab=training&story=2&backend=wasm')
  await ready(page)
  await page.evaluate(() => window.natlab.run(2))
  const rested = (await page.evaluate(() => window.natlab.metrics())).step
  // what the third and the fourth step need
  await expect.poll(() => kept(page), { timeout: 60_000 }).toBe(2)
  // the shown run was left alone
  expect(await position(page)).toBe(`step ${rested}: the question comes first`)
  await next(page)
  await expect.poll(() => position(page)).toBe('step 100')
  expect(await beganHere(page)).toBe(true)
  const metrics = await page.evaluate(() => window.natlab.metrics())
  expect(metrics.step).toBe(100)
  expect(metrics.lossCurve1).toHaveLength(101)
  expect(metrics.loss1).toBeLessThan(metrics.initialLoss1 as number)
  await next(page)
  await expect.poll(() => position(page)).toBe('step 20: waiting for your guess')
  expect(await beganHere(page)).toBe(true)
  await page.reload()
  await ready(page)
  await expect.poll(() => position(page)).toBe('step 20: waiting for your guess')
  expect(await beganHere(page)).toBe(true)
  expect((await page.evaluate(() => window.natlab.metrics())).raceGoal).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Reset, same seed' }).click()
  await expect.poll(() => beganHere(page)).toBe(false)
  expect(complaints).toEqual([])
  await close()
}, 180_000)

it('trains for the lab in which the story goes on', async () => {
  const { page, complaints, close } = await visit('#lab=init&story=8&backend=wasm')
  await ready(page)
  // nothing plays on where it has come
  await page.evaluate(() => window.natlab.run(0))
  await expect.poll(() => kept(page), { timeout: 120_000 }).toBe(2)
  for (let steps = 0; steps < 3; steps++) await next(page)
  await expect.poll(() => position(page)).toBe('step 100')
  expect(await beganHere(page)).toBe(true)
  expect(complaints).toEqual([])
  await close()
}, 180_000)

it('keeps a model that was trained in its own step, and says how far it is until then', async () => {
  const small = 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=60&evaluationSamples=2'
  const { page, complaints, close } = await visit(`#lab=vib&story=8&backend=wasm&${small}&batchSize=10`)
  await ready(page)
  await expect
    .poll(() => position(page), { timeout: 60_000, interval: 20 })
    .toMatch(/^step [\d,]+: \d+ % trained, (a few seconds|about \d+ (s|min)) left$/)
  await expect.poll(() => position(page), { timeout: 120_000 }).toBe('step 3,000: finished')
  await expect.poll(() => kept(page), { timeout: 60_000 }).toBeGreaterThan(0)
  const before = await page.evaluate(() => window.natlab.metrics())
  await page.reload()
  await ready(page)
  await expect.poll(() => position(page)).toBe('step 3,000: finished')
  expect(await beganHere(page)).toBe(true)
  const { imagesPerSecond: _, ...after } = await page.evaluate(() => window.natlab.metrics())
  expect(before).toMatchObject(after)
  expect(complaints).toEqual([])
  await close()
}, 240_000)
