import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keptFiles } from '../../src/offline/build.ts'

let folder: string
const write = (name: string, content: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'natlab-'))
  write('index.html', 'page')
  write('assets/index-DtKOM_VV.js', 'longer script')
  write('assets/state-of-the-union-Cy8k73Y7.bin', 'the longest of all files')
  write('pictures/kl.jpg', 'picture')
  write('sw.js', 'worker')
  write('.nojekyll', '')
})
afterAll(() => rmSync(folder, { recursive: true }))

const urls = () => keptFiles(folder).map(({ url }) => url)

it('lists what a visit may need, the smallest first', () => {
  expect(urls()).toEqual(['index.html', 'assets/index-DtKOM_VV.js', 'assets/state-of-the-union-Cy8k73Y7.bin'])
})

it('tells by the revision when a file changes whose name does not', () => {
  const before = keptFiles(folder)
  write('index.html', 'edit')
  const after = keptFiles(folder)
  const changed = after.filter(({ revision }, i) => revision !== before[i].revision)
  expect(changed.map(({ url }) => url)).toEqual(['index.html'])
  const named = after.filter(({ url }) => url.startsWith('assets/'))
  expect(named.map(({ revision }) => revision)).toEqual([null, null])
})

it('counts bytes', () => {
  expect(keptFiles(folder)[1]).toMatchObject({ bytes: 'longer script'.length })
})
