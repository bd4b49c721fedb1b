/**
 * What a step's caption names is in sight, in every step of every lab: in lecture halls and at desks beside the whole
 * caption, on an enlarged page beside a part of it, on a phone within one screen.
 */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { labs } from '../../src/labs/index.ts'
import { openSite, ready, type Site, twoFrames } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** What is wrong on any page that is scrolled: on a phone, or enlarged. */
const scrolledFaults = (page: Page, named: readonly string[]) =>
  page.evaluate((named) => {
    const found: string[] = []
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide`)
    for (const link of document.querySelectorAll('.lab-link')) {
      const { left, right, top, bottom } = link.getBoundingClientRect()
      if (left < 0 || right > clientWidth) found.push(`${link.textContent} is cut off`)
      if (link.scrollWidth > link.clientWidth) found.push(`${link.textContent} is wider than its tab`)
      if (bottom - top > 64) found.push(`${link.textContent} has too many lines`)
    }
    const rows = [...document.querySelectorAll<HTMLElement>('.step-sliders [data-parameter]')]
    const ids = rows.map((row) => row.dataset.parameter)
    if (ids.join() !== named.join()) found.push(`the sliders are ${ids} instead of ${named}`)
    for (const row of rows.filter((one) => one.checkVisibility()))
      for (const part of row.querySelectorAll('.lil-name, .slider, input, select')) {
        const { left, right } = part.getBoundingClientRect()
        const cut = !part.matches('.slider') && part.scrollWidth > part.clientWidth + 1
        if (left < 0 || right > clientWidth || cut)
          found.push(`a part of ${row.dataset.parameter} is cut off`)
      }
    return found
  }, named)

/** Enlarged: a picture with its axis and three lines of the caption at once, and nothing over them. */
const enlargedFaults = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = []
    const boxOf = (selector: string) => document.querySelector(selector)!.getBoundingClientRect()
    const transport = document.querySelector('.transport')!
    const end = transport.checkVisibility() ? transport.getBoundingClientRect().top : innerHeight
    const told = boxOf('.told')
    const room = boxOf('.room')
    if (told.right > room.left) found.push('the caption lies over the pictures')
    if (told.bottom > end + 1) found.push(`the caption ends at ${told.bottom}, behind the run's buttons`)
    if (told.top < boxOf('.header').bottom - 1) found.push('the header lies over the caption')
    const seen = [...document.querySelectorAll('[data-light=on] :is(.stage-plot, .stage-table)')].map(
      (plot) => {
        const { top, bottom } = plot.getBoundingClientRect()
        // a diagram has no axis, and a table none either
        const whole = bottom <= end && top >= 0
        const axisless = plot.matches('.stage-diagram, .stage-table')
        return whole || axisless ? Math.min(bottom, end) - top : 0
      },
    )
    if (Math.max(...seen) < 120) found.push(`${Math.round(Math.max(...seen))} pixels of a picture`)
    const caption = document.querySelector('.caption')!
    const body = boxOf('.story-body')
    const { top, bottom } = caption.getBoundingClientRect()
    const line = Number.parseFloat(getComputedStyle(caption).lineHeight)
    const shown = Math.min(bottom, body.bottom, end) - Math.max(top, 0)
    // a short one is there as a whole
    if (shown < Math.min(3 * line, bottom - top) - 1)
      found.push(`${(shown / line).toFixed(1)} lines of the caption`)
    return found
  })

/** On a phone: each picture within one screen of the caption, and the step's sliders in sight together with it. */
const phoneFaults = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = []
    const lit = [...document.querySelectorAll<HTMLElement>('[data-light=on]')]
    const strip = document.querySelector('.step-sliders')!
    for (const panel of lit) {
      const way =
        panel.getBoundingClientRect().top - document.querySelector('.story')!.getBoundingClientRect().bottom
      if (way > innerHeight)
        found.push(`${panel.dataset.panel} is ${Math.round(way)} pixels below the caption`)
      panel.scrollIntoView({ block: 'end' })
      if (!strip.checkVisibility()) continue
      const { top, bottom } = strip.getBoundingClientRect()
      const plot = panel.querySelector('.stage-plot, .stage-table')!.getBoundingClientRect()
      const sight = Math.min(plot.bottom, top) - Math.max(plot.top, 0)
      const end = document.querySelector('.transport')!.getBoundingClientRect().top || innerHeight
      if (bottom > end + 1 || top < 0) found.push('the sliders are out of sight')
      if (sight < Math.min(120, plot.height))
        found.push(`${Math.round(sight)} pixels of ${panel.dataset.panel}`)
    }
    scrollTo(0, 0)
    return found
  })

/** At a desk: the whole caption, and all lit panels. */
const deskFaults = (page: Page) =>
  page.evaluate(() => {
    const room = document.querySelector('.room-panels')!.getBoundingClientRect()
    const body = document.querySelector('.story-body')!
    const more = body.scrollHeight - body.clientHeight
    const found = more > 1 ? [`${more} pixels of the caption have to be scrolled`] : []
    for (const panel of document.querySelectorAll<HTMLElement>('[data-light=on]')) {
      const { top, bottom } = panel.getBoundingClientRect()
      if (top < room.top - 1 || bottom > room.bottom + 1) found.push(`${panel.dataset.panel} is not whole`)
    }
    return found
  })

const lit = (page: Page) =>
  page.locator('[data-light=on]').evaluateAll((panels) =>
    panels
      .map((panel) => (panel as HTMLElement).dataset.panel)
      .toSorted()
      .join(),
  )

/** Goes through the steps with the button, from the first one on, as a reader does. */
async function walk(
  page: Page,
  { id, story }: (typeof labs)[number],
  check: (step: (typeof story)[number], message: string) => Promise<void>,
): Promise<void> {
  await ready(page)
  for (const [index, step] of story.entries()) {
    if (index > 0) await page.getByRole('button', { name: 'Next step of the story' }).click()
    const message = `${id}, step ${index + 1}`
    await expect.poll(() => page.locator('#story-title').textContent(), { message }).toBe(step.title)
    await expect.poll(() => page.locator('.caption').textContent(), { message }).toMatch(/\S/)
    await expect.poll(() => lit(page), { message }).toBe(step.panels.toSorted().join())
    await twoFrames(page)
    await check(step, message)
  }
}

const everyLab = labs.map((lab) => [lab.id, lab] as const)

describe.each([
  [640, 360, 'dark'],
  [640, 360, 'projector'],
  [853, 480, 'dark'],
  [960, 540, 'dark'],
  [1280, 560, 'projector'],
])('enlarged to %d × %d, %s', (width, height, theme) => {
  it.each(everyLab)(
    'every step of %s opens with a picture beside its caption',
    async (id, lab) => {
      const { page, close } = await site.visit(`#lab=${id}&story=1&theme=${theme}`, {
        viewport: { width, height },
      })
      await walk(page, lab, async (step, message) => {
        const faults = async () => [
          ...(await scrolledFaults(page, step.sliders ?? [])),
          ...(await enlargedFaults(page)),
        ]
        await expect.poll(faults, { message }).toEqual([])
        // the next step begins with its caption all the same
        await page.evaluate(() => scrollTo(0, 400))
      })
      await close()
    },
    120_000,
  )
})

describe.each([
  [360, 740, 'dark', false],
  [360, 740, 'projector', true],
  [390, 844, 'dark', true],
])('on a phone of %d × %d, %s, by touch: %s', (width, height, theme, hasTouch) => {
  it.each(everyLab)(
    'every step of %s has its pictures and sliders together',
    async (id, lab) => {
      const touch = hasTouch ? { hasTouch, isMobile: true } : {}
      const { page, close } = await site.visit(`#lab=${id}&story=1&theme=${theme}`, {
        viewport: { width, height },
        ...touch,
      })
      await walk(page, lab, async (step, message) => {
        const faults = async () => [
          ...(await scrolledFaults(page, step.sliders ?? [])),
          ...(await phoneFaults(page)),
        ]
        await expect.poll(faults, { message }).toEqual([])
      })
      await close()
    },
    120_000,
  )
})

describe.each([
  [1280, 720, 'dark'],
  [1280, 720, 'projector'],
  [1024, 768, 'dark'],
  [1024, 768, 'projector'],
])('at a desk of %d × %d, %s', (width, height, theme) => {
  it.each(everyLab)(
    'every step of %s is whole with its caption, and with its verdict',
    async (id, lab) => {
      const { page, close } = await site.visit(`#lab=${id}&story=1&theme=${theme}`, {
        viewport: { width, height },
      })
      await walk(page, lab, async (step, message) => {
        // larger type: three plots side by side need more than this
        if (id === 'kl' && step.panels.length === 3 && width === 1024 && theme === 'projector') return
        await expect.poll(() => deskFaults(page), { message }).toEqual([])
        const answer = page.locator('.answer').first()
        if (width < 1280 || !(await answer.isVisible())) return
        await answer.click()
        const several = page.getByRole('button', { name: 'Check' })
        if (await several.isVisible()) await several.click()
        await expect.poll(() => page.locator('.verdict').textContent(), { message }).toMatch(/\S/)
        await expect.poll(() => deskFaults(page), { message: `${message}, answered` }).toEqual([])
      })
      await close()
    },
    120_000,
  )
})
