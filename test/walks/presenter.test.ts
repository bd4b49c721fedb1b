/** The presenter window: it follows the projected page, leads it, and finds it again. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import { violations } from '../app/axe.ts'
import { complaintsOf } from '../app/browser.ts'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const [init] = labs
const titleOf = (story: number) => init.story[story - 1].title
const notesOf = async (story: number) => (await init.loadNotes())[story - 1]

/** A page of its own: its window keeps the name of its pair. */
const visitPage = (story: number, options: Parameters<Site['visit']>[1] = {}) =>
  site.visit(`#lab=init&${small}&story=${story}`, { fresh: true, ...options })

async function openPresenter(page: Page): Promise<Page> {
  const [presenter] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('p')])
  await presenter.locator('.presenter-say').waitFor()
  return presenter
}

const heading = (presenter: Page) => presenter.getByRole('heading', { level: 2 }).innerText()
const step = (page: Page) => page.locator('#story-title').innerText()
const counts = (page: Page, fields: string) =>
  page.locator(fields).evaluateAll((all) => all.map((field) => (field as HTMLInputElement).value))
const loaded = (page: Page) =>
  page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1) ?? ''),
  )

describe('the presenter window', () => {
  it('shows notes, the answer and the hands, and leads the page', async () => {
    const { page, complaints, close } = await visitPage(3)
    await ready(page)
    const presenter = await openPresenter(page)
    const faults = complaintsOf(presenter, ['error', 'warning'])
    expect(await heading(presenter)).toBe(titleOf(3))
    const { say, mistakes, minutes } = await notesOf(3)
    const text = await presenter.locator('main').innerText()
    for (const told of [...say, ...mistakes.flatMap(({ wrong, helps }) => [wrong, helps])])
      expect(text).toContain(told)
    expect(text).toContain(`Meant: ${minutes} min.`)
    expect(await presenter.locator('footer').innerText()).toContain(`Next: ${titleOf(4)}`)
    // before it is answered, which the page is not told
    const right = presenter.locator('.presenter-answers li.right')
    expect(await right.innerText()).toContain('√2')
    expect(await page.locator('.verdict').innerText()).toBe('')

    // hands, by keys, buttons and numbers
    await presenter.keyboard.press('2')
    await presenter.keyboard.press('2')
    await presenter.getByRole('button', { name: '+1 hand for answer 1' }).click()
    const third = presenter.getByLabel('Hands for answer 3', { exact: true })
    await third.fill('7')
    await third.press('Tab')
    await expect.poll(() => counts(page, '.hands-count')).toEqual(['1', '2', '7', '0'])
    await presenter.getByRole('button', { name: '−1 hand for answer 3' }).click()
    // and those that are counted on the page
    await page.getByRole('button', { name: '+1 hand for answer 4' }).click()
    await expect.poll(() => counts(presenter, '.presenter-hands input')).toEqual(['1', '2', '6', '1'])

    await presenter.locator('h1').click()
    await presenter.keyboard.press('a')
    await expect.poll(() => page.locator('.verdict').innerText()).toContain('Right hands: 2 of 10 (20 %).')
    expect(await page.locator('.answer.right').innerText()).toContain('√2')
    await presenter.getByRole('button', { name: 'Ask again' }).click()
    await expect.poll(() => page.locator('.verdict').innerText()).toBe('')
    await expect.poll(() => counts(page, '.hands-count')).toEqual(['0', '0', '0', '0'])
    await expect.poll(() => presenter.locator('.presenter-hands').nth(2).innerText()).toContain('before: 6')

    // steps, both ways
    await presenter.keyboard.press('PageUp')
    await expect.poll(() => step(page)).toBe(titleOf(2))
    await expect.poll(() => heading(presenter)).toBe(titleOf(2))
    await page.getByRole('button', { name: 'Step 1', exact: false }).first().click()
    await expect.poll(() => heading(presenter)).toBe(titleOf(1))
    await expect.poll(() => presenter.locator('main').innerText()).toContain((await notesOf(1)).say[0])
    expect(await presenter.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true)
    expect([...complaints, ...faults.complaints]).toEqual([])
    await presenter.close()
    await close()
  })

  it('plays by the space bar, and keeps the time of the lecture', async () => {
    const { page, close } = await visitPage(2)
    await ready(page)
    await page.evaluate(() => window.natlab.run(0))
    const presenter = await openPresenter(page)
    await expect
      .poll(() => presenter.getByRole('button', { name: 'Play', exact: true }).isEnabled())
      .toBe(true)
    await presenter.keyboard.press(' ')
    await expect.poll(() => page.locator('.play').innerText()).not.toBe('Play')
    // a presented page can be made black
    const black = presenter.getByRole('button', { name: 'Black screen' })
    expect(await black.isDisabled()).toBe(true)
    await page.keyboard.press('f')
    await expect.poll(() => page.locator('html.presenting').count()).toBe(1)
    await expect.poll(() => black.isEnabled()).toBe(true)
    await presenter.keyboard.press('b')
    await expect.poll(() => page.locator('.black-screen').isVisible()).toBe(true)
    await presenter.keyboard.press('b')
    await expect.poll(() => page.locator('.black-screen').isVisible()).toBe(false)
    const time = () => presenter.getByRole('timer').innerText()
    expect(await time()).toBe('0:00')
    await presenter.getByRole('button', { name: 'Start: time of the lecture' }).click()
    await expect.poll(time).toBe('0:02')
    expect(await presenter.locator('.presenter-minutes').innerText()).toMatch(/Taken: 0:0[12]/)
    await presenter.reload()
    await presenter.locator('.presenter-say').waitFor()
    expect(await time()).toMatch(/^0:(0[2-9]|[1-5])/)
    await presenter.getByRole('button', { name: 'Pause: time of the lecture' }).click()
    await presenter.getByRole('button', { name: 'Reset' }).click()
    await expect.poll(time).toBe('0:00')
    await presenter.close()
    await close()
  })

  it('recovers where one of the two is loaded anew, closed or opened late', async () => {
    const { page, close } = await visitPage(3)
    await ready(page)
    const presenter = await openPresenter(page)
    await presenter.reload()
    await presenter.locator('.presenter-say').waitFor()
    expect(await heading(presenter)).toBe(titleOf(3))

    await page.reload()
    await ready(page)
    await presenter.keyboard.press('ArrowLeft')
    await expect.poll(() => step(page)).toBe(titleOf(2))
    await expect.poll(() => heading(presenter)).toBe(titleOf(2))

    // a second press brings no second window
    const open = page.context().pages().length
    await page.locator('body').click({ position: { x: 5, y: 5 } })
    await page.keyboard.press('p')
    await expect.poll(() => presenter.locator('.presenter-say').count()).toBe(1)
    expect(page.context().pages().length).toBe(open)

    await presenter.close()
    // the browser knows a moment later that the window is gone
    await expect
      .poll(async () => {
        await page.keyboard.press('p')
        return page.context().pages().length
      })
      .toBe(open)
    const late = page.context().pages().at(-1)!
    await late.locator('.presenter-say').waitFor()
    expect(await heading(late)).toBe(titleOf(2))
    await page.close()
    await expect
      .poll(() => late.locator('.presenter-missing').innerText())
      .toContain('The projected window is closed.')
    expect(await late.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
    const [again] = await Promise.all([
      late.context().waitForEvent('page'),
      late.getByRole('link', { name: 'Open it again' }).click(),
    ])
    await ready(again)
    expect(await step(again)).toBe(titleOf(2))
    await expect.poll(() => late.locator('.presenter-missing').isVisible()).toBe(false)
    await late.keyboard.press('PageDown')
    await expect.poll(() => step(again)).toBe(titleOf(3))
    await late.close()
    await again.close()
    await close()
  })

  it('may be opened first, by a link without a pair', async () => {
    const { page: presenter, close } = await site.visit('?presenter', { fresh: true })
    await expect.poll(() => presenter.locator('.presenter-missing').innerText()).toContain('is closed')
    expect(await violations(presenter)).toEqual([])
    expect(presenter.url()).toMatch(/\?presenter=\w+&theme=dark$/)
    const [page] = await Promise.all([
      presenter.context().waitForEvent('page'),
      presenter.getByRole('link', { name: 'Open it again' }).click(),
    ])
    await ready(page)
    await presenter.locator('.presenter-say').waitFor()
    expect(await heading(presenter)).toBe(await step(page))
    await page.close()
    await close()
  })

  it('belongs to one page: others are left alone, and a copied one gets a pair of its own', async () => {
    const [one, other] = [await visitPage(2), await visitPage(3)]
    await ready(one.page)
    await ready(other.page)
    const [first, second] = [await openPresenter(one.page), await openPresenter(other.page)]
    expect([await heading(first), await heading(second)]).toEqual([titleOf(2), titleOf(3)])
    await first.keyboard.press('ArrowLeft')
    await expect.poll(() => heading(first)).toBe(titleOf(1))
    expect(await step(other.page)).toBe(titleOf(3))

    const name = await one.page.evaluate(() => window.name)
    const copy = await visitPage(4, {
      beforeLoad: (page) =>
        page.addInitScript((name) => {
          window.name = name
        }, name),
    })
    await ready(copy.page)
    await expect.poll(() => copy.page.evaluate(() => window.name)).toBe('')
    await expect.poll(() => heading(first)).toBe(titleOf(1))
    for (const page of [first, second]) await page.close()
    for (const visit of [one, other, copy]) await visit.close()
  })

  it('is small, and leaves the notes out of the page', async () => {
    const { page, close } = await visitPage(3)
    await ready(page)
    expect((await loaded(page)).filter((name) => /notes|window|page-/.test(name))).toEqual([])
    const presenter = await openPresenter(page)
    await presenter.waitForLoadState('networkidle')
    const names = await loaded(presenter)
    expect(names.filter((name) => name.startsWith('init-notes'))).toHaveLength(1)
    expect(
      names.filter((name) =>
        /^(stage|worker|backend|kernels|mnist|state)|experiment|-view|\.wasm/.test(name),
      ),
    ).toEqual([])
    const bytes = await presenter.evaluate(() =>
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name }) => name.endsWith('.js'))
        .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
    )
    expect(bytes).toBeGreaterThan(20_000)
    expect(bytes).toBeLessThan(300_000)
    // the projected page neither loads nor shows them
    expect((await loaded(page)).filter((name) => /notes|window-/.test(name))).toEqual([])
    const shown = await page.locator('body').evaluate((body) => body.textContent)
    for (const told of (await notesOf(3)).say) expect(shown).not.toContain(told)
    await presenter.close()
    await close()
  })

  it('says what to do where the browser keeps the window back', async () => {
    const { page, close } = await visitPage(3, {
      viewport: { width: 1440, height: 800 },
      beforeLoad: (page) =>
        page.addInitScript(() => {
          window.open = () => null
        }),
    })
    await ready(page)
    await page.getByRole('button', { name: 'Presenter window' }).click()
    await expect
      .poll(() => page.locator('.notice').innerText())
      .toContain('Allow pop-up windows for this page')
    await close()
    const without = await visitPage(3, {
      beforeLoad: (page) => page.addInitScript(() => Reflect.deleteProperty(window, 'BroadcastChannel')),
    })
    await ready(without.page)
    await without.page.getByRole('button', { name: 'Help and keys' }).click()
    await without.page.getByRole('button', { name: 'Open the presenter window' }).click()
    await expect.poll(() => without.page.locator('.notice').innerText()).toContain('outside of any frame')
    await without.close()
  })

  it('has no fault of accessibility in either theme, and fits a narrow window', async () => {
    const { page, close } = await visitPage(3)
    await ready(page)
    const presenter = await openPresenter(page)
    for (const theme of ['dark', 'projector']) {
      expect(await presenter.evaluate(() => document.documentElement.dataset.theme)).toBe(theme)
      expect(await violations(presenter)).toEqual([])
      await presenter.keyboard.press('t')
    }
    await presenter.setViewportSize({ width: 360, height: 640 })
    expect(await presenter.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    await page.close()
    await presenter.locator('.presenter-missing').waitFor()
    expect(await violations(presenter)).toEqual([])
    await presenter.close()
    await close()
  })
})
