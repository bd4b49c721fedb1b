/** A page whose process stands still for a while, as in a laptop that sleeps, and then goes on. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newContext } from '../app/browser.ts'
import { openSite, ready, type Site } from '../app/site.ts'
import { serveFolder } from '../app/staticServer.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** Longer than any thread waits for another one. */
const stillSeconds = 25

const link = '#lab=kl&backend=wasm&starts=4096&learningRate=0.0001&optimizer=gradientDescent'

const step = (page: Page) => page.evaluate(async () => (await window.natlab.metrics()).step as number)
const backend = (page: Page) => page.evaluate(() => window.natlab.backend())

/** Stops all processes of the browser's pages and lets them go on later. */
async function standStill(page: Page): Promise<void> {
  const session = await page.context().browser()!.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const pages = processInfo.filter(({ type }) => type === 'renderer')
  expect(pages.length).toBeGreaterThan(0)
  for (const { id } of pages) process.kill(id, 'SIGSTOP')
  try {
    await new Promise((resolve) => setTimeout(resolve, 1000 * stillSeconds))
  } finally {
    for (const { id } of pages) process.kill(id, 'SIGCONT')
  }
  await session.detach()
}

/** Plays in a page with two threads that stands still meanwhile. */
async function survives(page: Page): Promise<void> {
  await ready(page)
  await page.evaluate(() => window.natlab.use('wasm', { threads: 2 }))
  await page.evaluate(() => window.natlab.run(1))
  const before = await backend(page)
  await page.keyboard.press('Space')
  await expect.poll(() => step(page)).toBeGreaterThan(3)
  const reached = await step(page)
  await standStill(page)
  await expect.poll(() => step(page)).toBeGreaterThan(reached + 10)
  expect(await backend(page)).toEqual(before)
  expect(await page.locator('.notice').allInnerTexts()).toEqual([])
}

describe('a page that stands still while it plays', () => {
  it('goes on with the threads that share its memory', async () => {
    const { page, complaints, close } = await site.visit(link, { fresh: true })
    await survives(page)
    expect(await page.evaluate(() => window.natlab.backend().threads)).toBe(2)
    expect(complaints).toEqual([])
    await close()
  })

  it('goes on with the threads that have a memory of their own', async () => {
    const server = await serveFolder(() => 'dist', '/')
    // without the service worker, which would isolate the page
    const context = await newContext({ serviceWorkers: 'block' })
    const page = await context.newPage()
    await page.goto(server.address + link)
    await survives(page)
    expect(await page.evaluate(() => window.natlab.backend().threads)).toBe(1)
    await context.close()
    await server.close()
  })
})
