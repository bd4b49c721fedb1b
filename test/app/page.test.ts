/** The built page, visited and used as a person does. Its layout in a window is tested in pageLayout.test.ts. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { coloursOf, openSite, ready, type Site, small, twoFrames } from './site.ts'

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const parameters = (page: Page) => page.evaluate(() => window.natlab.parameters())

describe('a first visit', () => {
  it('opens on the init lab, computing, with four panels that are not blank and no complaints', async () => {
    const { page, complaints, close } = await site.visit('', { drawn: true })
    await ready(page)
    expect(await page.evaluate(() => window.natlab.labs)).toEqual(['init', 'training', 'kl', 'vib'])
    const before = await page.evaluate(() => window.natlab.metrics())
    await page.waitForFunction(
      async (tokens) => ((await window.natlab.metrics()).tokensMeasured as number) > tokens,
      before.tokensMeasured as number,
    )
    // a paused page keeps its pictures, and they are read sooner
    await page.evaluate(() => window.natlab.run(0))
    const counts = await coloursOf(page, '#stage [data-panel]')
    expect(counts).toHaveLength(4)
    for (const colours of counts) expect(colours).toBeGreaterThan(20)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('the console', () => {
  it('opens paused at step 0, runs exactly, gives measured and predicted numbers, and compares the backends', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}`)
    const result = await page.evaluate(async () => {
      await window.natlab.ready
      await window.natlab.open('init', { dModel: 64, vocab: 2000, tokens: 16, scheme: 'unit', seed: 5 })
      const first = await window.natlab.metrics()
      await window.natlab.run(3)
      const last = await window.natlab.metrics()
      return { first, last, values: window.natlab.parameters(), backend: window.natlab.backend() }
    })
    expect(result.first.tokensMeasured).toBe(16)
    expect(result.last.tokensMeasured).toBe(64)
    expect(result.values).toMatchObject({ dModel: 64, vocab: 2000, scheme: 'unit', hidden: 'random' })
    expect(result.last.logitStdPredicted).toBe(8)
    expect(result.last.lnVocab).toBeCloseTo(Math.log(2000), 12)
    expect(Math.abs((result.last.loss as number) - (result.last.lossPredicted as number))).toBeLessThan(6)
    expect(['wasm', 'webgpu']).toContain(result.backend.kind)

    // a refused value is named, and changes nothing
    const refusals = await page.evaluate(() =>
      Promise.all(
        [window.natlab.set({ tokens: 8, dModel: -5 }), window.natlab.open('nowhere')].map((call) =>
          call.catch((fault: Error) => `${fault.name}: ${fault.message}`),
        ),
      ),
    )
    expect(refusals[0]).toMatch(/^RangeError: .*dModel.*-5.*16 to 4,096/)
    expect(refusals[1]).toMatch(/^RangeError: /)
    expect(await parameters(page)).toEqual(result.values)

    // a later run may replace one that nobody waits for
    await page.evaluate(async () => {
      void window.natlab.run(1e6)
      await window.natlab.set({ dModel: 32 })
    })
    await twoFrames(page)
    expect(await page.locator('.notice-error').count()).toBe(0)

    // the pause button ends a run
    await page.evaluate(() => {
      const run = window.natlab.run(1e6).catch((fault: Error) => fault.name)
      Object.assign(window, { ended: run })
    })
    await page.getByRole('button', { name: 'Pause' }).click()
    expect(await page.evaluate(() => (window as unknown as { ended: Promise<string> }).ended)).toBe(
      'AbortError',
    )

    const { used, rows } = await page.evaluate(async () => {
      // another backend repeats the steps that the run has done
      await window.natlab.open('init', { dModel: 64, vocab: 2000, tokens: 16, seed: 5 })
      const used = await window.natlab.use('webgpu')
      const rows = await window.natlab.compare({ repeats: 2 })
      return { used, rows }
    })
    expect(used.kind).toBe('webgpu')
    expect([...new Set(rows.map((row) => row.kind))].sort()).toEqual(['wasm', 'webgpu'])
    for (const row of rows) {
      expect(row.repeats).toBe(2)
      expect(row.largestDifference).toBeLessThan(1e-3)
    }
    await close()
  })
})

describe('the address', () => {
  it('reproduces the view after a reload, and goes back and forward', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}&scheme=custom&std=0.3&story=3`)
    await ready(page)
    expect(await parameters(page)).toMatchObject({ dModel: 64, scheme: 'custom', std: 0.3, seed: 5 })
    const link = await page.evaluate(() => window.natlab.link())
    await page.reload()
    await ready(page)
    expect(await page.evaluate(() => window.natlab.link())).toBe(link)

    await page.getByRole('button', { name: /next/i }).first().click()
    await page.waitForFunction((before) => window.natlab.link() !== before, link)
    const next = await page.evaluate(() => window.natlab.link())
    await page.goBack()
    await page.waitForFunction((wanted) => window.natlab.link() === wanted, link)
    await page.goForward()
    await page.waitForFunction((wanted) => window.natlab.link() === wanted, next)
    await close()
  })

  it('names every refused value in one notice and runs with the rest, in spite of ten kilobytes of noise', async () => {
    const noise = Array.from({ length: 1250 }, (_, index) => `${index % 7}&=%${'zé;'[index % 3]}x`).join('')
    const { page, complaints, close } = await site.visit(
      `?dModel=-5&vocab=1e9&scheme=foo&std=NaN&lab=nowhere&colour=red&tokens=16#${noise.slice(0, 10_240)}`,
    )
    await ready(page)
    const notice = page.locator('.notice').filter({ hasText: 'dModel' })
    expect(await notice.count()).toBe(1)
    const text = (await notice.first().textContent()) ?? ''
    for (const part of [
      'dModel',
      '-5',
      '16 to 4,096',
      'vocab',
      '1,000 to 262,144',
      'scheme',
      'foo',
      'std',
      'NaN',
      'nowhere',
      'colour',
    ])
      expect(text).toContain(part)
    expect(await parameters(page)).toMatchObject({ tokens: 16, dModel: 512, scheme: 'unit' })
    expect(complaints).toEqual([])
    await close()
  })
})

describe('by keyboard alone', () => {
  it('changes a parameter, walks through the story, answers the question and plays', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}`)
    await ready(page)
    const slider = page.getByRole('slider', { name: /d_model/ }).first()
    await slider.focus()
    await page.keyboard.press('Home')
    await expect.poll(async () => (await parameters(page)).dModel).toBe(16)
    await page.keyboard.press('End')
    await expect.poll(async () => (await parameters(page)).dModel).toBe(4096)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(async () => (await parameters(page)).dModel).toBeLessThan(4096)
    expect(await slider.getAttribute('aria-valuenow')).toBe(String((await parameters(page)).dModel))

    await page.evaluate(() => window.natlab.open('init', { dModel: 64, vocab: 2000, tokens: 16 }))
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.evaluate(() => new URL(window.natlab.link()).hash)).toMatch(/story=/)
    await page.evaluate(() => window.natlab.open('init', { dModel: 64, vocab: 2000, tokens: 16 }))
    await page.keyboard.press('Space')
    await page.waitForFunction(async () => ((await window.natlab.metrics()).tokensMeasured as number) > 32)
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('t')
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('projector')
    await close()
  })

  it('leaves the keys of a focused picture to the picture', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}&story=3`)
    await ready(page)
    const story = () => page.evaluate(() => new URL(window.natlab.link()).hash.match(/story=\d+/)?.[0])
    const before = await parameters(page)
    for (const plot of await page.locator('#stage .stage-plot').all()) {
      await plot.focus()
      for (const key of [
        'ArrowRight',
        'ArrowRight',
        'ArrowLeft',
        'ArrowUp',
        'Home',
        'End',
        '+',
        '-',
        'Escape',
      ])
        await page.keyboard.press(key)
    }
    expect(await story()).toBe('story=3')
    expect(await parameters(page)).toEqual(before)
    await page.locator('.dot').first().focus()
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('ArrowRight')
    await expect.poll(story).toBe('story=4')
    await close()
  })

  it('reaches every control with Tab, each with a visible focus', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}`, { fresh: true })
    await ready(page)
    await page.evaluate(() => {
      const reached: { name: string; ring: boolean }[] = []
      document.addEventListener('focusin', ({ target }) => {
        const focused = target as Element
        const style = getComputedStyle(focused)
        reached.push({
          name: focused.getAttribute('aria-label') ?? focused.textContent?.trim() ?? focused.tagName,
          ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
        })
      })
      Object.assign(window, { reached })
    })
    for (let press = 0; press < 80; press++) await page.keyboard.press('Tab')
    const reached = await page.evaluate(
      () => (window as unknown as { reached: { name: string; ring: boolean }[] }).reached,
    )
    expect(reached.length).toBeGreaterThan(40)
    for (const seen of reached) expect(seen).toMatchObject({ ring: true })
    const names = reached.map(({ name }) => name).join(' | ')
    // it plays, or it has played to its end
    for (const name of [/d_model/, /seed/, /pause|play/i, /Initialisation/]) expect(names).toMatch(name)
    await close()
  })
})

describe('a typed value', () => {
  it('may be grouped with spaces or commas, and is refused under the name that the panel shows', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}`)
    await ready(page)
    const row = page.locator('[data-parameter=vocab]')
    const field = row.locator('input')
    for (const [typed, value] of [
      ['3 000', 3000],
      ['50\u202f257', 50257],
      ['4,096', 4096],
    ] as const) {
      await field.fill(typed)
      await field.press('Enter')
      await expect.poll(async () => (await parameters(page)).vocab).toBe(value)
    }
    await field.fill('12')
    await field.press('Enter')
    await expect.poll(() => row.locator('.field-error').textContent()).toMatch(/12.*vocabulary \(vocab\) is/)
    await close()
  })
})

describe('when something is missing or fails', () => {
  it('says once that WebGPU is missing, also when it is then chosen by hand, and computes with WebAssembly', async () => {
    const { page, complaints, close } = await site.visit(`#lab=init&${small}`, {
      beforeLoad: async (page) => {
        await page.addInitScript(() => {
          Reflect.deleteProperty(Navigator.prototype, 'gpu')
        })
        await page.route(/engine-.*\.js/, async (route) => {
          const response = await route.fetch()
          const body = `Reflect.deleteProperty(WorkerNavigator.prototype, 'gpu');${await response.text()}`
          await route.fulfill({ response, body })
        })
      },
    })
    await ready(page)
    const notices = page.locator('.notice')
    await expect.poll(() => notices.count()).toBe(1)
    expect(await page.evaluate(() => window.natlab.backend().kind)).toBe('wasm')
    await expect.poll(() => page.locator('body').textContent()).toMatch(/WebAssembly/)
    expect(complaints).toEqual([])
    await page.locator('#backend').selectOption('webgpu')
    await expect.poll(() => notices.textContent()).toMatch(/as before: This browser has no WebGPU/)
    expect(await notices.count()).toBe(1)
    await close()
  })

  it('shows a message in place of the pictures where WebGL is missing, and still computes', async () => {
    const { page, close } = await site.visit(`#lab=init&${small}`, {
      beforeLoad: (page) =>
        page.addInitScript(() => {
          HTMLCanvasElement.prototype.getContext = () => null
        }),
    })
    await ready(page)
    await expect.poll(() => page.locator('#stage').textContent()).toMatch(/WebGL/)
    expect((await page.evaluate(() => window.natlab.metrics())).loss).toBeGreaterThan(0)
    await close()
  })

  it('shows what a failing worker said and can be reset', async () => {
    let broken = true
    const { page, close } = await site.visit(`#lab=init&${small}`, {
      beforeLoad: (page) =>
        page.route(/engine-.*\.js/, (route) =>
          broken
            ? route.fulfill({
                contentType: 'text/javascript',
                // without this header the isolated page may not load any worker
                headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' },
                body: 'throw new Error("the worker broke")',
              })
            : route.continue(),
        ),
    })
    const alert = page.getByRole('alert').filter({ hasText: 'the worker broke' })
    await alert.waitFor()
    const failed = await page.evaluate(() => window.natlab.ready.catch((fault: Error) => fault.message))
    expect(failed).toMatch('the worker broke')
    const play = page.locator('.play')
    expect(await play.isDisabled()).toBe(true)
    expect(await play.textContent()).toBe('Play')
    expect(await page.locator('.position').textContent()).toMatch(/^stopped/)
    const shown = () => page.locator('#stage').textContent()
    await expect.poll(shown).not.toMatch(/computing…/)
    // after another drawing, no panel waits for a result either
    await page.setViewportSize({ width: 700, height: 700 })
    await page.keyboard.press('t')
    await twoFrames(page)
    expect(await shown()).not.toMatch(/computing…/)
    broken = false
    await alert.getByRole('button', { name: /reset/i }).click()
    await ready(page)
    expect((await page.evaluate(() => window.natlab.metrics())).loss).toBeGreaterThan(0)
    await close()
  })
})
