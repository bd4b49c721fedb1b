/** The KL lab in the built page, used as a person uses it. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { setDrawn } from './browser.ts'
import { coloursOf, openSite, ready, type Site, twoFrames } from './site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const visit: Site['visit'] = (...wanted) => site.visit(...wanted)
const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())
const metrics = (page: Page) => page.evaluate(() => window.natlab.metrics())
const handle = (page: Page, panel: string, id: string) =>
  page.locator(`[data-panel=${panel}] .stage-handle[data-handle="${id}"]`)

/** The means of the custom target's components. */
async function means(page: Page): Promise<number[]> {
  const { components } = await parameters(page)
  return String(components)
    .split(';')
    .map((one) => Number(one.split(',')[1]))
}

/** Drags a handle by so many pixels, in several moves like a hand. */
async function drag(page: Page, panel: string, id: string, byX: number, byY = 0): Promise<void> {
  const box = (await handle(page, panel, id).boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (let step = 1; step <= 5; step++) await page.mouse.move(x + (byX * step) / 5, y + (byY * step) / 5)
  await page.mouse.up()
}

describe('each family', () => {
  it.each([
    ['family=gaussian1d&third=jensenShannon&starts=16', 6],
    ['family=gaussian2d&target=triangle&starts=16', 5],
    ['family=uniform&smoothing=true', 3],
  ])('%s fills its panels, without a complaint', async (values, panels) => {
    const { page, complaints, close } = await visit(`#lab=kl&${values}`, { drawn: true })
    await ready(page)
    await page.waitForFunction(
      (count) => document.querySelectorAll('#stage [data-panel]').length === count,
      panels,
    )
    await page.evaluate(() => window.natlab.run(10))
    await metrics(page)
    // the page draws tables and their texts, the stage draws the rest
    await expect
      .poll(async () => Math.min(...(await coloursOf(page, '#stage [data-panel]'))))
      .toBeGreaterThan(20)
    // on a phone, all columns of a table are visible
    await page.evaluate(setDrawn, false)
    await page.setViewportSize({ width: 360, height: 740 })
    await twoFrames(page)
    const beyond = () =>
      page
        .locator('.stage-table')
        .evaluateAll((tables) => Math.max(0, ...tables.map((table) => table.scrollWidth - table.clientWidth)))
    expect(await beyond()).toBe(0)
    await page.keyboard.press('t')
    await twoFrames(page)
    expect(await beyond()).toBe(0)
    await page.keyboard.press('t')
    await page.evaluate(setDrawn, true)
    expect(complaints).toEqual([])
    await close()
  })
})

it('shows its own panels alone when it is opened while another lab’s are still loading', async () => {
  const { page, complaints, close } = await visit('')
  await page.waitForFunction(() => 'natlab' in window)
  await page.evaluate(() => window.natlab.open('kl', { starts: 0 }))
  const panels = page.locator('#stage [data-panel]')
  await expect.poll(() => panels.count()).toBe(5)
  await page.waitForTimeout(500)
  expect(await panels.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.panel))).toEqual([
    'forward',
    'reverse',
    'landscape',
    'descent',
    'basins',
  ])
  expect(complaints).toEqual([])
  await close()
})

describe('the console', () => {
  it('reaches the known minima, lists the basins and replays the same trajectory', async () => {
    const { page, close } = await visit('#lab=kl&starts=0')
    await ready(page)
    await page.evaluate(async () => {
      await window.natlab.open('kl', { target: 'bimodal', mu0: 1.5, sigma0: 0.6, starts: 96 })
      await window.natlab.run(700)
    })
    const found = await metrics(page)
    expect(found.step).toBe(700)
    expect(found.forwardMu).toBeCloseTo(0, 3)
    expect(found.forwardSigma).toBeCloseTo(3.162278, 2)
    expect(found.forwardKl).toBeCloseTo(0.461995, 4)
    expect(found.forwardReverseKl).toBeCloseTo(0.93798, 4)
    expect(found.reverseMu).toBeCloseTo(2.9843, 2)
    expect(found.reverseSigma).toBeCloseTo(1.0234, 2)
    expect(found.reverseKl).toBeCloseTo(0.68877, 4)
    const basins = found.basins as number[][]
    expect(basins).toHaveLength(3)
    expect(basins[2][1]).toBeCloseTo(2.7438, 2)
    expect(basins[2][2]).toBeCloseTo(0.84062, 4)
    expect(basins.reduce((sum, basin) => sum + basin[3], 0)).toBeCloseTo(1, 1)

    // the shown fit starts in the chosen basin
    const rows = page.locator('[data-panel=basins] tbody tr')
    await expect.poll(() => rows.count()).toBe(3)
    await rows.nth(2).getByRole('button').click()
    await expect.poll(async () => (await parameters(page)).sigma0).toBeCloseTo(2.7438, 2)
    expect((await parameters(page)).mu0).toBe(0)

    const runs = await page.evaluate(async () => {
      const runs: string[] = []
      for (let run = 0; run < 2; run++) {
        await window.natlab.open('kl', { target: 'three', mu0: 2, sigma0: 3, starts: 16 })
        await window.natlab.run(run === 0 ? 37 : 20)
        if (run === 1) await window.natlab.run(17)
        runs.push(JSON.stringify(await window.natlab.metrics()))
      }
      return runs
    })
    expect(runs[1]).toBe(runs[0])
    await close()
  })

  it('carries infinity', async () => {
    const { page, close } = await visit('#lab=kl&family=uniform&a=0&b=1&c=0&d=2')
    await ready(page)
    const found = await metrics(page)
    expect(found.forwardKl).toBeCloseTo(Math.LN2, 12)
    expect(found.reverseKl).toBe(Number.POSITIVE_INFINITY)
    await expect.poll(() => page.locator('.readouts').innerText()).toContain('∞')
    expect(await page.locator('[data-panel=densities]').innerText()).toMatch(/ln 2 = 0\.69315 nats.*∞/s)
    await close()
  })
})

describe('bad input', () => {
  it('is told beside the field, keeps the last value, and stops an edge at the other', async () => {
    const { page, close } = await visit('#lab=kl&starts=0&target=custom')
    await ready(page)
    const row = page.locator('[data-parameter=components]')
    await row.locator('input').fill('1,0,-1')
    await row.locator('input').press('Enter')
    await expect.poll(() => row.locator('.field-error').textContent()).toMatch(/sd -1 of component 1/)
    expect((await parameters(page)).components).toBe('0.5,-3,1;0.5,3,1')
    await row.locator('input').fill('1,0,2')
    await row.locator('input').press('Enter')
    await expect.poll(async () => (await parameters(page)).components).toBe('1,0,2')
    expect(await row.locator('.field-error').textContent()).toBe('')

    await page.evaluate(() => window.natlab.open('kl', { family: 'uniform', a: 0, b: 1 }))
    const edge = page.locator('[data-parameter=a]')
    await edge.locator('input').fill('4')
    await edge.locator('input').press('Enter')
    await expect.poll(() => edge.locator('.field-error').textContent()).toMatch(/a = 4.*b = 1.*below/)
    expect((await parameters(page)).a).toBe(0)

    // for every way to leave the field
    for (const [typed, key] of [
      ['5', 'Enter'],
      ['6', 'Tab'],
    ]) {
      await edge.locator('input').fill(typed)
      await edge.locator('input').press(key)
      await expect.poll(() => edge.locator('.field-error').textContent()).toContain(`a = ${typed}`)
      expect(await edge.locator('input').inputValue()).toBe(typed)
      expect(await parameters(page)).toMatchObject({ a: 0, b: 1 })
    }

    // a slider moves up to its permitted limit
    const box = (await edge.locator('.slider').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 10, box.y + box.height / 2)
    await page.mouse.up()
    await expect.poll(async () => (await parameters(page)).a).toBeGreaterThan(0.8)
    expect((await parameters(page)).a).toBeLessThan(1)
    expect(await edge.locator('.field-error').textContent()).toMatch(/below b/)
    await close()
  })
})

describe('the plot', () => {
  it('moves, widens, adds and removes modes by pointer', async () => {
    const { page, close } = await visit('#lab=kl&starts=0')
    await ready(page)
    await handle(page, 'forward', 'mode:1').waitFor()
    await drag(page, 'forward', 'mode:1', 30)
    await expect.poll(async () => (await means(page))[1]).toBeGreaterThan(3.3)
    expect((await parameters(page)).target).toBe('custom')
    expect((await means(page))[0]).toBe(-3)
    expect(page.url()).toContain('target=custom')

    await handle(page, 'forward', 'mode:0').hover()
    await page.mouse.wheel(0, -240)
    await expect
      .poll(async () => Number(String((await parameters(page)).components).split(/[,;]/)[2]))
      .not.toBe(1)

    const plot = (await page.locator('[data-panel=forward] .stage-plot').boundingBox())!
    await page.mouse.dblclick(plot.x + plot.width * 0.5, plot.y + plot.height * 0.3)
    await expect.poll(async () => (await means(page)).length).toBe(3)
    await handle(page, 'forward', 'mode:2').focus()
    await page.keyboard.press('Delete')
    await expect.poll(async () => (await means(page)).length).toBe(2)
    await close()
  })

  it('does the same by keyboard, however quickly keys follow each other, and leaves the story where it is', async () => {
    const { page, close } = await visit('#lab=kl&starts=0&story=1')
    await ready(page)
    // every notch widens
    await handle(page, 'forward', 'start').focus()
    for (let press = 0; press < 10; press++) await page.keyboard.press('Shift+ArrowUp')
    await expect.poll(async () => (await parameters(page)).sigma0).toBeCloseTo(0.5 * 1.1 ** 10, 6)
    await handle(page, 'forward', 'mode:0').focus()
    for (let press = 0; press < 5; press++) await page.keyboard.press('Shift+ArrowUp')
    await expect
      .poll(async () => Number(String((await parameters(page)).components).split(/[,;]/)[2]))
      .toBeCloseTo(1.1 ** 5, 4)

    await handle(page, 'reverse', 'start').focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(async () => (await parameters(page)).mu0).toBeGreaterThan(1.5)
    const { sigma0 } = await parameters(page)
    await page.keyboard.press('Shift+ArrowUp')
    await expect.poll(async () => (await parameters(page)).sigma0).toBeGreaterThan(sigma0 as number)
    await page.locator('[data-panel=forward] .stage-plot').focus()
    await page.keyboard.press('Insert')
    await expect.poll(async () => (await means(page)).length).toBe(3)
    expect(page.url()).toContain('story=1')
    await close()
  })
})

describe('the story', () => {
  it('names no plot in its riddle until it is answered', async () => {
    const { page, close } = await visit('#lab=kl&starts=0&story=1')
    await ready(page)
    const title = (panel: string) => page.locator(`[data-panel=${panel}] .stage-title`)
    await expect.poll(() => title('forward').textContent()).toBe('Plot A')
    expect(await title('reverse').textContent()).toBe('Plot B')
    const plots = page.locator('[data-light=on]')
    const said = async () =>
      [
        ...(await plots.allInnerTexts()),
        ...(await plots.locator('[aria-label]').evaluateAll((all) => all.map((one) => one.ariaLabel))),
      ].join()
    expect(await said()).not.toMatch(/forward|reverse|KL\(|moment/)
    expect(await page.locator('.caption [data-metric=reverseSigma]').textContent()).toMatch(
      /^(\d\.\d\d|0\.\d{3}|\?)$/,
    )
    await page.getByRole('button', { name: 'Plot A: over both hills.' }).click()
    await expect.poll(() => title('forward').textContent()).toBe('A: forward, KL(P‖Q)')
    expect(await said()).toMatch(/moment match/)
    // a later step has names from the start
    await page.getByRole('button', { name: 'Step 3', exact: false }).click()
    await expect.poll(() => title('reverse').textContent()).toBe('B: reverse, KL(Q‖P)')
    await close()
  })

  it('shows the minima with the answer, and has them where the distance is dragged', async () => {
    const { page, close } = await visit('#lab=kl&starts=64&story=5')
    await ready(page)
    const rows = page.locator('[data-panel=basins] tbody tr')
    const table = page.locator('[data-panel=basins]')
    await expect.poll(() => table.textContent()).toContain('Predict first')
    await page.getByRole('button', { name: 'From about ±2.4.' }).click()
    await expect.poll(() => rows.count()).toBe(1)
    await page.evaluate(() => window.natlab.set({ distance: 2.9 }))
    await expect.poll(() => rows.count()).toBe(3)
    expect(await rows.first().textContent()).toContain('2.878')
    await close()
  })

  it('checks what the audience drags', async () => {
    const { page, close } = await visit('#lab=kl&story=8')
    await ready(page)
    const goal = page.locator('.goal')
    await expect.poll(() => goal.innerText()).toMatch(/Not yet.*forward KL is infinite/s)
    // first the right edge of Q beyond P's, then its left edge below P's
    await handle(page, 'densities', 'c').focus()
    for (let press = 0; press < 14; press++) await page.keyboard.press('ArrowLeft')
    await expect.poll(() => goal.innerText()).toMatch(/Found.*inside/s)
    const found = await metrics(page)
    expect(Number.isFinite(found.forwardKl)).toBe(true)
    expect(found.reverseKl).toBe(Number.POSITIVE_INFINITY)
    await close()
  })
})

it('says nothing of a run where nothing plays, and has its buttons again where something does', async () => {
  const { page, close } = await visit('#lab=kl&story=9')
  await ready(page)
  const run = page.getByRole('region', { name: 'Run' })
  await expect.poll(() => run.count()).toBe(0)
  expect(
    await page
      .getByText(/Replay|finished/)
      .filter({ visible: true })
      .count(),
  ).toBe(0)
  await page.evaluate(() => window.natlab.open('kl', { starts: 0 }))
  await expect.poll(() => run.getByRole('button', { name: /Play|Pause/ }).count()).toBe(1)
  await close()
})

describe('the step between the two', () => {
  it('has a third fit that covers at α = ½ and lets go of a hill as α falls', async () => {
    const { page, close } = await visit('#lab=kl&starts=0&story=6')
    await ready(page)
    const thirdSigma = async (alpha: number) => {
      await page.evaluate((alpha) => window.natlab.set({ alpha }), alpha)
      await page.evaluate(() => window.natlab.run(400))
      return (await metrics(page)).thirdSigma
    }
    expect(await thirdSigma(0.49)).toBeGreaterThan(2.9)
    expect(await thirdSigma(0.36)).toBeGreaterThan(2.9)
    expect(await thirdSigma(0.34)).toBeLessThan(1.1)
    expect(await thirdSigma(0.2)).toBeLessThan(1.1)
    await close()
  })
})

describe('a learning rate far too large', () => {
  it('shows that the fit diverged and where, and can be rewound', async () => {
    const { page, complaints, close } = await visit(
      '#lab=kl&starts=16&optimizer=gradientDescent&learningRate=10&mu0=8&sigma0=0.05',
      { drawn: true },
    )
    await ready(page)
    await page.evaluate(() => window.natlab.run(40))
    const found = await metrics(page)
    expect(found.forwardDiverged).toBeGreaterThanOrEqual(0)
    for (const id of ['forwardMu', 'forwardSigma', 'reverseMu', 'reverseSigma'])
      expect(Number.isFinite(found[id])).toBe(true)
    await expect
      .poll(() => page.locator('[data-panel=forward]').innerText())
      .toMatch(/diverged at .* after step \d/)
    await page.evaluate(() => window.natlab.set({ learningRate: 0.05, optimizer: 'adam' }))
    await page.getByRole('button', { name: /reset, same seed/i }).click()
    await page.evaluate(() => window.natlab.run(400))
    expect((await metrics(page)).forwardDiverged).toBe(-1)
    expect(complaints).toEqual([])
    await close()
  })
})
