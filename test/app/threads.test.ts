/** Threads in the page: as many as there are cores, chosen by hand or by a script, and one where memory cannot be shared. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newContext } from './browser.ts'
import { openSite, ready, type Site, small } from './site.ts'
import { serveFolder } from './staticServer.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const cores = (page: Page) => page.evaluate(() => navigator.hardwareConcurrency)
const threads = (page: Page) => page.evaluate(() => window.natlab.backend().threads)
const text = (page: Page) => page.locator('#threads-text').textContent()

describe('a page that is isolated', () => {
  it('computes on all cores, on as many as are chosen, and comes to the same', async () => {
    const { page, complaints, close } = await site.visit(`#lab=init&backend=wasm&${small}`, { fresh: true })
    await ready(page)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    const count = await cores(page)
    expect(await threads(page)).toBe(count >= 4 ? count - 1 : count)
    await page.evaluate(() => window.natlab.run(2))
    const results = async () => {
      const { milliseconds: _, ...metrics } = await page.evaluate(() => window.natlab.metrics())
      return metrics
    }
    const all = await results()
    await page.getByLabel('Threads').selectOption('1')
    await expect.poll(() => threads(page)).toBe(1)
    expect(await page.locator('#backend-reason').textContent()).toMatch(/1 thread:/)
    expect(await results()).toEqual(all)
    expect(await page.evaluate(() => window.natlab.use('wasm', { threads: 3 }))).toMatchObject({ threads: 3 })
    expect(await page.getByLabel('Threads').inputValue()).toBe('3')
    expect(await text(page)).toMatch(/share one memory/)
    expect(await results()).toEqual(all)
    // without a number they stay as they are
    expect(await page.evaluate(() => window.natlab.use('wasm'))).toMatchObject({ threads: 3 })
    expect(complaints).toEqual([])
    await close()
  })

  it.each([
    [0, 'RangeError: threads = 0 is not permitted: threads is a whole number from 1 to 16.'],
    [1e9, 'RangeError: threads = 1000000000 is not permitted: threads is a whole number from 1 to 16.'],
    [2.5, 'RangeError: threads = 2.5 is not permitted: threads is a whole number from 1 to 16.'],
    ['many', 'TypeError: threads = many is not permitted: threads is a whole number from 1 to 16.'],
  ])('refuses %s threads', async (given, message) => {
    const { page, close } = await site.visit(`#lab=init&backend=wasm&${small}`)
    await ready(page)
    const before = await page.evaluate(() => window.natlab.backend())
    const refusal = page.evaluate(
      (threads) =>
        window.natlab.use('wasm', { threads: threads as number }).then(
          () => 'taken',
          (fault) => String(fault),
        ),
      given,
    )
    expect(await refusal).toBe(message)
    expect(await page.evaluate(() => window.natlab.backend())).toEqual(before)
    await close()
  })
})

describe('a page of a plain server', () => {
  it('computes on one thread, says why, and divides what can be divided', async () => {
    const server = await serveFolder(() => 'dist', '/')
    // without the service worker, which would isolate the page
    const context = await newContext({ serviceWorkers: 'block' })
    const page = await context.newPage()
    const hash = `#lab=init&backend=wasm&${small}`
    await page.goto(server.address + hash)
    await ready(page)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
    expect(await threads(page)).toBe(1)
    await expect
      .poll(() => text(page))
      .toMatch(/isolates from other origins, and this page is not\. .* are still divided among \d+ threads/)
    // more than one, whatever the machine has
    await page.evaluate(() => window.natlab.use('wasm', { threads: 2 }))
    const isolated = await site.visit(hash)
    await ready(isolated.page)
    const [here, there] = await Promise.all(
      [page, isolated.page].map((each) =>
        each.evaluate(async () => {
          // enough work for two
          await window.natlab.set({ dModel: 256, vocab: 10_000, tokens: 64 })
          await window.natlab.run(2)
          const { milliseconds: _, ...metrics } = await window.natlab.metrics()
          return metrics
        }),
      ),
    )
    expect(here).toEqual(there)
    const rows = await page.evaluate(() => window.natlab.compare({ repeats: 1 }))
    expect(rows.filter(({ kind }) => kind === 'wasm').map(({ threads }) => threads)).toEqual([
      1,
      await cores(page).then((count) => (count >= 4 ? count - 1 : count)),
    ])
    expect(rows[1].adapter).toMatch(/^\d+ × WebAssembly SIMD.*, 1 thread$/)
    await isolated.close()
    await context.close()
    await server.close()
  })
})
