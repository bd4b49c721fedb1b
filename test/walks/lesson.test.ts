/** Lessons: how one is made in the page, kept, passed on and told. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { violations } from '../app/axe.ts'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** A page with a storage of its own. */
const open = async (path: string) => {
  const visit = await site.visit(path, {
    fresh: true,
    acceptDownloads: true,
    permissions: ['clipboard-write'],
  })
  await ready(visit.page)
  return visit
}
const openDialog = async (page: Page) => {
  await page.getByRole('button', { name: /^Lesson/ }).click()
  await page.locator('dialog[open] .lesson-title').waitFor()
}
const press = (page: Page, name: string) => page.locator('dialog[open]').getByRole('button', { name }).click()
const names = (page: Page) => page.locator('.lesson-name strong').allTextContents()
const told = async (page: Page) => [
  await page.locator('.story-lesson').textContent(),
  await page.locator('.story-counter').textContent(),
  await page.locator('#story-title').textContent(),
]
const isTold = (page: Page, ...expected: readonly string[]) => expect.poll(() => told(page)).toEqual(expected)
const lab = (page: Page) => page.locator('.lab-link[aria-current]').textContent()
const place = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('at')

const riddle = 'A riddle: two first losses'
const mine = 'Far apart'

/** A lesson of a step, a view of one's own and a page, over two labs. */
async function make(page: Page): Promise<void> {
  await openDialog(page)
  expect(await page.locator('.lesson-empty').textContent()).toContain('The lesson is empty')
  await press(page, 'Add this step')
  await page.keyboard.press('Escape')
  await page.evaluate(async () => {
    await window.natlab.open('kl')
    await window.natlab.set({ mu0: 2.5 })
  })
  await openDialog(page)
  await press(page, 'Add this view')
  await page.locator('.lesson-editor input[type=text]').fill(mine)
  await page
    .locator('.lesson-editor textarea')
    .fill(
      'Start at **2.5**, with $x^2$ and <img src=x onerror="window.bad = true"> and {{forwardKl}}.\n\n- one',
    )
  await press(page, 'Add a page of text')
  await page.locator('.lesson-editor input[type=text]').last().fill('Talk')
  await page.locator('.lesson-editor textarea').last().fill('To your neighbour.')
  await page.getByLabel('Title of the lesson').fill('My hour')
}

describe('a lesson', () => {
  it('is made over two labs, ordered by keys, presented forward and back, and kept by reload and back', async () => {
    const { page, complaints, close } = await open(`#lab=init&${small}&story=1`)
    await make(page)
    expect(await names(page)).toEqual([riddle, mine, 'Talk'])
    // the view and the page change their places: by the button, and by the keys that it has the focus for
    await page.getByRole('button', { name: 'Move up entry 3' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => names(page)).toEqual([riddle, 'Talk', mine])
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => names(page)).toEqual(['Talk', riddle, mine])
    await page.keyboard.press('Alt+ArrowDown')
    await page.keyboard.press('Alt+ArrowDown')
    await expect.poll(() => names(page)).toEqual([riddle, mine, 'Talk'])
    // and by dragging
    const last = page.locator('.lesson-handle').nth(2)
    await last.dragTo(page.locator('.lesson-entry').nth(0), { targetPosition: { x: 60, y: 3 } })
    await expect.poll(() => names(page)).toEqual(['Talk', riddle, mine])
    const first = page.locator('.lesson-handle').nth(0)
    await first.dragTo(page.locator('.lesson-entry').nth(2), { targetPosition: { x: 60, y: 45 } })
    await expect.poll(() => names(page)).toEqual([riddle, mine, 'Talk'])
    for (const [index, minutes] of ['2', '4.5', '1'].entries()) {
      await page.getByLabel(`Minutes for entry ${index + 1}`).fill(minutes)
      await page.getByLabel(`Minutes for entry ${index + 1}`).blur()
    }
    expect(await page.locator('.lesson-sum').textContent()).toBe('3 entries, 7.5 minutes')
    await page.getByRole('button', { name: 'Edit entry 2' }).click()
    expect(await violations(page, 'dialog[open]')).toEqual([])

    await press(page, 'Present')
    await page.locator('.present-controls').waitFor()
    await isTold(page, 'My hour', '1 of 3', riddle)
    expect(await lab(page)).toBe('Initialisation')
    expect(place(page)).toBe('1')
    await page.locator('.audience').waitFor()
    // what the question hides is hidden as always
    expect(await page.evaluate(() => document.querySelector('h1')?.textContent)).toBe(
      'Predict first, then see.',
    )
    await page.keyboard.press('PageDown')
    await isTold(page, 'My hour', '2 of 3', mine)
    await expect.poll(() => lab(page)).toBe('KL divergence')
    await ready(page)
    expect(await page.evaluate(() => window.natlab.parameters().mu0)).toBe(2.5)
    await page.keyboard.press('PageDown')
    await isTold(page, 'My hour', '3 of 3', 'Talk')
    await expect.poll(() => page.locator('.caption').textContent()).toBe('To your neighbour.')
    await expect.poll(() => page.locator('.stage-panel').first().isVisible()).toBe(false)
    // it ends here
    await page.keyboard.press('PageDown')
    await isTold(page, 'My hour', '3 of 3', 'Talk')
    await page.keyboard.press('PageUp')
    await isTold(page, 'My hour', '2 of 3', mine)
    expect(place(page)).toBe('2')

    await page.reload()
    await ready(page)
    await isTold(page, 'My hour', '2 of 3', mine)
    await page.locator('.present-controls').waitFor()
    expect(await page.evaluate(() => window.natlab.parameters().mu0)).toBe(2.5)
    await page.goBack()
    await isTold(page, 'My hour', '3 of 3', 'Talk')
    await page.keyboard.press('PageUp')
    await page.keyboard.press('PageUp')
    await isTold(page, 'My hour', '1 of 3', riddle)
    await expect.poll(() => lab(page)).toBe('Initialisation')

    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'End the lesson' }).click()
    await expect.poll(() => page.locator('.story-lesson').isVisible()).toBe(false)
    // the lab's own story goes on at the same step
    expect(await page.locator('.story-counter').textContent()).toBe('1 of 8')
    expect(page.url()).toContain('story=1')
    expect(page.url()).not.toContain('lesson')
    expect(complaints).toEqual([])
    await close()
  })

  it('shows a caption of one’s own without its HTML, and with its formulas and live numbers', async () => {
    const { page, close } = await open(`#lab=init&${small}&story=1`)
    await make(page)
    await page.getByRole('button', { name: 'Show entry 2' }).click()
    await isTold(page, 'My hour', '2 of 3', mine)
    const caption = page.locator('.caption')
    await expect.poll(() => caption.locator('.katex').count()).toBe(1)
    expect(await caption.locator('strong').textContent()).toBe('2.5')
    expect(await caption.locator('li').textContent()).toBe('one')
    // the start and the caption's number of it
    await expect.poll(() => caption.locator('.live-metric').textContent()).toMatch(/^\d+\.\d+$/)
    expect(await caption.locator('img').count()).toBe(0)
    expect(await caption.textContent()).toContain('<img src=x onerror="window.bad = true">')
    expect(await page.evaluate(() => 'bad' in window)).toBe(false)
    await close()
  })

  it('is passed on by a link and by a file, and brought back where an entry was removed', async () => {
    const { page, close } = await open(`#lab=init&${small}&story=1`)
    await make(page)
    await page.evaluate(() => {
      navigator.clipboard.writeText = async (text) => {
        Object.assign(window, { copied: text })
      }
    })
    await press(page, 'Copy its link')
    await expect
      .poll(() => page.locator('.lesson-actions [role=status]').textContent())
      .toBe('The link is copied.')
    const link = await page.evaluate(() => (window as unknown as { copied: string }).copied)
    const downloading = page.waitForEvent('download')
    await press(page, 'Save as a file')
    const download = await downloading
    expect(download.suggestedFilename()).toBe('my-hour.natlab.json')
    const text = readFileSync(await download.path(), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ natlab: 'lesson', version: 1, title: 'My hour' })
    await page.getByRole('button', { name: 'Remove entry 2' }).click()
    expect(await names(page)).toEqual([riddle, 'Talk'])
    await page.getByRole('button', { name: `Undo: bring back “${mine}”` }).click()
    expect(await names(page)).toEqual([riddle, mine, 'Talk'])
    await close()

    const other = await open(new URL(link).hash.replace('at=1', 'at=2'))
    await isTold(other.page, 'My hour', '2 of 3', mine)
    expect(await other.page.evaluate(() => window.natlab.parameters().mu0)).toBe(2.5)
    // the link of the page itself leads there, too
    const own = await other.page.evaluate(() => window.natlab.link())
    await other.close()
    const again = await open(new URL(own).hash)
    await isTold(again.page, 'My hour', '2 of 3', mine)
    await openDialog(again.page)
    const give = (name: string, contents: string) =>
      again.page
        .locator('dialog[open] input[type=file]')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(contents) })
    await give('my-hour.natlab.json', text)
    await expect.poll(() => names(again.page)).toEqual([riddle, mine, 'Talk'])
    await give('other.json', '{"natlab": "les')
    const status = again.page.locator('.lesson-actions [role=status]')
    await expect.poll(() => status.textContent()).toContain('“other.json” cannot be opened. It is damaged')
    expect(await names(again.page)).toEqual([riddle, mine, 'Talk'])
    await again.page.keyboard.press('Escape')

    // a dropped one opens the dialog
    await again.page.evaluate((text) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([text.replace('My hour', 'Dropped')], 'x.natlab (1).json'))
      document.body.dispatchEvent(
        new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
      )
    }, text)
    await expect.poll(() => again.page.getByLabel('Title of the lesson').inputValue()).toBe('Dropped')
    await again.close()
  })

  it('that is damaged in a link is left out and named, and the lab opens', async () => {
    const { page, close } = await open('#lab=kl&mu0=2.5&story=2&lesson=1.AAAA&at=3')
    await expect
      .poll(() => page.locator('.notice').textContent())
      .toContain('The lesson in the link is damaged')
    expect(await page.locator('.story-counter').textContent()).toBe('2 of 10')
    expect(await page.evaluate(() => window.natlab.parameters().mu0)).toBe(2.5)
    await close()
  })

  it('that is too long for a link says so, and is told all the same', async () => {
    const { page, close } = await open(`#lab=init&${small}&story=1`)
    await openDialog(page)
    for (let index = 0; index < 3; index++) {
      await press(page, 'Add a page of text')
      const noise = Array.from({ length: 900 }, (_, at) => ((index * 900 + at) * 2654435761) % 4294967296)
      await page.locator('.lesson-editor textarea').last().fill(noise.join(' '))
    }
    await press(page, 'Copy its link')
    const status = page.locator('.lesson-actions [role=status]')
    await expect
      .poll(() => status.textContent())
      .toMatch(/too long for a link: it has \d+,\d+ letters, .* 8,000/)
    await press(page, 'Go through it on the page')
    await isTold(page, 'A lesson', '1 of 3', 'A page')
    expect(page.url()).toContain('lesson=draft')
    await page.reload()
    await ready(page)
    await isTold(page, 'A lesson', '1 of 3', 'A page')
    await close()
    const elsewhere = await open('#lab=kl&lesson=draft&at=2')
    await expect.poll(() => elsewhere.page.locator('.notice').textContent()).toContain('Open its file')
    await elsewhere.close()
  })

  it('waits where it was left when a lab is opened by its tab', async () => {
    const { page, close } = await open('#lesson=10-minutes&at=4')
    await isTold(page, 'Three ideas in 10 minutes', '4 of 7', 'One bell for two hills')
    expect(await lab(page)).toBe('KL divergence')
    await page.getByRole('link', { name: 'Training' }).click()
    await expect.poll(() => page.locator('.story-lesson').isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Back to the lesson' }).click()
    await isTold(page, 'Three ideas in 10 minutes', '4 of 7', 'One bell for two hills')
    await expect.poll(() => lab(page)).toBe('KL divergence')
    expect(await page.locator('.notice').count()).toBe(0)
    await close()
  })
})
