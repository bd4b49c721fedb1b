/** What axe-core finds in the built page: every lab, in either theme, in every mode that the page has. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { encode } from '../../src/app/lesson/code.ts'
import { planText } from '../../src/app/lesson/plan.ts'
import { violations } from '../app/axe.ts'
import { type Clip, ink, pixelsOf } from '../app/pixels.ts'
import { openSite, ready, type Site, small, twoFrames } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const training = 'architecture=mlp&dModel=64&vocab=200&batchSize=1&context=16'
const vib = 'trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&epochs=2&evaluationSamples=2'
const themes = ['dark', 'projector']
const desk = { width: 1280, height: 740 }
const phone = { width: 360, height: 740 }

/** Nothing is wrong with what is shown now, or with the part of it that `root` selects. */
const nothing = async (page: Page, mode: string, root?: string) =>
  expect(await violations(page, root), mode).toEqual([])

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()
const verdict = (page: Page) => expect.poll(() => page.locator('.verdict').textContent()).toMatch(/\S/)
const scrollsSideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

async function openTables(page: Page): Promise<void> {
  await page
    .locator('.stage-table-button:visible[aria-pressed=false]')
    .evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement).click()))
  await expect.poll(() => page.locator('.stage-values table').count()).toBeGreaterThan(0)
}

async function openDialogs(page: Page): Promise<void> {
  for (const name of ['Share and export', 'Compare backends', /^Lesson: /, 'Help and keys']) {
    await press(page, name)
    await page.locator('dialog[open]').waitFor()
    if (name instanceof RegExp) {
      await press(page, 'Add this view')
      await page.locator('.lesson-editor textarea').last().waitFor()
    }
    // the words stand in the help
    await nothing(page, `the dialog “${name}”`, 'dialog[open]')
    await page.keyboard.press('Escape')
  }
  await press(page, 'Help and keys')
  await press(page, 'Show the first hints again')
  for (let hint = 1; hint <= 4; hint++) {
    await expect.poll(() => page.locator('.hint-tools .muted').textContent()).toBe(`${hint} of 4`)
    await nothing(page, `hint ${hint}`, hint === 1 ? undefined : '.hint')
    await page.locator('.hint .primary').click()
  }
}

/** The explanation of a word in the caption, and that of a parameter. */
async function openExplanations(page: Page): Promise<void> {
  for (const opener of ['.caption .word', '.row-help']) {
    const one = page.locator(`${opener}:visible`).first()
    if ((await one.count()) === 0) continue
    await one.click()
    await page.locator('.explanation:not([hidden])').waitFor()
    await nothing(page, `the explanation of ${opener}`, '.explanation')
    await page.keyboard.press('Escape')
  }
}

async function openPresenter(page: Page): Promise<void> {
  const [presenter] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('p')])
  await presenter.locator('.presenter-say').waitFor()
  await nothing(presenter, 'the presenter window')
  await presenter.close()
}

const steps = [
  ['init', `${small}&story=3`],
  ['training', `${training}&story=1`],
  ['kl', 'starts=64&story=1'],
  ['vib', `${vib}&latentDimensions=3&betaCount=5&seeds=1&story=6`],
] as const

describe.each(themes)('%s, nothing', (theme) => {
  it.each(steps)(
    'in every mode of %s',
    async (lab, values) => {
      const { page, complaints, close } = await site.visit(`#lab=${lab}&${values}&theme=${theme}`, {
        fresh: true,
        viewport: desk,
      })
      await ready(page)
      await page.locator('.answer').first().waitFor()
      await nothing(page, 'a question is open')
      await press(page, 'Count hands')
      await page.keyboard.press('1')
      await nothing(page, 'hands are counted')
      await page.locator('.answer').first().click()
      await verdict(page)
      await page.evaluate(() => window.natlab.run(10))
      await nothing(page, 'it is answered')
      await openTables(page)
      await nothing(page, 'with the values of all pictures')
      await openDialogs(page)
      await openExplanations(page)
      await openPresenter(page)

      await page.keyboard.press('f')
      await page.locator('.present-controls').waitFor()
      await nothing(page, 'present mode, answered')
      await press(page, 'Ask again')
      await nothing(page, 'present mode, asked')
      await page.keyboard.press('Escape')
      await expect.poll(() => page.locator('.header').isVisible()).toBe(true)

      await page.emulateMedia({ forcedColors: 'active' })
      await nothing(page, 'forced colours')
      await page.emulateMedia({ forcedColors: 'none' })
      await page.setViewportSize(phone)
      await nothing(page, 'on a phone')
      expect(await scrollsSideways(page)).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
      await close()
    },
    300_000,
  )

  it.each([
    [
      'several answers to choose',
      `lab=vib&${vib}&story=3`,
      async (page) => {
        await page.locator('.answer').first().click()
        await press(page, 'Check')
      },
    ],
    [
      'things to match',
      `lab=vib&${vib}&mode=three&story=8`,
      async (page) => {
        await page.locator('.match-thing').first().click()
        await nothing(page, 'a thing is held')
        await press(page, 'Show it')
      },
    ],
    [
      'a curve to sketch',
      `lab=vib&${vib}&betaCount=5&seeds=1&story=5`,
      async (page) => {
        await page.locator('.sketch-sheet').focus()
        for (let place = 0; place < 30; place++) await page.keyboard.press('ArrowRight')
        await page.keyboard.press('ArrowUp')
        await nothing(page, 'a curve is drawn')
        await press(page, 'Show it')
      },
    ],
    [
      'a number to guess',
      `lab=training&${training}&story=4&race=true`,
      async (page) => {
        await page.locator('#asked:visible').fill('x')
        await page.keyboard.press('Enter')
        await expect.poll(() => page.locator('#error-asked').textContent()).toMatch(/\S/)
        await nothing(page, 'a guess that is no number')
        await page.locator('#asked').fill('300')
        await page.keyboard.press('Enter')
      },
    ],
    [
      'a goal to reach',
      'lab=kl&starts=64&story=8',
      async (page) => {
        await page.evaluate(() => window.natlab.set({ c: -0.5 }))
      },
    ],
  ] satisfies readonly (readonly [string, string, (page: Page) => Promise<void>])[])(
    'in %s',
    async (_, values, answer) => {
      const { page, close } = await site.visit(`#${values}&theme=${theme}`, { viewport: desk })
      await ready(page)
      await page.locator('.story-question > *').first().waitFor({ state: 'attached' })
      await nothing(page, 'it is open')
      await answer(page)
      await verdict(page)
      await nothing(page, 'it is answered')
      await page.keyboard.press('f')
      await page.locator('.present-controls').waitFor()
      await nothing(page, 'present mode')
      await close()
    },
  )

  it('in a page of text of a lesson', async () => {
    const text = 'A [link](https://example.org), $x^2$ and `code`.\n\n- one\n- two'
    const code = await encode(planText({ title: 'Mine', entries: [{ title: 'A page', text }] }))
    const { page, close } = await site.visit(`#lesson=${code}&at=1&theme=${theme}`, { fresh: true })
    await ready(page)
    await expect.poll(() => page.locator('.caption').textContent()).toContain('one')
    await nothing(page, 'a page')
    await page.keyboard.press('f')
    await page.locator('.present-controls').waitFor()
    await nothing(page, 'a page, present mode')
    await close()
  })
})

// axe-core sees no contrast where a text lies over a canvas or beside what CSS has drawn
it.each(themes)('what is written in a dimmed panel keeps its contrast (%s)', async (theme) => {
  const { page, close } = await site.visit(`#lab=kl&starts=0&story=2&theme=${theme}`, {
    drawn: true,
    viewport: { width: 1280, height: 1000 },
  })
  await ready(page)
  await twoFrames(page)
  const panel = page.locator('.stage-panel[data-light=off]:not(.stage-veiled)', {
    has: page.locator('canvas, .stage-labels'),
  })
  const ground = await panel.first().evaluate((one) => {
    const [red, green, blue] = getComputedStyle(one)
      .backgroundColor.match(/[\d.]+/g)!
      .map(Number)
    return [red, green, blue] as const
  })
  for (const part of ['.stage-title', '.stage-legend-entry', '.stage-label-tick', '.stage-toggle'])
    for (const text of (await panel.locator(`${part}:visible`).all()).slice(0, 4)) {
      await text.scrollIntoViewIfNeeded()
      const box = (await text.boundingBox()) as Clip
      expect(ink(await pixelsOf(page, box), ground, 4.5), await text.innerText()).toBeGreaterThan(0.01)
    }
  await close()
})

it.each([
  ['projector', `lab=training&${training}&story=5`, 360],
  ['dark', `lab=vib&${vib}&mode=one`, 1280],
  ['projector', `lab=vib&${vib}&mode=three`, 360],
  ['projector', `lab=vib&${vib}&preset=sweep&betaCount=5&seeds=2`, 360],
  // values of its own: the riddle of the first step would hide the minima
  ['dark', 'lab=kl&starts=64&mu0=1', 1280],
  ['projector', 'lab=kl&family=gaussian2d&target=triangle&starts=64', 360],
  ['projector', 'lab=kl&family=uniform&story=8', 1280],
])('nothing in another view (%s, %s, %d px)', async (theme, values, width) => {
  const { page, close } = await site.visit(`#${values}&theme=${theme}`, { viewport: { width, height: 740 } })
  await ready(page)
  await page.evaluate(() => window.natlab.run(10))
  // the table of minima is filled later than the picture, and counts too
  if (values.includes('starts=')) await page.locator('.stage-row-button').first().waitFor()
  await nothing(page, 'the pictures')
  await openTables(page)
  await nothing(page, 'their values')
  expect(await scrollsSideways(page)).toBeLessThanOrEqual(0)
  if (width < 760) {
    // all that language models write, without scrolling inside the panel
    const hidden = await page
      .locator('[data-panel=text] .stage-table')
      .evaluateAll((tables) => tables.map((table) => table.scrollHeight - table.clientHeight))
    expect(Math.max(0, ...hidden)).toBeLessThanOrEqual(1)
  }
  await close()
})
