/** The built page on a plain static server, below a path: without a network after the first visit, and with a new version. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { labs } from '../../src/labs/index.ts'
import { newContext, newPage } from '../app/browser.ts'
import { ready } from '../app/site.ts'
import { type StaticServer, serveFolder } from '../app/staticServer.ts'

const path = '/courses/2026/natlab/'
/** All files arrive, some of them twice; or all labs run, with their own sizes, on a software adapter. */
const timeout = 240_000 * Number(process.env.NATLAB_THROTTLE ?? 1)
let folder: string
let server: StaticServer
let context: BrowserContext
let page: Page

async function open(hash = '#lab=kl'): Promise<Page> {
  const page = await newPage(context, false)
  await page.goto(server.address + hash)
  await ready(page)
  return page
}

beforeEach(async () => {
  folder = 'dist'
  server = await serveFolder(() => folder, path)
  context = await newContext({ reducedMotion: 'no-preference' }, { keeps: true })
})
afterEach(async () => {
  await context.close()
  await server.close()
})

const sectionOf = (page: Page) => page.locator('section', { has: page.getByText('Without a network') }).last()

/** What the help says. */
async function told(page: Page, wanted: RegExp): Promise<string> {
  if ((await page.locator('dialog[open]').count()) === 0) await page.keyboard.press('?')
  const status = sectionOf(page).getByRole('status')
  await status.filter({ hasText: wanted }).waitFor()
  const text = await status.innerText()
  await page.keyboard.press('Escape')
  return text
}

const kept = (page: Page) => told(page, /Works without a network/)

async function cut(): Promise<void> {
  await context.setOffline(true)
  await server.close()
}

/** Opens every lab on both backends, and runs a step. */
async function openAll(page: Page): Promise<void> {
  for (const backend of ['wasm', 'webgpu'] as const) {
    await page.evaluate(async (backend) => {
      // little is open while the backend is changed
      await window.natlab.open('kl', { family: 'uniform' })
      await window.natlab.use(backend)
    }, backend)
    for (const { id } of labs) {
      const { kind, metrics } = await page.evaluate(async (lab) => {
        await window.natlab.open(lab)
        await window.natlab.run(1)
        return { kind: window.natlab.backend().kind, metrics: await window.natlab.metrics() }
      }, id)
      expect(kind).toBe(backend)
      expect(Object.keys(metrics).length).toBeGreaterThan(10)
    }
  }
}

const notices = (page: Page) => page.locator('.notice strong').allInnerTexts()
const isolated = (page: Page) => page.evaluate(() => crossOriginIsolated)

describe('after the first visit, without a network', { timeout }, () => {
  it('opens all labs on both backends in the page that is open', async () => {
    page = await open()
    expect(await kept(page)).toMatch(/Works without a network: 1\d\.\d MB are kept/)
    expect(await isolated(page)).toBe(false)
    await cut()
    await openAll(page)
    expect(await notices(page)).toEqual([])
  })

  it('opens all labs on both backends in a page that is loaded anew, which is isolated', async () => {
    page = await open()
    await kept(page)
    await cut()
    await page.reload()
    await ready(page)
    // the host sends no headers
    expect(await isolated(page)).toBe(true)
    // the workers share memory, too
    const { threads } = await page.evaluate(() => window.natlab.use('wasm', { threads: 2 }))
    expect(threads).toBe(2)
    await openAll(page)
    expect(await notices(page)).toEqual([])
  })

  it('opens dialogs, modes and the presenter window', async () => {
    page = await open()
    await kept(page)
    await cut()
    for (const name of ['Compare backends', 'Lesson: your own list of steps', 'Share and export']) {
      await page.getByRole('button', { name, exact: true }).click()
      await page.locator('dialog[open] h2').waitFor()
      await page.keyboard.press('Escape')
    }
    await page.locator('button.word').first().click()
    const [presenter] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('p')])
    await presenter.getByText('step 1 of').first().waitFor()
    await page.keyboard.press('f')
    await page.locator('html.presenting, .presenting').first().waitFor()
    expect(await notices(page)).toEqual([])
  })

  it('keeps the presenter window where a reload isolates the page', async () => {
    page = await open()
    await kept(page)
    const [presenter] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('p')])
    await presenter.getByText('step 1 of').first().waitFor()
    await page.reload()
    await ready(page)
    expect(await isolated(page)).toBe(true)
    await page.keyboard.press('PageDown')
    await presenter.getByText('step 2 of').first().waitFor()
  })
})

describe('a new version', { timeout }, () => {
  let newer: string
  beforeEach(() => {
    newer = mkdtempSync(join(tmpdir(), 'natlab-'))
    cpSync('dist', newer, { recursive: true })
    const edit = (name: string, change: (text: string) => string) =>
      writeFileSync(join(newer, name), change(readFileSync(join(newer, name), 'utf8')))
    edit('index.html', (html) => html.replace('<body>', '<body data-version="newer">'))
    edit('sw.js', (code) => code.replace(/(url:`index\.html`,revision:`)\w+/, '$1other'))
  })
  afterEach(() => rmSync(newer, { recursive: true }))

  const version = (page: Page) => page.evaluate(() => document.body.dataset.version)
  const announced = 'A new version of natlab is there. Reload to use it.'

  it('announces itself, waits for the button, and opens with the same view', async () => {
    page = await open()
    await kept(page)
    folder = newer
    await page.close()
    page = await open('#lab=kl&story=3')
    const notice = page.locator('.notice', { hasText: announced })
    await notice.waitFor()
    expect(await version(page)).toBeUndefined()
    // a plain reload goes on with what is there
    await page.reload()
    await notice.waitFor()
    expect(await version(page)).toBeUndefined()
    await Promise.all([page.waitForEvent('load'), notice.getByRole('button', { name: 'Reload' }).click()])
    await ready(page)
    expect(await version(page)).toBe('newer')
    expect(page.url()).toContain('story=3')
    await kept(page)
    expect(await notices(page)).toEqual([])
  })

  it('says nothing while a step is presented', async () => {
    page = await open()
    await kept(page)
    folder = newer
    await page.close()
    page = await open('#lab=kl&story=3&present=1')
    await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.waiting)
    expect(await notices(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.locator('.notice', { hasText: announced }).waitFor()
  })
})

describe('what the help says', { timeout }, () => {
  it('deletes what is kept, remembers that, and keeps it again', async () => {
    page = await open()
    await kept(page)
    await page.keyboard.press('?')
    const section = sectionOf(page)
    await section.getByRole('button', { name: 'Delete it' }).click()
    await told(page, /Nothing is kept.*takes 1\d\.\d MB/)
    expect(await page.evaluate(() => caches.keys())).toEqual([])
    await page.reload()
    await ready(page)
    await told(page, /Nothing is kept/)
    await page.keyboard.press('?')
    await sectionOf(page).getByRole('button', { name: 'Keep it for offline' }).click()
    await kept(page)
    // without a new page in between
    await page.keyboard.press('?')
    await sectionOf(page).getByRole('button', { name: 'Delete it' }).click()
    await told(page, /Nothing is kept/)
    await page.keyboard.press('?')
    await sectionOf(page).getByRole('button', { name: 'Keep it for offline' }).click()
    await kept(page)
    await cut()
    await page.reload()
    await ready(page)
  })

  it('says that there is not enough room, and keeps nothing of it', async () => {
    page = await newPage(context, false)
    const devtools = await context.newCDPSession(page)
    const { origin } = new URL(server.address)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4_000_000 })
    await page.goto(`${server.address}#lab=kl`)
    await ready(page)
    await told(page, /not enough room in this browser: natlab needs 1\d\.\d MB/)
    await page.waitForFunction(async () => (await caches.keys()).length === 0)
  })

  it('names the file that did not arrive, and goes on at the next visit', async () => {
    const [data] = readFileSync('dist/sw.js', 'utf8').match(/assets\/mnist-validation-[\w-]+\.bin/) ?? []
    const broken = mkdtempSync(join(tmpdir(), 'natlab-'))
    cpSync('dist', broken, { recursive: true })
    rmSync(join(broken, data!))
    folder = broken
    page = await open()
    await told(page, /Not all files arrived.*mnist-validation/)
    folder = 'dist'
    await page.reload()
    await ready(page)
    await kept(page)
    rmSync(broken, { recursive: true })
  })

  it('says why nothing is kept in a page that is part of another one', async () => {
    page = await newPage(context, false)
    // another origin; nothing is there
    await page.goto(server.address.replace(/localhost(:\d+).*/, '127.0.0.1$1/'))
    await page.setContent(`<iframe src="${server.address}#lab=kl" style="width: 1200px; height: 680px">`)
    const frame = page.frameLocator('iframe')
    await frame.getByRole('button', { name: 'Help' }).click()
    await frame.getByText('This page is part of another one.').waitFor()
    const registrations = frame.locator('body').evaluate(() => navigator.serviceWorker.getRegistrations())
    expect(await registrations).toEqual([])
  })
})

/** This machine, as others in its network call it. */
const [own] = Object.values(networkInterfaces())
  .flat()
  .flatMap((one) => (one && !one.internal && one.family === 'IPv4' ? [one.address] : []))

it.skipIf(!own)('computes on WebAssembly by plain http from another machine, and keeps nothing', async () => {
  page = await newPage(context, false)
  await page.goto(`${server.address.replace('localhost', own)}#lab=kl`)
  await ready(page)
  expect(await page.evaluate(() => isSecureContext)).toBe(false)
  for (const { id } of labs) {
    const metrics = await page.evaluate(async (lab) => {
      await window.natlab.open(lab)
      await window.natlab.run(1)
      return window.natlab.metrics()
    }, id)
    expect(Object.keys(metrics).length).toBeGreaterThan(10)
  }
  expect(await page.evaluate(() => window.natlab.backend().kind)).toBe('wasm')
  const [presenter] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('p')])
  await presenter.getByText('step 1 of').first().waitFor()
  await presenter.close()
  await told(page, /came by http/)
})
