/** The size of a visitor's download: the page with one lab is below 350 kB gzipped, without data and KaTeX's fonts. */
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

it.each(labs)('stays under 350 kB with the lab %s', (lab) => {
  expect(assets((name) => name.startsWith(`${lab}-`))).toBeGreaterThan(1)
  const [webgpu, wasm] = [assets(backends.webgpu), assets(backends.wasm)]
  expect(Math.min(webgpu, wasm)).toBeGreaterThan(5)
  const page = kilobytes('dist', (name) => name.endsWith('.html'))
  const shared = assets((name) => isCode(name) && !ofBackend(name) && !ofOtherLab(name, lab))
  expect(shared).toBeGreaterThan(100)
  expect(page + shared + Math.max(webgpu, wasm)).toBeLessThan(350)
})

it.each(['webgpu', 'wasm'] as const)('loads one backend (%s) and one lab', async (backend) => {
  const loaded: string[] = []
  const { page, close } = await site.visit(`#lab=init&backend=${backend}&dModel=64&vocab=1000`, {
    beforeLoad: async (page) => page.on('request', (request) => loaded.push(request.url())),
  })
  await ready(page)
  await page.waitForLoadState('networkidle')
  await close()
  const names = loaded.map((address) => address.split('/').at(-1) ?? '').filter(isCode)
  // the worker's own requests are included
  expect(names.filter((name) => name.startsWith('init-experiment'))).toHaveLength(1)
  expect(names.filter((name) => ofOtherLab(name, 'init'))).toEqual([])
  const ofThis = names.filter(ofBackend)
  expect(ofThis.length).toBeGreaterThan(0)
  expect(ofThis.filter((name) => !backends[backend](name))).toEqual([])
})

it('shows its header from less than 60 kB', () => {
  expect(assets((name) => /^index-.*\.(js|css)$/.test(name))).toBeLessThan(60)
})
