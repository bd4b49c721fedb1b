/** A view in a frame, as its host has it: in and out of sight, keys and wheel, messages, themes, servers. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openHost } from '../app/hostPage.ts'
import { openSite, ready, type Site } from '../app/site.ts'
import { serveFolder } from '../app/staticServer.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const vib = 'lab=vib&mode=three&trainSize=500&hiddenWidth=32&epochs=200&backend=wasm'
const kl = 'lab=kl&backend=wasm'
const framed = (path: string, attributes = 'width="480" height="360"') =>
  `<iframe src="${site.address}${path}" ${attributes}></iframe>`
/** Farther down than the window is high. */
const below = (html: string) => `<div style="height: 3000px"></div>${html}<div style="height: 3000px"></div>`

const scrollTo = (page: Page, y: number) =>
  page.evaluate((y) => window.scrollTo({ top: y, behavior: 'instant' }), y)
/** Whether the value still changes. */
async function moves(value: () => Promise<number>): Promise<boolean> {
  const before = await value()
  await new Promise((done) => setTimeout(done, 1500))
  return (await value()) !== before
}

describe('in sight and out of sight', () => {
  it('starts no worker and draws nothing before it is in sight, rests out of sight, and goes on', async () => {
    const { page, step, told, requests } = await openHost(below(framed(`?embed#${vib}`)))
    await expect.poll(async () => (await told('hello')).length).toBe(1)
    await new Promise((done) => setTimeout(done, 1000))
    expect(requests.filter((url) => /worker|experiment|stage/.test(url))).toEqual([])
    await scrollTo(page, 2900)
    await expect.poll(step).toBeGreaterThan(3)
    // the same names are then found
    expect(requests.filter((url) => /worker|experiment|stage/.test(url)).length).toBeGreaterThan(1)
    await scrollTo(page, 0)
    await expect.poll(() => moves(step)).toBe(false)
    await scrollTo(page, 2900)
    await expect.poll(() => moves(step)).toBe(true)
  })

  it('keeps the pause of its user', async () => {
    const { page, frame, step } = await openHost(below(framed(`?embed#${vib}`)))
    await scrollTo(page, 2900)
    await expect.poll(step).toBeGreaterThan(3)
    await frame.click('.play')
    await scrollTo(page, 0)
    await scrollTo(page, 2900)
    await expect.poll(() => moves(step)).toBe(false)
    expect(await frame.textContent('.play')).toBe('Play')
  })

  it('rests in a slide that is not displayed', async () => {
    const { page, step } = await openHost(framed(`?embed#${vib}`))
    await expect.poll(step).toBeGreaterThan(3)
    const display = (display: string) =>
      page.evaluate((display) => {
        document.querySelector('iframe')!.style.display = display
      }, display)
    await display('none')
    await expect.poll(() => moves(step)).toBe(false)
    await display('')
    await expect.poll(() => moves(step)).toBe(true)
  })

  it('waits for somebody who wants less motion', async () => {
    const { frame, ask } = await openHost(framed(`?embed#${kl}&story=2`), { reducedMotion: 'reduce' })
    await ask({ natlab: 'call', method: 'ready' })
    await expect.poll(() => frame.textContent('.play')).toBe('Play')
  })
})

describe('keys and wheel', () => {
  const presses = (page: Page) =>
    page.evaluate(() => {
      const seen: string[] = []
      addEventListener('keydown', ({ key }) => seen.push(key))
      Object.assign(window, { seen })
    })
  const seen = (page: Page) => page.evaluate(() => (window as unknown as { seen: string[] }).seen)

  it('takes no key before it is clicked, then space, and gives the keyboard back with Escape', async () => {
    const { page, frame, ask } = await openHost(framed(`?embed&controls=mu0#${kl}`))
    await ask({ natlab: 'call', method: 'ready' })
    await presses(page)
    const label = () => frame.textContent('.play')
    const before = await label()
    for (const key of [' ', 'ArrowRight', 's', 'f']) await page.keyboard.press(key)
    expect(await seen(page)).toEqual([' ', 'ArrowRight', 's', 'f'])
    expect(await label()).toBe(before)
    await frame.click('.embed-bar', { position: { x: 2, y: 2 } })
    await page.keyboard.press(' ')
    await expect.poll(label).not.toBe(before)
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowRight')
    expect((await seen(page)).slice(4)).toEqual(['ArrowRight'])
  })

  it.each([
    ['a chart with handles', `?embed&panels=forward#${kl}`, '.stage-handle'],
    ['a scene', '?embed&panels=landscape#lab=init&dModel=64&vocab=2000&tokens=16', '.stage-turnable'],
    ['a table', `?embed&panels=basins#${kl}`, '.stage-table'],
    ['a slider', `?embed&controls=mu0#${kl}`, '.slider'],
    ['a caption', `?embed&caption=1#${kl}&story=2`, '.caption'],
  ])('over %s the wheel scrolls the host, before and after a click', async (_, path, selector) => {
    const { page, frame, ask } = await openHost(below(framed(path)), { drawn: true })
    await scrollTo(page, 2900)
    await ask({ natlab: 'call', method: 'run', arguments: [1] })
    const link = async () => (await ask({ natlab: 'call', method: 'link' })).value
    const target = frame.locator(selector).first()
    await target.waitFor()
    const before = await link()
    for (const clicked of [false, true]) {
      await scrollTo(page, 2900)
      if (clicked) await frame.click('.embed-bar', { position: { x: 2, y: 2 } })
      if (clicked && selector === '.stage-turnable') await target.focus()
      const box = (await target.boundingBox())!
      await page.mouse.move(box.x + box.width / 2, box.y + Math.min(box.height / 2, 40))
      const y = await page.evaluate(() => scrollY)
      await page.mouse.wheel(0, 200)
      await expect.poll(() => page.evaluate(() => scrollY)).toBe(y + 200)
    }
    expect(await link()).toBe(before)
  })

  it('with Ctrl the wheel zooms a scene', async () => {
    const { page, frame, ask } = await openHost(
      framed('?embed&panels=landscape#lab=init&dModel=64&vocab=2000&tokens=16'),
      { drawn: true },
    )
    await ask({ natlab: 'call', method: 'run', arguments: [1] })
    await frame.locator('.stage-turnable').first().hover()
    await page.keyboard.down('Control')
    for (const notch of [-100, -100]) await page.mouse.wheel(0, notch)
    await page.keyboard.up('Control')
    await expect
      .poll(async () => decodeURIComponent(String((await ask({ natlab: 'call', method: 'link' })).value)))
      .toMatch(/landscape\.camera:-20,63,0\.\d/)
  })
})

describe('messages', () => {
  it('tells the height that suits, and another one when the frame is wider, without end to neither', async () => {
    const { page, frame, told } = await openHost(
      framed('?embed&panels=latent,losses&controls=beta#lab=vib&trainSize=500', 'width="480" height="200"'),
    )
    const heights = async () => (await told('height')).map(({ height }) => Number(height))
    await expect.poll(async () => (await heights()).at(-1)).toBeGreaterThan(600)
    const size = (width: number, height: number) =>
      page.evaluate(
        ([width, height]) => {
          Object.assign(document.querySelector('iframe')!, { width, height })
        },
        [width, height],
      )
    const first = (await heights()).at(-1)!
    await size(480, first)
    await new Promise((done) => setTimeout(done, 1000))
    expect((await heights()).at(-1)).toBe(first)
    const panels = await frame
      .locator('.stage-panel:visible')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width))
    // one below the other, as the height says
    expect(Math.min(...panels)).toBeGreaterThan(400)
    await size(800, first)
    await expect.poll(async () => (await heights()).at(-1)).toBeLessThan(400)
    expect((await heights()).length).toBeLessThan(6)
  })

  it('answers calls, and names what is permitted where it refuses one', async () => {
    const { ask } = await openHost(framed(`?embed#${kl}`))
    const call = (method: string, ...given: unknown[]) => ask({ natlab: 'call', method, arguments: given })
    expect((await call('labs')).value).toEqual(['init', 'training', 'kl', 'vib'])
    expect(await call('set', { sigma0: -1 })).toMatchObject({
      natlab: 'fault',
      name: 'RangeError',
      message: expect.stringMatching(/sigma0 = -1 .*0\.001 to 100/),
    })
    for (const method of ['eval', '__proto__', 'constructor', undefined])
      expect(await ask({ natlab: 'call', method })).toMatchObject({
        natlab: 'fault',
        message: expect.stringMatching(/is not permitted: it is one of ready, labs, open/),
      })
    expect(await ask({ natlab: 'call', method: 'set', arguments: { beta: 1 } })).toMatchObject({
      natlab: 'fault',
      message: expect.stringContaining('a list'),
    })
    for (const kind of ['run', 'constructor', 7])
      expect(await ask({ natlab: kind })).toMatchObject({
        natlab: 'fault',
        message: expect.stringMatching(/is not permitted: it is one of call, subscribe, unsubscribe, theme/),
      })
    const { value } = await call('link')
    expect(value).toMatch(/#lab=kl&/)
    expect(value).not.toMatch(/present|embed|theme/)
  })

  it('tells every frame to whoever subscribes, until that ends', async () => {
    const { ask, told } = await openHost(framed(`?embed#${vib}`))
    await ask({ natlab: 'subscribe' })
    await expect.poll(async () => (await told('frame')).length).toBeGreaterThan(5)
    const { lab, step, ready, metrics } = (await told('frame')).at(-1)!
    expect({ lab, ready }).toEqual({ lab: 'vib', ready: true })
    expect(metrics).toMatchObject({ step, betas: expect.any(Array) })
    await ask({ natlab: 'unsubscribe' })
    expect(await moves(async () => (await told('frame')).length)).toBe(false)
  })

  it('answers nobody but the page around, and no other scripts’ messages', async () => {
    const { page, frame, ask, told } = await openHost(
      `${framed(`?embed#${kl}`)}<iframe name="beside"></iframe>`,
    )
    await ask({ natlab: 'call', method: 'ready' })
    const before = (await told('result')).length
    const silent = await page.evaluate(async () => {
      const beside = window.frames[1] as unknown as Window & typeof globalThis
      const answers: unknown[] = []
      beside.addEventListener('message', ({ data }) => answers.push(data))
      const script = beside.document.createElement('script')
      script.textContent =
        "parent.frames[0].postMessage({ natlab: 'call', id: 1, method: 'set', arguments: [{ mu0: 9 }] }, '*')"
      beside.document.body.append(script)
      for (const message of ['hello', 7, null, { kind: 'call' }]) window.frames[0].postMessage(message, '*')
      await new Promise((done) => setTimeout(done, 1000))
      return answers
    })
    expect(silent).toEqual([])
    expect((await told('result')).length).toBe(before)
    expect(await told('fault')).toEqual([])
    expect(await frame.evaluate(() => window.natlab.parameters().mu0)).toBe(1.5)
  })
})

describe('what it shows', () => {
  it('names refused panels and controls inside of the frame', async () => {
    const { frame } = await openHost(framed(`?embed&panels=latnt,losses&controls=betta&${vib}`))
    const text = () => frame.locator('.notices').innerText()
    await expect.poll(text).toMatch(/panels = “latnt” is not permitted: the panels of this view are .*latent/)
    expect(await text()).toMatch(/controls = "betta" is not permitted: controls is one of .*beta/)
  })

  it('has the theme of its host, then the one that the host names', async () => {
    const { page, frame, ask } = await openHost(framed(`?embed#${kl}`), { colorScheme: 'light' })
    const theme = () => frame.evaluate(() => document.documentElement.dataset.theme)
    await expect.poll(theme).toBe('projector')
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(theme).toBe('dark')
    await ask({ natlab: 'theme', theme: 'projector' })
    expect(await theme()).toBe('projector')
    expect(await ask({ natlab: 'theme', theme: 'light' })).toMatchObject({
      natlab: 'fault',
      message: expect.stringContaining('dark, projector, auto'),
    })
  })

  it('shows what a question hides, since nobody can answer it there, unless the link locks the answers', async () => {
    // its run waits for the answer, and its pictures are veiled until then
    const asks = '?embed&panels=landscape,loss&lab=init&story=1&dModel=64&vocab=2000&tokens=16'
    const { frame, ask, told } = await openHost(framed(asks))
    await ask({ natlab: 'subscribe' })
    await expect.poll(async () => (await told('frame')).at(-1)?.step).toBeGreaterThan(1)
    expect(await frame.locator('.stage-veiled, .story:visible').count()).toBe(0)
    const locked = await openHost(framed(`${asks}&lock=answers`))
    await locked.ask({ natlab: 'call', method: 'metrics' })
    await expect.poll(() => locked.frame.locator('.stage-veiled:visible').count()).toBe(1)
  })

  it.each([2, 3])('the caption of step %d leaves most of the frame to the pictures', async (story) => {
    const { frame, ask } = await openHost(framed(`?embed&caption=1#${kl}&story=${story}`))
    await ask({ natlab: 'call', method: 'metrics' })
    const share = (selector: string, side: 'height' | 'width') =>
      frame
        .locator(selector)
        .evaluate(
          (one, side) => one.getBoundingClientRect()[side] / (side === 'width' ? innerWidth : innerHeight),
          side,
        )
    await expect.poll(() => share('.story .caption', 'height')).toBeGreaterThan(0.1)
    expect(await share('.story .caption', 'width')).toBeGreaterThan(0.9)
    expect(await share('.story-body', 'height')).toBeLessThanOrEqual(0.41)
    expect(await share('.room', 'height')).toBeGreaterThan(0.3)
  })

  it('has a link to the whole page with the same view', async () => {
    const { page, frame, ask } = await openHost(framed(`?embed&panels=landscape#${kl}&story=2`))
    await ask({ natlab: 'call', method: 'set', arguments: [{ mu0: -3 }] })
    const [opened] = await Promise.all([page.waitForEvent('popup'), frame.click('.embed-link')])
    await opened.waitForFunction(() => 'natlab' in window)
    expect(await opened.evaluate(() => window.natlab.parameters().mu0)).toBe(-3)
    expect(opened.url()).toMatch(/story=2/)
    expect(await opened.locator('.header').count()).toBe(1)
  })

  it('in a sandbox that opens no windows the link is there to copy', async () => {
    const { frame, ask } = await openHost(
      framed(`?embed#${kl}`, 'sandbox="allow-scripts" width="480" height="360"'),
    )
    await ask({ natlab: 'call', method: 'ready' })
    await frame.click('.embed-link')
    await expect.poll(() => frame.locator('.notices').innerText()).toMatch(/Copy this link:\s+http.*#lab=kl/)
  })

  it.each([
    [320, 240],
    [480, 360],
    [800, 450],
    [300, 700],
  ])('fits a frame of %d × %d, whatever it shows', async (width, height) => {
    for (const path of [
      '?embed&panels=latent,losses&controls=beta#lab=vib&trainSize=500',
      `?embed#${kl}`,
      `?embed&caption=1#${kl}&story=2`,
      '?embed#lab=init&dModel=64&vocab=2000&tokens=16',
    ]) {
      const { page, frame, ask } = await openHost(framed(path, `width="${width}" height="${height}"`))
      await ask({ natlab: 'call', method: 'metrics' })
      const faults = await frame.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement
        const blank = [...document.querySelectorAll('.stage-plot')].filter((one) => {
          const { width, height } = one.getBoundingClientRect()
          return width > 0 && height < Math.min(60, innerHeight / 8)
        })
        const outside = [
          ...document.querySelectorAll('.stage-panel, .embed-bar > *, .lil-controller'),
        ].filter((one) => {
          const { bottom, right, width } = one.getBoundingClientRect()
          return width > 0 && (bottom > innerHeight + 0.5 || right > innerWidth + 0.5)
        })
        return [
          ...(scrollWidth > innerWidth || scrollHeight > innerHeight
            ? [`${scrollWidth} × ${scrollHeight}`]
            : []),
          ...[...outside, ...blank].map((one) => one.className),
        ]
      })
      expect(faults, path).toEqual([])
      await page.close()
    }
  })
})

describe('the embed code of the dialog', () => {
  it('shows the ticked pictures and parameters where it is pasted', async () => {
    const { page, close } = await site.visit(`#${kl}&story=2&mu0=-2`)
    await ready(page)
    await page.click('button[aria-label^="Share"]')
    const code = page.getByRole('textbox', { name: 'Embed code' })
    await expect.poll(() => code.inputValue()).toContain('<iframe')
    const section = page.locator('.share-section', { has: code })
    await section.getByLabel('Descent', { exact: true }).check()
    await section.getByLabel('optimizer', { exact: true }).check()
    await section.getByLabel('Colours').selectOption('projector')
    const html = await code.inputValue()
    await close()
    const { page: other, frame, ask } = await openHost(html)
    const { value } = await ask({ natlab: 'call', method: 'parameters' })
    expect(value).toMatchObject({ mu0: -2 })
    const shown = (selector: string, key: string) =>
      frame
        .locator(`${selector}:visible`)
        .evaluateAll((all, key) => all.map((one) => (one as HTMLElement).dataset[key]), key)
    await expect.poll(() => shown('.stage-panel', 'panel')).toContain('descent')
    expect(await shown('.lil-controller', 'parameter')).toContain('optimizer')
    expect(await frame.evaluate(() => document.documentElement.dataset.theme)).toBe('projector')
    expect(await frame.locator('.notice').count()).toBe(0)
    expect(await other.getByTitle('natlab: KL divergence').count()).toBe(1)
  })
})

it('embedding.html sizes its frames, and drives one', async () => {
  const { page, complaints, close } = await site.visit('embedding.html', { fresh: true })
  const height = (id: string) =>
    page.evaluate((id) => Number(document.getElementById(id)?.getAttribute('height')), id)
  await expect.poll(() => height('vib')).toBeGreaterThan(340)
  await expect.poll(() => height('vib')).toBeLessThan(400)
  await page.locator('#kl').scrollIntoViewIfNeeded()
  const numbers = () => page.locator('#numbers').innerText()
  await expect.poll(numbers).toMatch(/^step \d+: μ = /)
  const end = async () => Number(/μ = (\S+),/.exec((await numbers()).replace('−', '-'))?.[1])
  await page.click('[data-start="-4"]')
  await expect.poll(end).toBeLessThan(-2)
  await page.click('[data-start="4"]')
  await expect.poll(end).toBeGreaterThan(2)
  await page.locator('#init').scrollIntoViewIfNeeded()
  await expect.poll(() => height('init')).toBeGreaterThan(500)
  expect(complaints).toEqual([])
  await close()
})

describe('servers', () => {
  async function plainServer(headers: Readonly<Record<string, string>>): Promise<string> {
    const server = await serveFolder(() => 'dist', '/lectures/', 0, headers)
    onTestFinished(() => server.close())
    return server.address
  }

  it('without any header: computes in a plain frame, and says in a sandbox which header is missing', async () => {
    const address = await plainServer({})
    const plain = await openHost(`<iframe src="${address}?embed#${kl}" width="480" height="360"></iframe>`)
    expect(await plain.ask({ natlab: 'call', method: 'ready' })).toMatchObject({ natlab: 'result' })
    const { frame } = await openHost(
      `<iframe sandbox="allow-scripts" src="${address}?embed#${kl}" width="480" height="360"></iframe>`,
    )
    await expect
      .poll(() => frame.locator('body').innerText())
      .toMatch(/attribute sandbox.*Access-Control-Allow-Origin: \*/)
  })

  it('with Access-Control-Allow-Origin alone: computes in a sandbox', async () => {
    const address = await plainServer({ 'access-control-allow-origin': '*' })
    const { ask, step } = await openHost(
      `<iframe sandbox="allow-scripts" src="${address}?embed#${vib}" width="480" height="360"></iframe>`,
    )
    expect(await ask({ natlab: 'call', method: 'ready' })).toMatchObject({ natlab: 'result' })
    await expect.poll(step).toBeGreaterThan(3)
  })
})
