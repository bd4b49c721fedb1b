/** Faults made to happen in the real page: whatever it was doing, it computes the same afterwards. */
import type { Page, Route } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite, ready, type Site, small } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const worker = '**/assets/engine-*.js'

/** Code before the worker's own: the page lets it throw or lose its device. */
const fragile = `
  new BroadcastChannel('fault').onmessage = ({ data }) => {
    if (data === 'throw') setTimeout(() => { throw new Error('it fell over') })
    if (data === 'lose') for (const device of devices) device.destroy()
  }
  const devices = []
  const request = self.GPUAdapter?.prototype.requestDevice
  if (request) GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await request.apply(this, given)
    devices.push(device)
    return device
  }
`

/** Sends a script with code before its own. */
const begun = (code: string) => async (route: Route) => {
  const response = await route.fetch()
  await route.fulfill({ response, body: `${code};\n${await response.text()}` })
}

const missing = (route: Route) => route.fulfill({ status: 404, body: 'not found' })
const hung = () => new Promise<void>(() => {})

/** Timers of a second or more are twenty times as fast. */
const hurried = `
  const slow = self.setTimeout
  self.setTimeout = (work, after, ...given) => slow(work, after >= 1000 ? after / 20 : after, ...given)
`

const faultIn = (page: Page, kind: string) =>
  page.evaluate((kind) => {
    const channel = new BroadcastChannel('fault')
    channel.postMessage(kind)
    // a channel that is closed at once sends nothing
    setTimeout(() => channel.close(), 1000)
  }, kind)

const loseContext = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.stage-canvas')!
    const extension = canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!
    extension.loseContext()
    setTimeout(() => extension.restoreContext(), 500)
  })

/** A step that is not before `wanted`, and its numbers without times. */
const numbersAt = (page: Page, wanted: number) =>
  page.evaluate(async (wanted) => {
    await window.natlab.run(0)
    // a step measures 16 tokens, the first one at step 0
    const reached = async () => ((await window.natlab.metrics()).tokensMeasured as number) / 16 - 1
    await window.natlab.run(Math.max(0, wanted - (await reached())))
    const metrics = Object.entries(await window.natlab.metrics())
    const numbers = metrics.filter(([id]) => !/^milliseconds$|^megaflops$|PerSecond/i.test(id))
    return { step: await reached(), numbers: Object.fromEntries(numbers) }
  }, wanted)

const notices = (page: Page) => page.locator('.notice').allInnerTexts()

const open = (page: Page, link: string) =>
  page.evaluate((hash) => {
    location.hash = hash
  }, link)

/** Ends once the page has started another worker. */
async function fallOver(page: Page): Promise<void> {
  await faultIn(page, 'throw')
  await page
    .locator('.notice', { hasText: /broke off|could not be opened/ })
    .first()
    .waitFor()
}

const begin = `#lab=init&${small}&story=2`
const faults = {
  'the worker throws': { backend: 'wasm', make: fallOver },
  'the device is lost': { backend: 'webgpu', make: (page: Page) => faultIn(page, 'lose') },
  'the drawing context is lost': { backend: 'wasm', make: loseContext },
} as const
type Fault = keyof typeof faults

/** What the page does when the fault comes. */
const situations = {
  'at rest': (_: Page, make: () => Promise<unknown>) => make(),
  async opening(page: Page, make: () => Promise<unknown>, link: string) {
    const opening = page.evaluate(() => window.natlab.open('kl').catch(() => undefined))
    await make()
    await opening
    await open(page, link)
    await expect.poll(() => page.evaluate(() => window.natlab.link())).toContain('lab=init')
  },
  async playing(page: Page, make: () => Promise<unknown>) {
    await page.keyboard.press('Space')
    await make()
    await page.waitForTimeout(300)
  },
  async dragging(page: Page, make: () => Promise<unknown>) {
    await page.locator('[data-parameter=dModel] [role=slider]').focus()
    await page.keyboard.press('ArrowRight')
    await make()
    await page.keyboard.press('ArrowRight')
    await page.evaluate(() => window.natlab.set({ dModel: 64 }))
  },
  async comparing(page: Page, make: () => Promise<unknown>) {
    const comparing = page.evaluate(() => window.natlab.compare({ repeats: 3 }).catch(() => undefined))
    await make()
    await comparing
  },
  async exporting(page: Page, make: () => Promise<unknown>) {
    await page.getByRole('button', { name: /Share/ }).click()
    await make()
    await page.getByRole('button', { name: 'Save as PNG' }).click()
    const told = page.locator('dialog[open] [aria-labelledby=share-picture] [role=status]')
    await expect.poll(() => told.innerText()).toBe('The picture is saved.')
    await page.keyboard.press('Escape')
  },
}
type Situation = keyof typeof situations

describe('a fault in the real page', () => {
  const untroubled = new Map<string, Promise<object>>()
  /** The numbers of this step in a page in which nothing went wrong. */
  async function visitUntroubled(link: string, step: number) {
    const { page, close } = await site.visit(link)
    await ready(page)
    const { numbers } = await numbersAt(page, step)
    await close()
    return numbers
  }
  const table = Object.keys(faults).flatMap((fault) =>
    Object.keys(situations).map((situation) => [fault, situation] as [Fault, Situation]),
  )

  it.each(table)('%s, %s: the same numbers, values, step and story afterwards', async (fault, situation) => {
    const { backend, make } = faults[fault]
    const link = `${begin}&std=0.1&backend=${backend}`
    const { page, close } = await site.visit(link, {
      fresh: true,
      drawn: true,
      beforeLoad: (page) => page.route(worker, begun(fragile)),
    })
    await ready(page)
    await page.evaluate(() => window.natlab.run(3))
    const values = await page.evaluate(() => window.natlab.parameters())
    await situations[situation](page, () => make(page), link)
    // playing may have gone further on a busy machine
    const { step, numbers } = await numbersAt(page, 12)
    const key = `${backend} ${step}`
    if (!untroubled.has(key)) untroubled.set(key, visitUntroubled(link, step))
    expect(numbers).toEqual(await untroubled.get(key))
    expect(await page.evaluate(() => window.natlab.parameters())).toEqual(values)
    expect(await page.evaluate(() => window.natlab.link())).toContain('story=2')
    expect(await page.getByText('The computation stopped').count()).toBe(0)
    // pictures are drawn, and playing works
    await expect.poll(() => page.locator('.stage-panel [data-lost=true]').count()).toBe(0)
    // on a busy machine the run has been played to its end, and the button says so
    await page
      .getByRole('button', { name: /^(Play|Replay)/ })
      .first()
      .click()
    const measured = () => page.evaluate(async () => (await window.natlab.metrics()).tokensMeasured as number)
    await expect.poll(measured).not.toBe(16 * (step + 1))
    await close()
  })
})

describe('what never comes', () => {
  const visit = (link: string, pattern: string, handler: (route: Route) => unknown) =>
    site.visit(link, {
      fresh: true,
      beforeLoad: async (page) => {
        await page.route(worker, begun(hurried))
        await page.addInitScript(hurried)
        await page.route(pattern, handler)
      },
    })
  const button = (page: Page, name: string) => page.getByRole('button', { name })

  it('a backend: WebAssembly is offered, and computes', async () => {
    const { page, close } = await visit(`${begin}&backend=webgpu`, '**/backend-webgpu-*.js', hung)
    await button(page, 'Compute on WebAssembly').click()
    await ready(page)
    expect(await page.evaluate(() => window.natlab.backend().kind)).toBe('wasm')
    expect(await page.evaluate(() => window.natlab.parameters())).toMatchObject({ dModel: 64, seed: 5 })
    await expect.poll(() => page.getByText('still waits').count()).toBe(0)
    await close()
  })

  it('an adapter: WebAssembly computes, and the page says why', async () => {
    const { page, close } = await site.visit(begin, {
      fresh: true,
      beforeLoad: (page) =>
        page.route(worker, begun(`${hurried}; GPU.prototype.requestAdapter = () => new Promise(() => {})`)),
    })
    await ready(page)
    expect(await page.locator('#backend-reason').innerText()).toMatch(/gave no adapter within/)
    await close()
  })

  it.each(['**/kl-experiment-*.js', '**/kl-view-*.js'])(
    'the code of one lab (%s): another opens meanwhile',
    async (pattern) => {
      const { page, close } = await visit(begin, pattern, hung)
      await ready(page)
      await page
        .getByRole('link', { name: /KL/ })
        .or(page.getByRole('tab', { name: /KL/ }))
        .or(button(page, 'KL'))
        .first()
        .click()
      await expect.poll(() => page.getByText('still waits').count()).toBeGreaterThan(0)
      await open(page, '#lab=vib&mode=one&trainSize=500&hiddenWidth=32')
      await expect.poll(() => page.locator('.stage-panel').count()).toBeGreaterThan(2)
      const metrics = () => page.evaluate(async () => (await window.natlab.metrics()).step as number)
      await expect.poll(metrics).toBeGreaterThan(0)
      await close()
    },
  )

  it('the text of the story, and a dialog: the page says so, and computes', async () => {
    const { page, close } = await site.visit(begin, {
      fresh: true,
      beforeLoad: async (page) => {
        await page.addInitScript(hurried)
        await page.route(/\/assets\/(init-story|help)-[^/]*\.js/, hung)
      },
    })
    await ready(page)
    await expect.poll(() => page.getByText('still waits for the text of the story').count()).toBe(1)
    await button(page, 'Help').first().click()
    await expect.poll(() => notices(page).then(String)).toMatch(/still waits for the help/)
    await close()
  })

  it('the data: the page says so after a while, and trains once they come', async () => {
    const data = '**/mnist-*.bin'
    const { page, close } = await visit('#lab=vib&mode=one&trainSize=500&hiddenWidth=32', data, hung)
    await expect.poll(() => notices(page).then(String)).toMatch(/nothing came for 30 seconds/)
    await page.unroute(data)
    await button(page, 'Try again').click()
    const step = () => page.evaluate(async () => (await window.natlab.metrics()).step as number)
    await expect.poll(() => step().catch(() => 0)).toBeGreaterThan(0)
    await close()
  })
})

describe('a backend that is no good', () => {
  const wrong = {
    'a shader is refused': `const make = GPUDevice.prototype.createShaderModule
      GPUDevice.prototype.createShaderModule = function ({ code, ...rest }) { return make.call(this, { ...rest, code: code + ' fn broken(' }) }`,
    'zeros come back': `const map = GPUBuffer.prototype.getMappedRange
      GPUBuffer.prototype.getMappedRange = function (...given) { const range = map.apply(this, given); if (this.usage & 1) new Uint8Array(range).fill(0); return range }`,
    'NaN comes back': `const map = GPUBuffer.prototype.getMappedRange
      GPUBuffer.prototype.getMappedRange = function (...given) { const range = map.apply(this, given); if (this.usage & 1) new Uint8Array(range).fill(255); return range }`,
  }

  it.each(Object.entries(wrong))('%s: WebAssembly computes, and the page says why', async (_, code) => {
    const { page, close } = await site.visit(`${begin}&backend=webgpu`, {
      fresh: true,
      beforeLoad: (page) => page.route(worker, begun(code)),
    })
    await ready(page)
    expect(await page.evaluate(() => window.natlab.backend().kind)).toBe('wasm')
    expect((await notices(page)).join()).toMatch(/does not compile|wrong numbers/)
    expect(await page.getByText('The computation stopped').count()).toBe(0)
    await close()
  })

  it('WebAssembly that the page’s policy forbids: WebGPU computes, on a software adapter too', async () => {
    const policy = "script-src 'self'; worker-src 'self'"
    const { page, close } = await site.visit(begin, {
      fresh: true,
      beforeLoad: (page) =>
        page.route(/\/(engine-[^/]*\.js|)$/, async (route) => {
          const response = await route.fetch()
          await route.fulfill({
            response,
            headers: { ...response.headers(), 'content-security-policy': policy },
          })
        }),
    })
    await ready(page)
    expect(await page.evaluate(() => window.natlab.backend().kind)).toBe('webgpu')
    expect(await page.locator('#backend-reason').innerText()).toMatch(/wasm-unsafe-eval/)
    await close()
  })
})

describe('a part that is missing', () => {
  it('leaves the lab that is open, names the cause, and is had when it is asked for again', async () => {
    const { page, close } = await site.visit(begin, {
      fresh: true,
      beforeLoad: (page) => page.route('**/kl-experiment-*.js', missing),
    })
    await ready(page)
    const before = await page.evaluate(() => window.natlab.parameters())
    const opened = page.evaluate(() => window.natlab.open('kl').then(String, (fault) => fault.message))
    expect(await opened).toMatch(/did not arrive/)
    expect(await page.evaluate(() => window.natlab.parameters())).toEqual(before)
    expect(await page.evaluate(async () => 'lossPredicted' in (await window.natlab.metrics()))).toBe(true)
    await expect.poll(() => notices(page).then(String)).toMatch(/does not have the file kl-experiment/)
    await page.unroute('**/kl-experiment-*.js')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => page.evaluate(() => window.natlab.link())).toContain('lab=kl')
    await close()
  })

  it.each([
    [
      'a newer version',
      async (page: Page) => {
        await page.route('**/vib-*.js', missing)
        await page.route(/\/(\?.*)?$/, async (route) => {
          const response = await route.fetch()
          await route.fulfill({
            response,
            body: (await response.text()).replace(/index-[\w-]+\.js/, 'index-newer.js'),
          })
        })
      },
      /newer version/,
      'Reload the page',
    ],
    [
      'a login',
      async (page: Page) => {
        for (const pattern of ['**/vib-*.js', /\/(\?.*)?$/])
          await page.route(pattern, (route) =>
            route.fulfill({ contentType: 'text/html', body: '<title>Sign in</title>' }),
          )
      },
      /perhaps a login/,
      'Reload the page',
    ],
    [
      'a refusal',
      (page: Page) => page.route('**/vib-*.js', (route) => route.fulfill({ status: 403 })),
      /refuses the file vib-.* 403/,
      'Try again',
    ],
    [
      'no connection',
      (page: Page) => page.route('**/*', (route) => route.abort()),
      /no connection/,
      'Try again',
    ],
  ] as const)('says so: %s', async (_, make, text, remedy) => {
    const { page, close } = await site.visit(begin, { fresh: true })
    await ready(page)
    await make(page)
    await page.evaluate(() => window.natlab.open('vib').catch(() => undefined))
    await expect.poll(() => notices(page).then(String)).toMatch(text)
    expect(await page.getByRole('button', { name: remedy }).count()).toBeGreaterThan(0)
    await close()
  })

  it('a login page in place of the kernels: it says so, and WebAssembly is had once they come', async () => {
    const kernels = '**/kernels*.wasm'
    const { page, close } = await site.visit(`${begin}&backend=wasm`, {
      fresh: true,
      beforeLoad: async (page) => {
        // no adapter either
        await page.route(worker, begun('GPU.prototype.requestAdapter = async () => null'))
        await page.route(kernels, (route) =>
          route.fulfill({ contentType: 'text/html', body: '<title>Sign in</title>' }),
        )
      },
    })
    await expect.poll(() => notices(page).then(String)).toMatch(/WebAssembly kernels did not arrive/)
    expect((await notices(page)).join()).toMatch(/another page in place of kernels.*login/)
    await page.unroute(kernels)
    await page.evaluate(() => window.natlab.open('init', { dModel: 64, vocab: 2000, tokens: 16 }))
    expect(await page.evaluate(async () => (await window.natlab.metrics()).tokensMeasured)).toBe(16)
    await close()
  })

  it('a page that was opened as a file: it says that it needs a server', async () => {
    const { page, close } = await site.visit('', { fresh: true })
    await page.goto(`file://${process.cwd()}/dist/index.html`)
    await expect.poll(() => page.locator('#boot-message').innerText()).toMatch(/opened as a file.*npm start/)
    await close()
  })
})

describe('a place that forbids much', () => {
  const strict = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"

  it('by a strict Content Security Policy: every lab computes and is drawn, with its formulas, and violates nothing', async () => {
    const violations: string[] = []
    const { page, close } = await site.visit('#lab=kl&story=1', {
      fresh: true,
      drawn: true,
      beforeLoad: async (page) => {
        page.on('console', (message) => {
          if (/Content Security Policy/i.test(message.text())) violations.push(message.text())
        })
        await page.route('**/*', async (route) => {
          const response = await route.fetch()
          await route.fulfill({
            response,
            headers: { ...response.headers(), 'content-security-policy': strict },
          })
        })
      },
    })
    for (const lab of ['kl', 'init', 'training', 'vib']) {
      await open(page, `#lab=${lab}&story=2`)
      await expect.poll(() => page.evaluate(() => window.natlab.link())).toContain(`lab=${lab}`)
      await ready(page)
      await expect.poll(() => page.locator('.stage-panel').count()).toBeGreaterThan(0)
    }
    await open(page, '#lab=kl&story=1')
    const struts = page.locator('.story .katex .strut')
    await expect.poll(() => struts.count()).toBeGreaterThan(0)
    expect(await struts.first().evaluate((strut) => (strut as HTMLElement).style.height)).toMatch(/em$/)
    await page.getByRole('button', { name: /Help/ }).first().click()
    expect(violations).toEqual([])
    await close()
  })

  it('in a frame with the attribute sandbox: it computes on threads of its own', async () => {
    const { page, close } = await site.visit('', {
      fresh: true,
      beforeLoad: (page) =>
        page.route('**/*', async (route) => {
          const response = await route.fetch()
          // the page around it asks for no isolation
          const headers: Record<string, string> = { ...response.headers() }
          delete headers['cross-origin-opener-policy']
          delete headers['cross-origin-embedder-policy']
          await route.fulfill({ response, headers })
        }),
    })
    await page.evaluate((address) => {
      const frame = document.createElement('iframe')
      frame.setAttribute('sandbox', 'allow-scripts')
      frame.src = address
      document.body.replaceChildren(frame)
    }, `${site.address}?utm_source=frame#lab=vib&mode=three&trainSize=500&hiddenWidth=32`)
    const step = () =>
      page
        .frames()
        .at(-1)!
        .evaluate(async () => {
          await window.natlab.ready
          return (await window.natlab.metrics()).step as number
        })
    await expect.poll(() => step().catch(() => 0)).toBeGreaterThan(3)
    await close()
  })

  it('by http outside of localhost: it says that WebGPU is missing for this reason', async () => {
    const { page, close } = await site.visit(begin, {
      fresh: true,
      beforeLoad: (page) =>
        page.route(
          worker,
          begun(
            "Object.defineProperty(self, 'isSecureContext', { value: false }); delete WorkerNavigator.prototype.gpu",
          ),
        ),
    })
    await ready(page)
    expect((await notices(page)).join()).toMatch(/only to pages from https or localhost/)
    await close()
  })
})
