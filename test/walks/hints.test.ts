/** The hints of a first visit. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { violations } from '../app/axe.ts'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const hints = 'section[aria-label="First hints"]'

it('says in four hints what the page is, once', async () => {
  const { page, complaints, close } = await site.visit('', { firstVisit: true })
  await ready(page)
  const bubble = page.locator(hints)
  await bubble.waitFor()
  // the focus stays where it was, and nothing is blocked
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
  expect(await violations(page, hints)).toEqual([])
  const texts: string[] = []
  for (let index = 0; index < 4; index++) {
    expect(await page.locator('.hinted').count()).toBe(1)
    texts.push(await bubble.locator('p').innerText())
    await bubble.locator('.primary').click()
  }
  expect(new Set(texts).size).toBe(4)
  expect(texts[2]).toContain('slider')
  expect(await bubble.count()).toBe(0)
  expect(await page.locator('.hinted').count()).toBe(0)

  await page.reload()
  await ready(page)
  expect(await bubble.count()).toBe(0)
  // again from the help, and away with Escape
  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'Show the first hints again' }).click()
  await bubble.waitFor()
  await page.keyboard.press('Escape')
  expect(await bubble.count()).toBe(0)
  expect(complaints).toEqual([])
  await close()
})

it.each([`#lab=init&${small}`, '#lab=kl&story=2', '#lab=kl&present=1', '?present#lab=kl'])(
  'says nothing on a link with a purpose of its own: %s',
  async (path) => {
    const { page, close } = await site.visit(path, { firstVisit: true })
    await ready(page)
    await page.waitForTimeout(300)
    expect(await page.locator(hints).count()).toBe(0)
    await close()
  },
)

it('works where nothing can be stored', async () => {
  const { page, complaints, close } = await site.visit('#lab=kl', {
    firstVisit: true,
    beforeLoad: (page) =>
      page.addInitScript(() => {
        Object.defineProperty(window, 'localStorage', {
          get() {
            throw new DOMException('denied', 'SecurityError')
          },
        })
      }),
  })
  await ready(page)
  await page.waitForTimeout(300)
  expect(await page.locator(hints).count()).toBe(0)
  expect(complaints).toEqual([])
  await page.keyboard.press('?')
  await page.getByRole('button', { name: 'Show the first hints again' }).click()
  await page.locator(hints).waitFor()
  await close()
})

it('leaves with present mode', async () => {
  const { page, close } = await site.visit('#lab=kl', { firstVisit: true })
  await ready(page)
  await page.locator(hints).waitFor()
  await page.keyboard.press('f')
  await expect.poll(() => page.locator(hints).count()).toBe(0)
  await close()
})
