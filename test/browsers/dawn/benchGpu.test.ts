/** The GPU benchmark's bundle, alone in an empty folder, with Dawn and whatever adapter there is. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundle } from '../../bench/gpu/bundle.ts'
import { findAddon, runBundle } from '../../bench/gpu/node.ts'
import type { Report } from '../../bench/gpu/report.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'natlab-bench-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('checks kernels, times loops and writes both files, from one file in an empty folder', async () => {
  const addon = findAddon()
  if (!addon) throw new Error(`The package webgpu has no Dawn for ${process.platform} on ${process.arch}.`)
  const path = join(folder, 'bench.mjs')
  copyFileSync(await bundle(), path)
  expect(await runBundle(path, { addon, words: ['--quick', '--minutes', '2'], folder })).toBe(0)

  const written = readdirSync(folder).filter((name) => name.startsWith('natlab-gpu-'))
  expect(written.map((name) => name.split('.').at(-1)).toSorted()).toEqual(['json', 'md'])
  const read = (ending: string) =>
    readFileSync(join(folder, written.find((name) => name.endsWith(ending))!), 'utf8')
  const report: Report = JSON.parse(read('.json'))

  expect(report.size).toBe('quick')
  expect(Date.parse(report.date)).toBeGreaterThan(Date.now() - 300_000)
  expect(Object.keys(report.versions)).toEqual(['natlab', 'commit', 'dawnPackage', 'node'])
  expect(report.adapter.name).not.toBe('')
  expect(report.adapter.limits.maxBufferSize).toBeGreaterThan(1e6)
  expect(report.kernels.map(({ name }) => name)).toEqual(['columnSums', 'gelu', 'weightedSum'])
  for (const { name, passed, failures, notRun } of report.kernels) {
    expect([name, failures, notRun]).toEqual([name, [], 0])
    expect(passed, name).toBeGreaterThan(3)
  }
  const loops = [...new Set(report.loops.map(({ loop }) => loop))]
  expect(loops).toEqual(['modelProduct', 'hot loop of init'])
  expect(report.loops.map(({ variant }) => variant)).toEqual(Array(2).fill(['register', 'workgroup']).flat())
  for (const { error, passed, device, gigaflopsPerSecond, difference = 0 } of report.loops) {
    expect(error).toBeUndefined()
    for (const summary of [passed!, device!]) {
      expect(summary.samples.length).toBeGreaterThanOrEqual(3)
      expect(summary.median).toBeGreaterThan(0)
    }
    expect(gigaflopsPerSecond).toBeGreaterThan(0)
    // sums of at most a hundred products in float32, in two orders
    expect(difference).toBeLessThan(1e-5)
  }
  expect(Object.keys(report.compileTimes)).toContain('modelProduct.workgroupTile')
  expect(report.sweep).toBeUndefined()
  expect(report.leftOut).toEqual(['The sweep was left out: this run is a quick one.'])
  expect(read('.md')).toContain(report.adapter.software ? 'A software adapter' : 'A hardware adapter')
})
