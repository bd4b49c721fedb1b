/** The VIB lab in the built page, used as a person does. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import type { Metrics } from '../../src/labs/experiment.ts'
import { coloursOf, openSite, ready, type Site } from './site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

/** Sizes that train quickly on any backend. */
const small = 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2'

const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())
const metrics = (page: Page) => page.evaluate(() => window.natlab.metrics())
/** Pauses the run: clicks are quicker on a page that does not train. */
const pause = (page: Page) => page.evaluate(() => window.natlab.run(0))

it('trains on the real images, fills its panels and tells its errors, without a complaint', async () => {
  const { page, complaints, close } = await site.visit(`#lab=vib&${small}`, { drawn: true })
  await ready(page)
  await page.evaluate(() => window.natlab.run(10))
  const found = await metrics(page)
  expect(found.betas).toEqual([1e-3])
  for (const id of ['validationError', 'validationErrorMean', 'validationErrorOneSample', 'trainError']) {
    const [error] = found[id] as number[]
    // already better than a blind guess
    expect(error).toBeGreaterThan(0.05)
    expect(error).toBeLessThan(0.9)
  }
  expect(found.gradientDecoderRate).toBe(0)
  expect(found.gradientEncoderRate).toBeGreaterThan(0)
  await expect
    .poll(async () => Math.min(...(await coloursOf(page, '#stage [data-panel]'))))
    .toBeGreaterThan(20)
  // values of one's own are no step of the story, which hides this norm before its third step
  await expect.poll(() => page.locator('[data-panel=gradients]').innerText()).toContain('0 (exactly)')
  // β and the learning rate change without a restart
  await page.evaluate(() => window.natlab.set({ beta: 0.1, learningRate: 2e-3 }))
  const changed = await metrics(page)
  expect(changed.step).toBe(found.step)
  expect(changed).toMatchObject({ betas: [0.1], evaluatedBetas: [1e-3] })
  await expect
    .poll(() => page.locator('[data-panel=sweep]').innerText())
    .toContain('at β = 10⁻³, not yet at 0.1')
  expect(complaints).toEqual([])
  await close()
})

it('says at which step a learning rate stopped a model, trains the others on, and begins anew', async () => {
  const wide = 'hiddenWidth=1024&hiddenLayers=3&decoderWidth=0&latentDimensions=256&pixels=28'
  const { page, close } = await site.visit(
    `#lab=vib&mode=three&${wide}&trainSize=500&batchSize=10&evaluationSamples=1&learningRate=100`,
  )
  const told = page.locator('[data-panel=losses]')
  await expect
    .poll(() => told.innerText(), { timeout: 90_000 })
    .toContain('The model of β = 10² stopped at step 1: no longer finite; the others train on.')
  const before = await metrics(page)
  expect(before.stoppedAt).toEqual([-1, -1, 1])
  await expect
    .poll(async () => (await metrics(page)).step, { timeout: 60_000 })
    .toBeGreaterThan(before.step as number)
  await page.evaluate(() => window.natlab.set({ learningRate: 1e-3 }))
  await page.getByRole('button', { name: 'Reset, same seed' }).click()
  await expect.poll(async () => (await metrics(page)).stoppedAt, { timeout: 60_000 }).toEqual([-1, -1, -1])
  await close()
}, 240_000)

it('names a collapse that a large β left behind, and begins anew at the small one', async () => {
  const { page, complaints, close } = await site.visit(`#lab=vib&${small}&batchSize=10`)
  await ready(page)
  await page.evaluate(async () => {
    for (const [beta, steps] of [
      [1e-3, 50],
      [1000, 50],
      [1e-3, 400],
    ]) {
      await window.natlab.set({ beta })
      await window.natlab.run(steps)
    }
  })
  const told = page.locator('[data-panel=latent]')
  await expect.poll(() => told.innerText()).toMatch(/β = 10⁻³: the code has collapsed\. Since step \d+ /)
  expect((await metrics(page)).collapsedSince).not.toEqual([-1])
  const button = told.getByRole('button', { name: 'Restart at this β' })
  await button.click()
  await expect.poll(() => button.count()).toBe(0)
  expect(await metrics(page)).toMatchObject({ collapsedSince: [-1], betas: [1e-3] })
  expect((await metrics(page)).step).toBeLessThan(400)
  expect(complaints).toEqual([])
  await close()
})

describe('the story', () => {
  it('checks four ticked boxes together', async () => {
    const { page, close } = await site.visit('#lab=vib&story=3&trainSize=500&hiddenWidth=32')
    await ready(page)
    await pause(page)
    const audience = page.locator('.audience')
    await audience.waitFor()
    const boxes = audience.locator('.answer')
    const table = page.locator('[data-panel=gradients]')
    expect(await table.textContent()).toContain('Predict first')
    expect(await table.textContent()).not.toContain('exactly')
    // neither the table of numbers nor the diagram gives the answer away
    const gradient = page.locator('[data-panel=diagram]').getByRole('checkbox', { name: 'gradient' })
    expect(await gradient.isChecked()).toBe(false)
    const number = page.locator('.readouts [data-metric=gradientDecoderRate]')
    expect(await number.innerText()).toBe('?')
    for (const index of [0, 1, 3]) await boxes.nth(index).click()
    await audience.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => audience.innerText()).toMatch(/Not quite.*exactly 0/s)
    for (const index of [2, 3]) await boxes.nth(index).click()
    await audience.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => audience.innerText()).toMatch(/✓ Right/)
    // after the answer, both are shown
    await expect.poll(() => table.locator('tbody').innerText()).toContain('0 (exactly)')
    await expect.poll(() => number.innerText()).toBe('0')
    expect(await gradient.isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Next step of the story' }).click()
    await expect.poll(() => number.innerText()).toBe('0')
    await close()
  })

  it('asks for three β side by side, in an order that the seed draws', async () => {
    const { page, close } = await site.visit(`#lab=vib&story=8&${small}&seed=3&theme=projector`)
    await ready(page)
    await pause(page)
    // on a projector of 1280 × 720 the three latent spaces are side by side
    const boxes = await Promise.all(
      [1, 2, 3].map((place) => page.locator(`[data-panel=latent${place}]`).boundingBox()),
    )
    expect(new Set(boxes.map((box) => box?.y)).size).toBe(1)
    const room = await page.locator('.room').boundingBox()
    for (const box of boxes)
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((room?.y ?? 0) + (room?.height ?? 0))
    const found = await metrics(page)
    const betas = [1e-6, 1e-3, 100]
    const audience = page.locator('.audience')
    const firstPicture = () => page.locator('[data-panel=latent1]').innerText()
    expect(await firstPicture()).not.toContain('β =')
    for (const one of ['A', 'B', 'C']) {
      await audience.getByRole('button', { name: `Picture ${one}`, exact: true }).click()
      const slot = audience.locator('.match-slot').nth(betas.indexOf(found[`picture${one}`] as number))
      await slot.getByRole('button', { name: `Put Picture ${one} here` }).click()
    }
    await audience.getByRole('button', { name: 'Check' }).click()
    await expect.poll(() => audience.innerText()).toMatch(/✓ Right/)
    // the answer shows the names at the places of the pictures
    const first = (of: Metrics) => ['β = 10⁻⁶', 'β = 10⁻³', 'β = 10²'][betas.indexOf(of.pictureA as number)]
    await expect.poll(firstPicture).toContain(first(found))
    // another seed has another order, and the question is asked again
    let other = found
    for (let seed = 4; first(other) === first(found); seed++) {
      await page.evaluate((seed) => window.natlab.set({ seed }), seed)
      other = await metrics(page)
    }
    await expect.poll(() => audience.innerText()).not.toContain('Right')
    const back = page.getByRole('button', { name: 'Back to this step’s values' })
    expect(await back.getAttribute('title')).toMatch(
      /other values of: hidden width, hidden layers, decoder width, training images, epochs, samples in evaluation\./,
    )
    // the pictures keep this order after the question
    await page.getByRole('button', { name: 'Next step of the story' }).click()
    await expect.poll(() => audience.innerText()).toContain('smallest validation error')
    await expect.poll(firstPicture).toContain(first(other))
    expect(await back.isVisible()).toBe(false)
    // outside of the story the pictures have their names again
    await page.evaluate(() =>
      window.natlab.open('vib', { mode: 'three', trainSize: 500, hiddenWidth: 32, evaluationSamples: 1 }),
    )
    await expect.poll(() => page.locator('[data-panel=latent1]').innerText()).toContain('β =')
    await close()
  })
})

it('shows the three models of the last step in the order of β, and names each error with its β', async () => {
  const { page, close } = await site.visit(`#lab=vib&story=10&${small}&seed=3`)
  await ready(page)
  await page.evaluate(() => window.natlab.run(10))
  for (const [place, beta] of ['10⁻⁶', '10⁻³', '10²'].entries()) {
    const panel = page.locator(`[data-panel=latent${place + 1}]`)
    await expect.poll(() => panel.innerText()).toContain(`β = ${beta}`)
  }
  const { evaluatedEpoch, validationError } = await metrics(page)
  const shown = page.locator('.caption [data-metric=validationError]')
  await expect
    .poll(async () => (await shown.allInnerTexts()).map(Number))
    .toEqual((validationError as number[]).map((error) => Number((100 * error).toPrecision(3))))
  // they are told with the epoch of their evaluation, as the picture tells them
  await expect
    .poll(async () => Number(await page.locator('.caption [data-metric=evaluatedEpoch]').innerText()))
    .toBe(evaluatedEpoch)
  await expect
    .poll(() => page.locator('[data-panel=sweep]').innerText())
    .toContain(`after ${evaluatedEpoch} epochs`)
  expect(await page.locator('.caption').innerText()).not.toMatch(/\d\.\d{4}/)
  await close()
})

it('keeps an answer until the training has ended that decides it', async () => {
  const { page, close } = await site.visit(`#lab=vib&story=9&${small}&epochs=4`)
  await ready(page)
  // paused and reset to step 0
  await pause(page)
  await page.keyboard.press('r')
  expect((await metrics(page)).step).toBe(0)
  const audience = page.locator('.audience')
  for (const index of [2, 1]) await audience.locator('.answer').nth(index).click()
  await expect.poll(() => audience.innerText()).toMatch(/Noted.*ended/s)
  expect(await audience.locator('.answer[aria-pressed=true]').count()).toBe(1)
  const { step, validationError, betas } = await page.evaluate(async () => {
    await window.natlab.run(20)
    return window.natlab.metrics()
  })
  expect(step).toBe(20)
  const errors = validationError as number[]
  const best = (betas as number[])[errors.indexOf(Math.min(...errors))]
  await expect.poll(() => audience.innerText()).toMatch(best === 1e-3 ? /✓ Right/ : /✗ Not quite/)
  await close()
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
  const told = () => metrics(page).catch(() => undefined)
  await page.getByRole('link', { name: 'KL divergence' }).click()
  await expect.poll(async () => Number.isFinite((await told())?.forwardKl)).toBe(true)
  broken = false
  await page.getByRole('link', { name: 'Information bottleneck' }).click()
  await expect.poll(async () => (await told())?.betas).toEqual([1e-3])
  await close()
})

it('tries again with the same values as often as is wanted, after a damaged part too', async () => {
  let damaged = true
  const { page, close } = await site.visit(`#lab=vib&${small}`, {
    beforeLoad: (page) =>
      page.route(/mnist-.*\.bin/, async (route) => {
        if (!damaged) return route.continue()
        const response = await route.fetch()
        const body = await response.body()
        body[body.length >> 1] ^= 255
        return route.fulfill({ response, body })
      }),
  })
  const alert = page.getByRole('alert').filter({ hasText: /damaged/ })
  await alert.getByRole('button', { name: 'Try again' }).click()
  await alert.waitFor({ state: 'detached' })
  await alert.waitFor()
  damaged = false
  await alert.getByRole('button', { name: 'Try again' }).click()
  await page.waitForFunction(() => window.natlab.metrics().then(({ betas }) => betas !== undefined))
  expect(await parameters(page)).toMatchObject({ trainSize: 500, hiddenWidth: 32, epochs: 2 })
  await close()
})

const sweep = `preset=sweep&betaCount=5&seeds=2&${small}`

/** 1 to 29, from the middle outward: most dots are there, and a dot of a sweep is above the middle of its axis */
const fromTheMiddle = Array.from({ length: 29 }, (_, at) => 15 + (at % 2 ? 1 : -1) * Math.ceil(at / 2))

/** The first place found in the window where a dot of this panel is read, with its text. */
async function readingAt(page: Page, panel: string): Promise<{ x: number; y: number; text: string }> {
  const plot = page.locator(`[data-panel=${panel}] .stage-plot`)
  await plot.scrollIntoViewIfNeeded()
  const area = await plot.boundingBox()
  if (!area) throw new Error(`${panel} is not shown`)
  const reading = plot.locator('.stage-point-reading')
  for (const column of fromTheMiddle)
    for (const row of fromTheMiddle) {
      // whole pixels: a click has no fractions, and another dot may be nearer there
      const x = Math.round(area.x + (area.width * column) / 30)
      const y = Math.round(area.y + (area.height * row) / 30)
      await page.mouse.move(x, y)
      if (await reading.isVisible()) return { x, y, text: await reading.innerText() }
    }
  throw new Error(`no dot of ${panel} was found`)
}

describe('what is pointed at', () => {
  it.each([2, 3])(
    'is read with its picture and goes through the diagram, with K = %d',
    async (dimensions) => {
      const { page, close } = await site.visit(`#lab=vib&${small}&latentDimensions=${dimensions}`)
      await ready(page)
      await page.evaluate(() => window.natlab.run(10))
      // waits until all images are encoded again, drawn, and at rest
      const [rate] = (await metrics(page)).rate as number[]
      await expect
        .poll(async () => {
          const said = (await page.locator('[data-panel=latent]').ariaSnapshot()).match(
            /mean rate is ([\d.]+)/,
          )
          return Number(said?.[1])
        })
        .toBe(Number(rate.toPrecision(3)))
      const { x, y, text } = await readingAt(page, 'latent')
      expect(text).toMatch(/^a \d\n/)
      for (const told of ['predicted', 'KL', 'nats', 'μ', 'σ']) expect(text).toContain(told)
      await expect.poll(() => page.locator('[data-panel=latent] .stage-picture').isVisible()).toBe(true)
      // a click at the end of a drag, which turns the scene, chooses nothing
      await page.mouse.move(x - 40, y)
      await page.mouse.down()
      await page.mouse.move(x, y, { steps: 4 })
      await page.mouse.up()
      expect((await parameters(page)).image).toBe(0)
      const label = (await readingAt(page, 'latent')).text[2]
      await page.mouse.down()
      await page.mouse.up()
      await expect.poll(async () => (await parameters(page)).image).not.toBe(0)
      await expect
        .poll(() => page.locator('[data-panel=diagram]').innerText())
        .toMatch(new RegExp(`x:\\sa\\s${label}`))
      await close()
    },
  )

  it('of a sweep is one model, whose numbers alone are told and which its dot opens', async () => {
    const { page, close } = await site.visit(`#lab=vib&${sweep}`)
    await ready(page)
    // the link names values beside the preset, so the preset becomes custom
    expect(await parameters(page)).toMatchObject({ preset: 'custom', mode: 'sweep', batchSize: 100 })
    await page.evaluate(() => window.natlab.run(10))
    // errors are in per cent
    const { validationError } = await metrics(page)
    const cell = page.locator('.readouts [data-metric=validationError]')
    // of ten models it shows the first seed's model at β = 0.01, the third of five β
    await expect
      .poll(async () => Number(await cell.innerText()))
      .toBeCloseTo(100 * (validationError as number[])[4], 2)
    // the panels for one model are replaced by panels for many
    await page.locator('[data-panel=sweep]').getByText('spread over seeds').waitFor()
    const { x, y, text } = await readingAt(page, 'sweep')
    await page.mouse.click(x, y)
    await expect.poll(async () => (await parameters(page)).model).toBeGreaterThanOrEqual(0)
    const beta = text.match(/β = [^,]*/)?.[0] ?? ''
    expect(beta).not.toBe('')
    const latent = page.locator('[data-panel=latent]')
    await expect.poll(() => latent.innerText()).toContain(beta)
    // this panel is then visible
    await expect
      .poll(() =>
        latent.evaluate((panel) => {
          const room = document.querySelector('.room-panels')!.getBoundingClientRect()
          const { top, bottom } = panel.getBoundingClientRect()
          return Math.max(room.top - top, bottom - room.bottom)
        }),
      )
      .toBeLessThanOrEqual(1)
    // the numbers of three models are never wider than the panel
    await page.evaluate(() => window.natlab.set({ mode: 'three' }))
    await page.evaluate(() => window.natlab.run(2))
    await expect.poll(async () => (await cell.innerText()).split(',').length).toBe(3)
    expect(await page.locator('.panel').evaluate((panel) => panel.scrollWidth - panel.clientWidth)).toBe(0)
    await close()
  })
})

it('fits a phone, leaves no hole between its panels, however many are trained and wide the window is, and has a help', async () => {
  const { page, close } = await site.visit(`#lab=vib&${small}&betaCount=2&seeds=1`, {
    viewport: { width: 360, height: 740 },
  })
  await ready(page)
  await pause(page)
  // the block diagram is upright and fully visible
  const diagram = page.locator('[data-panel=diagram] .stage-diagram')
  for (const trick of [true, false]) {
    await page.getByLabel('with the trick').setChecked(trick)
    await expect
      .poll(() =>
        diagram.evaluate((node) => [
          node.scrollWidth - node.clientWidth,
          node.scrollHeight - node.clientHeight,
        ]),
      )
      .toEqual([0, 0])
  }

  const filled = () =>
    page.evaluate(() => {
      const area = (node: Element) => {
        const { width, height } = node.getBoundingClientRect()
        return width * height
      }
      const panels = [...document.querySelectorAll('[data-panel]')]
      return panels.reduce((sum, panel) => sum + area(panel), 0) / area(document.querySelector('.stage')!)
    })
  for (const [mode, first] of Object.entries({ sweep: 'sweep', three: 'latent1', one: 'latent' })) {
    await page.evaluate((mode) => window.natlab.set({ mode }), mode)
    await page.locator(`[data-panel=${first}]:first-of-type`).waitFor()
    for (const width of [1280, 1920]) {
      await page.setViewportSize({ width, height: Math.round((width * 9) / 16) })
      // the rest is the gap between two panels
      await expect.poll(filled, { message: `${mode}, ${width} px` }).toBeGreaterThan(0.94)
    }
  }

  // the help is about the open lab only
  await page.keyboard.press('?')
  const help = page.getByRole('dialog')
  expect(await help.innerText()).toMatch(/β is the price of a nat of rate/)
  expect(await help.innerText()).not.toContain('32 batches')
  await page.keyboard.press('Escape')
  await close()
})
