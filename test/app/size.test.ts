/** What a visitor downloads: the page without data stays under 350 kB gzipped, KaTeX's fonts aside. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const kilobytes = (folder: string, pattern: RegExp) =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length / 1000, 0)

it('stays under 350 kB', () => {
  // of the two compiled kernels a browser loads one: the relaxed one is the larger
  const all = kilobytes('dist', /\.html$/) + kilobytes('dist/assets', /\.(js|css)$|^kernels-relaxed.*\.wasm$/)
  expect(all).toBeGreaterThan(100)
  expect(all).toBeLessThan(350)
})

it('shows its header from less than 60 kB', () => {
  expect(kilobytes('dist/assets', /^index-.*\.(js|css)$/)).toBeLessThan(60)
})
