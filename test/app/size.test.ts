/** What a visitor downloads: the page with one lab stays under 350 kB gzipped, data and KaTeX's fonts aside. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { labs as allLabs } from '../../src/labs/index.ts'

const labs = allLabs.map((lab) => lab.id)

const kilobytes = (folder: string, wanted: (name: string) => boolean) =>
  readdirSync(folder)
    .filter(wanted)
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length / 1000, 0)

it.each(labs)('stays under 350 kB with the lab %s', (lab) => {
  const ofOtherLab = (name: string) => labs.some((other) => other !== lab && name.startsWith(`${other}-`))
  // of the two compiled kernels a browser loads one: the relaxed one is the larger
  const isLoaded = (name: string) => /\.(js|css)$|^kernels-relaxed.*\.wasm$/.test(name) && !ofOtherLab(name)
  expect(kilobytes('dist/assets', (name) => name.startsWith(`${lab}-`))).toBeGreaterThan(1)
  const all = kilobytes('dist', (name) => name.endsWith('.html')) + kilobytes('dist/assets', isLoaded)
  expect(all).toBeGreaterThan(100)
  expect(all).toBeLessThan(350)
})

it('shows its header from less than 60 kB', () => {
  expect(kilobytes('dist/assets', (name) => /^index-.*\.(js|css)$/.test(name))).toBeLessThan(60)
})
