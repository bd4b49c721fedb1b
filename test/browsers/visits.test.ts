/** Firefox goes on loading pages while threads of other pages sleep, which answer no message of a browser. */
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openFirefox, visit } from './firefox.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openFirefox('bare')
})
afterAll(() => browser?.close())

/** Number of threads that compute together. Without work they sleep. */
const computing = (page: Page) =>
  page.evaluate(async () => (await window.natlab.use('wasm', { threads: 2 })).threads)

it('begins a new version of the service worker while threads sleep', async () => {
  const { page, complaints } = await visit(browser, '#lab=init')
  expect(await computing(page)).toBe(2)
  await page.evaluate(async () => {
    // another address is another version
    const registration = await navigator.serviceWorker.register('sw.js?another')
    const worker = registration.installing ?? registration.waiting!
    Object.assign(window, { another: worker })
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed') worker.postMessage('begin')
    })
  })
  const state = () => page.evaluate(() => (window as unknown as { another: ServiceWorker }).another.state)
  await expect.poll(state, { timeout: 20_000 }).toBe('activated')
  const next = await visit(browser, '#lab=kl')
  expect(await computing(next.page)).toBe(2)
  expect([...complaints, ...next.complaints]).toEqual([])
  await page.close()
  await next.page.close()
})

it('passes 15 visits, three of them open at a time', async () => {
  const open: Page[] = []
  for (let number = 0; number < 15; number++) {
    const { page, complaints } = await visit(browser, `#lab=${['init', 'kl'][number % 2]}`)
    expect(await computing(page)).toBe(2)
    expect(complaints).toEqual([])
    open.push(page)
    if (open.length === 3) await open.shift()!.close()
  }
})
