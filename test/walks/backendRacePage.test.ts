/** The race of backends, opened and driven as a person does. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

it('runs from the chip to its verdict, and leaves the run as it was', async () => {
  const { page, complaints, close } = await site.visit(`#lab=init&${small}`)
  await ready(page)
  await page.evaluate(() => window.natlab.run(3))
  const before = await page.evaluate(() => window.natlab.metrics())
  await page.locator('.chip').click()
  const dialog = page.getByRole('dialog', { name: 'Race: CPU against GPU' })
  const heard = dialog.getByRole('status')
  await expect.poll(() => heard.textContent()).toBe('All are ready.')
  const start = dialog.getByRole('button', { name: 'Start' })
  expect(await start.evaluate((button) => button === document.activeElement)).toBe(true)

  await dialog.getByRole('combobox', { name: 'Time of the fastest' }).selectOption('about 1 s')
  await start.click()
  await dialog.getByRole('button', { name: 'Pause' }).click()
  await dialog.getByRole('button', { name: 'Go on' }).waitFor()
  const steps = () =>
    dialog
      .getByRole('progressbar')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('aria-valuenow'))))
  const paused = await steps()
  await page.waitForTimeout(300)
  expect(await steps()).toEqual(paused)
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Again' }).waitFor()

  const told = (await heard.textContent()) ?? ''
  expect(told).toMatch(/^(WebAssembly on \d+ threads?|WebGPU).* (is first: [\d,]+ steps in|are level)/)
  const finish = Number(await dialog.getByRole('progressbar').first().getAttribute('aria-valuemax'))
  expect(Math.max(...(await steps()))).toBe(finish)
  await page.keyboard.press('Escape')
  expect(await page.evaluate(() => window.natlab.metrics())).toEqual(before)
  expect(complaints).toEqual([])
  await close()
})

it('ends where another lab is opened, and a run that played plays on', async () => {
  const { page, close } = await site.visit(`#lab=init&${small}&story=2`)
  await ready(page)
  await page.evaluate(() => window.natlab.run(0))
  await page.getByRole('button', { name: 'Play' }).click()
  await page.keyboard.press('v')
  const dialog = page.getByRole('dialog', { name: 'Race: CPU against GPU' })
  await dialog.getByRole('progressbar').first().waitFor()
  const tokens = () => page.evaluate(async () => Number((await window.natlab.metrics()).tokensMeasured))
  await page.keyboard.press('Escape')
  const left = await tokens()
  await expect.poll(tokens).toBeGreaterThan(left)

  // the same steps from a script
  const { rows, refused } = await page.evaluate(async () => {
    const rows = await window.natlab.raceBackends({ steps: 5 })
    const refused = await window.natlab
      .raceBackends({ steps: 0 })
      .catch((fault: Error) => `${fault.name}: ${fault.message}`)
    return { rows, refused }
  })
  expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['wasm', 'webgpu']))
  expect(Math.max(...rows.map(({ steps }) => steps))).toBe(5)
  const losses = rows.map(({ metrics }) => metrics.loss as number)
  for (const loss of losses) expect(Math.abs(loss / losses[0] - 1)).toBeLessThan(1e-4)
  expect(refused).toMatch(/^RangeError: steps = 0 .*1 to 1,000,000/)

  await page.keyboard.press('v')
  await dialog.getByRole('progressbar').first().waitFor()
  await page.evaluate(() => window.natlab.open('kl', { starts: 64 }))
  await dialog.waitFor({ state: 'hidden' })
  await close()
})
