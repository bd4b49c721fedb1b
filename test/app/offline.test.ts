/** What lies beside the page: the service worker’s list of files, and a page for each lab. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import { newContext } from './browser.ts'
import { openSite, ready, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

it('keeps every file of the built page but the pictures for other sites', () => {
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join('dist', name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
  const [, list] = /=(\[\{url:.*?\}\])/.exec(readFileSync('dist/sw.js', 'utf8')) ?? []
  const kept = [...list!.matchAll(/url:`([^`]+)`/g)].map(([, url]) => url)
  expect(kept.length).toBeGreaterThan(80)
  expect(files.filter((name) => !kept.includes(name)).sort()).toEqual([
    ...labs.map(({ id }) => `pictures/${id}.jpg`).sort(),
    'sw.js',
  ])
  expect(kept.filter((url) => !files.includes(url))).toEqual([])
})

it('leads from the page of a lab to the lab, with all that the link says', async () => {
  const { page, close } = await site.visit('kl.html?backend=wasm#sigma0=0.75&theme=projector', {
    fresh: true,
  })
  await ready(page)
  expect(await page.title()).toBe(`${labs.find(({ id }) => id === 'kl')!.title} · natlab`)
  expect(await page.evaluate(() => window.natlab.parameters())).toMatchObject({ sigma0: 0.75 })
  expect(await page.evaluate(() => window.natlab.backend().kind)).toBe('wasm')
  expect(page.url()).toMatch(/sigma0=0.75.*theme=projector.*backend=wasm/)
  await close()
})

it('leads to each lab by a link where there is no JavaScript', async () => {
  const context = await newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  for (const { id, title, question } of labs) {
    await page.goto(`${site.address}${id}.html`)
    expect(await page.title()).toBe(`${title} · natlab`)
    await page.getByRole('link', { name: `${title}: ${question}` }).click()
    await page.waitForURL(`${site.address}#lab=${id}`)
  }
  await context.close()
})
