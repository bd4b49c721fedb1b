/** Everything that can be taken away, in all labs; a recording; a handout on paper; a text of the user's own in a view. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../src/app/console.ts'
import { encode } from '../../src/app/lesson/code.ts'
import { group, pixelsOf, rowsOf, saved } from '../app/saved.ts'
import { openSite, ready, type Site, twoFrames } from '../app/site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** Quick runs whose panels are all seen. */
const views = {
  init: '#lab=init&story=6&dModel=64&vocab=2000&tokens=16',
  training: '#lab=training&story=3&dModel=32',
  kl: '#lab=kl&story=2&starts=64',
  vib: '#lab=vib&story=4&trainSize=500&hiddenWidth=32&hiddenLayers=1&decoderWidth=0&evaluationSamples=2&epochs=3',
} as const

const told = (page: Page, name: string) =>
  page.getByRole('region', { name }).getByRole('status').textContent()

describe.each(Object.entries(views))('the lab %s', (lab, link) => {
  it('is saved panel by panel: as pixels in both themes, as SVG, as data', async () => {
    const { page, close, complaints } = await site.visit(link, { drawn: true, fresh: true })
    await ready(page)
    await page.evaluate(() => window.natlab.run(5))
    // every panel has what it shows, or says why it shows nothing
    const waiting = page.locator('.stage-message').filter({ hasText: '…' })
    await expect.poll(() => page.locator('.stage-panel').count()).toBeGreaterThan(3)
    await expect.poll(() => waiting.count()).toBe(0)
    const picture = await group(page, 'Picture')
    const data = await group(page, 'Data')
    const ids = await picture
      .getByLabel('What')
      .locator('option')
      .evaluateAll((options) => (options as HTMLOptionElement[]).map(({ value }) => value))
    expect(ids.length).toBeGreaterThan(3)
    await picture.getByLabel('Size').selectOption('1')
    for (const id of ids) {
      await picture.getByLabel('What').selectOption(id)
      for (const theme of ['dark', 'projector']) {
        await picture.getByLabel('Colours').selectOption(theme)
        const { above, below, corner } = await pixelsOf(page, await saved(page, 'Picture', 'Save as PNG'), 40)
        expect(above, `${lab} ${id} ${theme}`).toBeGreaterThan(20)
        expect(below, `${lab} ${id} ${theme}`).toBeGreaterThan(5)
        expect(Math.min(...corner) > 200).toBe(theme === 'projector')
      }
      const svg = (await saved(page, 'Picture', 'Save as SVG')).toString()
      const whole = await page.evaluate(
        (svg) => new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror') === null,
        svg,
      )
      expect(whole, id).toBe(true)
      expect(svg).toContain(`#lab=${lab}`)
      if (id === '') continue
      await data.getByLabel('What').selectOption(id)
      const csv = (await saved(page, 'Data', 'Save as CSV')).toString()
      expect(csv).toMatch(/^# natlab \d/)
      // a panel without values says why
      const says = await page.locator(`[data-panel=${id}] .stage-message`).textContent()
      expect(rowsOf(csv).length > 0, id).toBe(says === '')
    }
    expect(complaints).toEqual([])
    await close()
  }, 240_000)
})

/** Plays a film in the page: how long it is, and whether pictures are in it from begin to end. */
const played = (page: Page, film: Buffer, type: string) =>
  page.evaluate(
    async ([data, type]) => {
      const video = document.createElement('video')
      video.muted = true
      video.src = `data:${type};base64,${data}`
      await new Promise((done, fail) => {
        video.onloadeddata = done
        video.onerror = () => fail(new Error(video.error?.message))
      })
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
      const context = canvas.getContext('2d', {
        willReadFrequently: true,
      }) as OffscreenCanvasRenderingContext2D
      const colours = async (time: number) => {
        video.currentTime = time
        await new Promise((done) => {
          video.onseeked = done
        })
        // the picture may arrive later than the event
        for (let tries = 50; ; tries--) {
          context.drawImage(video, 0, 0)
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
          const { size } = new Set(new Uint32Array(data.buffer))
          if (size > 50 || tries === 0) return size
          await new Promise((done) => setTimeout(done, 100))
        }
      }
      const { duration } = video
      const seen = [await colours(0), await colours(duration / 2), await colours(duration - 0.05)]
      await video.play()
      await new Promise((done) => setTimeout(done, 400))
      return { duration, seen, at: video.currentTime }
    },
    [film.toString('base64'), type] as const,
  )

describe('a recording', () => {
  it.each(['webm', 'mp4'])('as %s plays, and is as long as it took', async (format) => {
    const { page, close } = await site.visit(views.kl, { drawn: true, fresh: true })
    await ready(page)
    const recording = await group(page, 'Recording')
    await recording.getByLabel('Format').selectOption(format)
    await recording.getByRole('button', { name: 'Start recording' }).click()
    await page.getByRole('button', { name: 'Stop and save' }).waitFor()
    const begin = Date.now()
    await page.evaluate(() => window.natlab.run(60))
    await page.waitForTimeout(3000)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Stop and save' }).click(),
    ])
    const length = (Date.now() - begin) / 1000
    expect(file.suggestedFilename()).toMatch(new RegExp(`^natlab-kl-step-\\d+-recording\\.${format}$`))
    const chunks: Buffer[] = []
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
    const { at, duration, seen } = await played(page, Buffer.concat(chunks), `video/${format}`)
    expect(Math.abs(duration - length)).toBeLessThan(1.5)
    expect(Math.min(...seen)).toBeGreaterThan(50)
    // from its end it begins anew
    expect(at).toBeGreaterThan(0)
    await close()
  })

  it('is discarded without a file, and says so where the browser cannot record', async () => {
    const { page, close } = await site.visit(views.kl, { drawn: true, fresh: true })
    await ready(page)
    await (await group(page, 'Recording')).getByRole('button', { name: 'Start recording' }).click()
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect.poll(() => page.locator('.notice').textContent()).toMatch(/discarded/)
    expect(await page.locator('.recording-bar').count()).toBe(0)
    await close()
    const old = await site.visit(views.kl, {
      fresh: true,
      beforeLoad: (page) => page.addInitScript('delete window.MediaRecorder'),
    })
    await ready(old.page)
    const recording = await group(old.page, 'Recording')
    expect(await recording.textContent()).toMatch(/This browser cannot record what a page draws/)
    expect(await recording.getByRole('button', { name: 'Start recording' }).isDisabled()).toBe(true)
    await old.close()
  })
})

describe('a handout', () => {
  it('has light sheets, a step on each, and the right answers on the last', async () => {
    const entries = [
      { lab: 'kl', step: 2 },
      { lab: 'kl', step: 3 },
      { title: 'A page', text: 'Words **alone**.' },
    ]
    const code = await encode(JSON.stringify({ natlab: 'lesson', version: 1, title: 'Short', entries }))
    const { page, close } = await site.visit(`#lesson=${code}&at=1`, { drawn: true, fresh: true })
    await ready(page)
    await page.evaluate(() => window.natlab.run(3))
    const link = await page.evaluate(() => window.natlab.link())
    await (await group(page, 'Handout')).getByRole('button', { name: 'Handout (print)' }).click()
    const print = page.locator('.handout').getByRole('button', { name: 'Print' })
    await expect.poll(() => print.isEnabled(), { timeout: 60_000 }).toBe(true)
    const sheets = page.locator('.handout-page')
    expect(await sheets.count()).toBe(4)
    // the answer is on the last sheet alone
    const texts = await sheets.allTextContents()
    expect(texts[1]).toMatch(/Left hill, right hill, or both\?.*On the right hill/s)
    expect(texts[1]).not.toMatch(/The start decides/)
    expect(texts[3]).toMatch(/The right answers.*B On the right hill.*The start decides/s)
    expect(texts[2]).toMatch(/Words alone\./)
    const pdf = (await page.pdf({ format: 'A4', printBackground: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length).toBe(4)
    // as on paper: nothing of the page, and no dark ground
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 688, height: 1000 })
    expect(await page.locator('#app').isVisible()).toBe(false)
    for (const sheet of await sheets.all()) {
      const { width, height } = (await sheet.boundingBox())!
      expect(height).toBeLessThan(1017)
      const inside = await sheet.evaluate((one) => one.scrollWidth <= one.clientWidth + 1)
      expect(inside).toBe(true)
      const png = await sheet.screenshot()
      const { corner, light } = await page.evaluate(async (data) => {
        const image = new Image()
        image.src = `data:image/png;base64,${data}`
        await image.decode()
        const canvas = new OffscreenCanvas(image.width, image.height)
        const context = canvas.getContext('2d', { willReadFrequently: true })!
        context.drawImage(image, 0, 0)
        const { data: pixels } = context.getImageData(0, 0, image.width, image.height)
        let light = 0
        for (let at = 0; at < pixels.length; at += 4)
          if (pixels[at] + pixels[at + 1] + pixels[at + 2] > 500) light++
        return { corner: pixels[0], light: light / (pixels.length / 4) }
      }, png.toString('base64'))
      expect(corner).toBe(255)
      expect(light, `${width} × ${height}`).toBeGreaterThan(0.8)
    }
    await page.emulateMedia({ media: 'screen' })
    await page.setViewportSize({ width: 1280, height: 720 })
    await page.locator('.handout').getByRole('button', { name: 'Close' }).click()
    await twoFrames(page)
    // the run on the page is where it was
    expect(await page.evaluate(() => window.natlab.link())).toBe(link)
    expect(await page.locator('.handout, .handout-room').count()).toBe(0)
    await close()
  })

  it('is cancelled at once', async () => {
    const { page, close, complaints } = await site.visit(views.kl, { drawn: true, fresh: true })
    await ready(page)
    await (await group(page, 'Handout')).getByRole('button', { name: 'Handout (print)' }).click()
    await page.waitForTimeout(1500)
    await page.locator('.handout').getByRole('button', { name: 'Cancel' }).click()
    expect(await page.locator('.handout').count()).toBe(0)
    await expect.poll(() => page.locator('.handout-room').count()).toBe(0)
    await page.evaluate(() => window.natlab.run(2))
    expect(complaints).toEqual([])
    await close()
  })
})

describe('a saved view', () => {
  it('carries a text of one’s own', async () => {
    const { page, close } = await site.visit('#lab=training&dModel=16', { fresh: true })
    await ready(page)
    const words = Array.from({ length: 8000 }, (_, at) => `word${(at * at) % 1999}`)
    const text = words.join(' ')
    await page
      .locator('.panel input[type=file]')
      .setInputFiles({ name: 'cats.txt', mimeType: 'text/plain', buffer: Buffer.from(text) })
    await expect.poll(() => page.evaluate(() => window.natlab.parameters().text)).toBe('own')
    await page.evaluate(() => window.natlab.run(4))
    const metrics = () =>
      page.evaluate(async () => ({ ...(await window.natlab.metrics()), wordsPerSecond: 0 }))
    const before = await metrics()
    const view = await saved(page, 'File', 'Save this view')
    expect(await told(page, 'File')).toMatch(/Your text “cats.txt” is in it/)
    await close()
    const other = await site.visit('#lab=kl&story=2', { fresh: true })
    await ready(other.page)
    await group(other.page, 'File')
    await other.page
      .getByLabel('A saved view')
      .setInputFiles({ name: 'natlab.json', mimeType: 'application/json', buffer: view })
    await expect
      .poll(() => other.page.locator('.notice').allTextContents(), { timeout: 30_000 })
      .toEqual(expect.arrayContaining([expect.stringContaining('at step 4, with the same numbers')]))
    const after = await other.page.evaluate(async () => ({
      ...(await window.natlab.metrics()),
      wordsPerSecond: 0,
    }))
    expect(after).toEqual(before)
    await other.close()
  })
})
