/** The size of a visitor's download: what the page loads with one lab is below 350 kB gzipped, without data and fonts. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { labs as allLabs } from '../../src/labs/index.ts'
import { openSite, ready, type Site } from './site.ts'

const labs = allLabs.map((lab) => lab.id)

const kilobytes = (folder: string, wanted: (name: string) => boolean) =>
  readdirSync(folder)
    .filter(wanted)
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length / 1000, 0)
const assets = (wanted: (name: string) => boolean) => kilobytes('dist/assets', wanted)

const isCode = (name: string) => /\.(js|css|wasm)$/.test(name)
/** A browser loads one of two backends, and one of two compiled kernels, of which the relaxed one is larger. */
const backends = {
  webgpu: (name: string) => name.startsWith('backend-webgpu-'),
  wasm: (name: string) => /^(backend-wasm|kernels-relaxed)-/.test(name),
}
const ofBackend = (name: string) => /^(backend|kernels)-/.test(name)
const ofOtherLab = (name: string, lab: string) =>
  labs.some((other) => other !== lab && name.startsWith(`${other}-`))

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const pairs = labs.flatMap((lab) => (['webgpu', 'wasm'] as const).map((backend) => [lab, backend] as const))

it.each(pairs)('stays under 350 kB with the lab %s, on one backend (%s)', async (lab, backend) => {
  const loaded = new Set<string>()
  const { page, close } = await site.visit(`#lab=${lab}&backend=${backend}`, {
    // a page that has loaded nothing yet
    fresh: true,
    beforeLoad: async (page) =>
      page.context().on('request', (request) => loaded.add(request.url().split('/').at(-1) ?? '')),
  })
  await ready(page)
  await page.waitForLoadState('networkidle')
  await close()
  const names = [...loaded].filter(isCode)
  // the worker's own requests are included
  expect(names.filter((name) => name.startsWith(`${lab}-experiment`))).toHaveLength(1)
  expect(names.filter((name) => ofOtherLab(name, lab))).toEqual([])
  const ofThis = names.filter(ofBackend)
  expect(ofThis.length).toBeGreaterThan(0)
  expect(ofThis.filter((name) => !backends[backend](name))).toEqual([])
  // code of this lab and this backend that comes later counts, too: only WebAssembly has spare threads for it. Dialogs and
  // modes that a button opens do not count: the notes come in the presenter window (presenter.test.ts).
  const later = (name: string) =>
    backends[backend](name) ||
    (name.startsWith(`${lab}-`) &&
      !name.startsWith(`${lab}-notes`) &&
      !(backend === 'webgpu' && name.includes('partWorker')))
  const counted = assets((name) => isCode(name) && (loaded.has(name) || later(name)))
  const html = kilobytes('dist', (name) => name === 'index.html' || name === `${lab}.html`)
  expect(counted).toBeGreaterThan(200)
  expect(html + counted).toBeLessThan(350)
})

it('shows its header from less than 60 kB', () => {
  expect(assets((name) => /^index-.*\.(js|css)$/.test(name))).toBeLessThan(60)
})
