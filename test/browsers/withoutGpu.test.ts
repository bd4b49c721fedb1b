/** Firefox without WebGPU and without WebGL: what it is on Linux as it comes, where there is no screen. */
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { boxOf, coloursOf, measured, openFirefox, visit } from './firefox.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openFirefox('bare')
})
afterAll(() => browser?.close())

it('says that it computes on WebAssembly, and why, and computes', async () => {
  const { page, complaints } = await visit(browser)
  const { kind, said, refused } = await page.evaluate(async () => ({
    kind: window.natlab.backend().kind,
    said: [...document.querySelectorAll('.notices, #backend-reason')].map(({ textContent }) => textContent),
    refused: await window.natlab.use('webgpu').then(
      () => 'done',
      (fault: Error) => fault.message,
    ),
  }))
  expect(kind).toBe('wasm')
  for (const text of [...said, refused]) expect(text).toContain('This browser has no WebGPU')
  expect(said).toHaveLength(2)

  const { loss, lossPredicted } = await measured(page, 'wasm', 'init', { dModel: 100, vocab: 2000 }, 4)
  expect(Number(loss) / Number(lossPredicted)).toBeCloseTo(1, 1)
  const { forwardMu, momentMu } = await measured(page, 'wasm', 'kl', { optimizer: 'adam', starts: 0 }, 500)
  expect(forwardMu).toBeCloseTo(Number(momentMu), 1)
  expect(complaints).toEqual([])
})

it('says why there are no pictures', async () => {
  const { page, complaints } = await visit(browser, '#lab=kl')
  const said = () => page.evaluate(() => document.querySelector('#stage [role=alert]')?.textContent)
  await expect.poll(said).toMatch(/cannot be drawn.*WebGL 2/)
  expect(complaints).toEqual([])
})

it.each([
  ['dark', 0x14],
  ['projector', 0xff],
])('has scrollbars of the theme %s', async (theme, brightness) => {
  const { page, complaints } = await visit(browser, `#lab=vib&theme=${theme}`)
  const { x, y, width, height } = await boxOf(page, '.panel')
  const bar = await page.evaluate(() => {
    const panel = document.querySelector<HTMLElement>('.panel')!
    return panel.offsetWidth - panel.clientWidth
  })
  // overlaid ones come and go
  const strip = { x: x + width - Math.max(bar, 4), y, width: Math.max(bar, 4), height }
  const [[colour]] = [...(await coloursOf(page, strip))].sort(([, one], [, other]) => other - one)
  expect(Math.abs((colour & 255) - brightness)).toBeLessThan(16)
  expect(complaints).toEqual([])
})
