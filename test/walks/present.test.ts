/** Present mode, in every step of every lab: what the last row of a lecture hall must read, and that nothing scrolls. */
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

/** Least share of the screen for one lit panel of so many; a table takes only what its rows need. */
const leastShare = 0.45
const leastTableShare = 0.06

/** What is wrong with the page as it is now. */
const faults = (page: Page, panels: readonly string[], shares: readonly [number, number]) =>
  page.evaluate(
    ([panels, [leastShare, leastTableShare]]) => {
      const found: string[] = []
      const { clientWidth, clientHeight, scrollWidth, scrollHeight } = document.documentElement
      if (scrollWidth > clientWidth || scrollHeight > clientHeight)
        found.push(`the page: ${scrollWidth} × ${scrollHeight}`)
      const name = (node: Element) => `${node.tagName} ${node.getAttribute('class')}`
      for (const node of document.querySelectorAll<HTMLElement>('body *')) {
        // what a screen reader reads is clipped away
        const style = getComputedStyle(node)
        if (!node.checkVisibility() || node.closest('.katex-mathml') || style.clipPath !== 'none') continue
        const higher = node.scrollHeight > node.clientHeight + 1
        const wider = node.scrollWidth > node.clientWidth + 1
        if ((higher && /auto|scroll/.test(style.overflowY)) || (wider && /auto|scroll/.test(style.overflowX)))
          found.push(`${name(node)} scrolls: ${node.scrollWidth} × ${node.scrollHeight}`)
        const hasText = [...node.childNodes].some(
          ({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim(),
        )
        // sub- and superscripts of a formula are smaller than its letters
        const script = node.closest('.katex .msupsub, .katex .mfrac, .katex .sqrt, .katex .op-limits')
        const size = Number.parseFloat(style.fontSize)
        if (hasText && !script && size < innerHeight / 45 - 0.5)
          found.push(`${name(node)} has type of ${size} pixels: ${node.textContent?.slice(0, 30)}`)
      }
      const story = document.querySelector('.story')!.getBoundingClientRect()
      if (story.bottom > innerHeight + 0.5) found.push(`the strip ends at ${story.bottom}`)
      const shown = [...document.querySelectorAll<HTMLElement>('.stage-panel')].filter((one) =>
        one.checkVisibility(),
      )
      const ids = shown.map((panel) => panel.dataset.panel ?? '')
      if (ids.toSorted().join() !== panels.toSorted().join()) found.push(`shows ${ids} instead of ${panels}`)
      for (const panel of shown) {
        const { width, height, bottom, right } = panel.getBoundingClientRect()
        const isTable = panel.querySelector('.stage-table') !== null
        const least = isTable ? leastTableShare : leastShare / shown.length
        const share = (width * height) / (innerWidth * innerHeight)
        if (share < least)
          found.push(`${panel.dataset.panel} has ${(100 * share).toFixed(1)} % of the screen`)
        if (bottom > innerHeight || right > innerWidth) found.push(`${panel.dataset.panel} is cut off`)
      }
      return found
    },
    [panels, shares] as const,
  )

/** Waits for the caption and for panels of another view, and a little for numbers that change their widths. */
async function check(page: Page, panels: readonly string[], message: string): Promise<void> {
  const shares = [leastShare, leastTableShare] as const
  await expect.poll(() => page.locator('.caption').textContent()).toMatch(/\S/)
  await expect.poll(() => faults(page, panels, shares), { message, timeout: 30_000 }).toEqual([])
  await page.waitForTimeout(400)
  await twoFrames(page)
  expect(await faults(page, panels, shares), message).toEqual([])
}

/** The step that is shown. */
const shownStep = (page: Page) =>
  page.evaluate(() => document.querySelector('.dot[aria-current]')?.getAttribute('aria-label') ?? '')

describe.each([
  [1024, 768, 'dark'],
  [1280, 720, 'projector'],
  [1920, 1080, 'projector'],
  [3840, 2160, 'dark'],
])('at %d × %d, %s', (width, height, theme) => {
  it.each(labs.map((lab) => [lab.id, lab] as const))(
    'every step of %s is read from the last row, forward and back by a clicker',
    async (id, lab) => {
      const { page, complaints, close } = await site.visit(`#lab=${id}&story=1&theme=${theme}&present=1`, {
        fresh: true,
        viewport: { width, height },
      })
      await ready(page)
      const { story } = lab
      const last = story.length - 1
      const way = [...story.keys(), ...[...story.keys()].reverse().slice(1)]
      for (const [count, step] of way.entries()) {
        if (count > 0) await page.keyboard.press(count <= last ? 'PageDown' : 'PageUp')
        await expect.poll(() => shownStep(page)).toBe(`Step ${step + 1}: ${story[step].title}`)
        await check(page, story[step].panels, `${id}, step ${step + 1}`)
        // the verdict is read, too, and the clicker goes on after a click
        const answer = page.locator('.answer').first()
        if (count > last || !(await answer.isVisible())) continue
        await answer.click()
        const several = page.getByRole('button', { name: 'Check' })
        if (await several.isVisible()) await several.click()
        await expect.poll(() => page.locator('.verdict').textContent()).toMatch(/\S/)
        await check(page, story[step].panels, `${id}, step ${step + 1}, answered`)
      }
      expect(complaints).toEqual([])
      await close()
    },
    300_000,
  )
})
