/** The GPU benchmark's own parts: its statistics, its targets, and the runner of the kernels' tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { LoopRow } from '../bench/gpu/loops.ts'
import { bestProduct, markdown, type Report, targetsOf } from '../bench/gpu/report.ts'
import { relativeDifference, summarize } from '../bench/gpu/statistics.ts'
import * as bundled from '../bench/gpu/vitest.ts'

describe('statistics', () => {
  it.each([
    [[3], 3, [3, 3]],
    [[4, 1], 2.5, [1.75, 3.25]],
    [[5, 1, 3, 2, 4], 3, [2, 4]],
  ])('summarizes %o', (samples, median, quartiles) => {
    expect(summarize(samples)).toEqual({ samples, median, quartiles })
  })

  it('compares results by their largest entry', () => {
    expect(relativeDifference([1, -4], [1, -4])).toBe(0)
    expect(relativeDifference([1, -4], [1.5, -4])).toBe(0.125)
    expect(relativeDifference([1, Number.NaN], [1, 2])).toBeNaN()
    expect(relativeDifference([1], [1, 2])).toBeNaN()
  })
})

describe('the report', () => {
  const stated = { loss: { loop: 'logitLoss', size: 'L' }, training: { loop: 'training', size: 'T' } }
  const row = (loop: string, size: string, rate: number, milliseconds: number, more = {}): LoopRow => ({
    ...{ loop, size, stated: true, variant: 'workgroup', unit: 'pass', operations: 1, first: 1 },
    ...{
      passed: summarize([milliseconds]),
      device: summarize([milliseconds]),
      gigaflopsPerSecond: rate,
      ...more,
    },
  })
  const report = (software: boolean, loss: number, step: number, seconds: number) =>
    ({
      ...{ date: 'today', size: 'full', minutes: 5, versions: { natlab: '1' }, cores: 2, seconds: 3 },
      adapter: { name: 'acme', software, timestamps: true, info: {} },
      kernels: [
        { name: 'gelu', milliseconds: 1, passed: 7, notRun: 2, failures: [{ name: 'a › b', message: 'no' }] },
      ],
      choices: {
        modelProduct: {
          ...{ variant: 'workgroup', lanes: [16, 8], because: 'measured', work: 2 ** 30 },
          rates: { register: 1e9, workgroup: 2e9, 'workgroup 128 × 64': 3e9 },
        },
      },
      loops: [
        row('modelProduct', '1', 900, 1),
        row('modelProduct', '2', 1000, 1),
        row('modelProduct', '3', Number.NaN, 1, { error: 'too large' }),
        row('logitLoss', 'L', loss, 1),
        row('logitLoss', 'other', 990, 1),
        row('training', 'T', 500, step),
      ],
      sweep: { models: 68, steps: 10, doneSteps: 5, seconds: 1, allSeconds: seconds, extrapolated: true },
      ...{ compileTimes: { 'gelu.main': 3 }, leftOut: ['The last was left out.'] },
    }) as unknown as Report
  const verdicts = (given: Report) => targetsOf(given, stated).map(({ verdict }) => verdict)

  it('judges the targets on hardware, with the best product as the measure', () => {
    expect(bestProduct(report(false, 600, 10, 9).loops)?.size).toBe('2')
    expect(verdicts(report(false, 600, 10, 9))).toEqual(['met', 'met', 'met'])
    expect(verdicts(report(false, 400, 20, 11))).toEqual(['not met', 'not met', 'not met'])
    expect(targetsOf(report(false, 600, 10, 9), stated).map(({ figure }) => figure)).toEqual([
      '60 %, as workgroup',
      '9 s, extrapolated from 5 of 10 steps',
      '100 a second, as workgroup; each is waited for',
    ])
  })

  it('judges nothing that was not measured, or that a CPU computed', () => {
    expect(verdicts(report(true, 600, 10, 9))).toEqual(Array(3).fill('not measured'))
    const nothing = { ...report(false, 600, 10, 9), loops: [], sweep: undefined }
    expect(verdicts(nothing)).toEqual(Array(3).fill('not measured'))
  })

  it('says what computed, what failed and what was left out', () => {
    const text = markdown(report(true, 600, 10, 9), stated)
    for (const said of ['A software adapter', '7 checks passed, 1 failed, 2 were not run', 'gelu: a › b: no'])
      expect(text).toContain(said)
    expect(text).toContain('not run: too large')
    expect(text).toContain(
      '- modelProduct: workgroup 128 × 64, measured (register 1, workgroup 2, workgroup 128 × 64 3 G multiply-adds/s)',
    )
    expect(text).toContain('The last was left out.')
    expect(markdown(report(false, 600, 10, 9), stated)).not.toContain('software adapter')
  })
})

describe('the runner of tests in the bundle', () => {
  const run = (collect: () => void, timeIsOver = () => false) =>
    bundled.runFile(async () => collect(), timeIsOver)

  it('runs cases with their hooks, and counts what fails', async () => {
    const seen: string[] = []
    const outcome = await run(() =>
      bundled.describe.each([{ name: 'one' }, { name: 'two' }])('on $name', ({ name }: { name: string }) => {
        bundled.beforeAll(() => seen.push(`before ${name}`))
        bundled.afterAll(() => seen.push(`after ${name}`))
        bundled.it.each([
          [1, 1],
          [1, 2],
        ])('has %d and %d', async (a: number, b: number) => {
          seen.push(`${a} ${b}`)
          bundled.expect(a).toBe(b)
        })
      }),
    )
    expect(seen).toEqual(['one', 'two'].flatMap((name) => [`before ${name}`, '1 1', '1 2', `after ${name}`]))
    expect(outcome).toMatchObject({ passed: 2, notRun: 0 })
    expect(outcome.failures.map(({ name }) => name)).toEqual(['on one › has 1 and 2', 'on two › has 1 and 2'])
  })

  it('has the expectations of vitest', async () => {
    const outcome = await run(() => {
      const { expect, it } = bundled
      it('passes', async () => {
        await expect(Promise.reject(new RangeError('far'))).rejects.toThrow(/far/)
        expect(new Float32Array([1])).toEqual(new Float32Array([1]))
        expect({ code: 1, more: 2 }).toEqual(expect.objectContaining({ code: 1 }))
      })
      it('fails', () => expect.fail('as it should'))
      it('rejects', async () => {
        await expect(Promise.resolve(1)).rejects.toThrow()
      })
    })
    expect(outcome.passed).toBe(1)
    expect(outcome.failures.map(({ name }) => name)).toEqual(['fails', 'rejects'])
  })

  it('reports a hook that fails, and what no time is left for', async () => {
    const hook = await run(() =>
      bundled.describe('suite', () => {
        bundled.beforeAll(() => Promise.reject(new Error('no backend')))
        bundled.it('is not reached', () => {})
      }),
    )
    expect(hook.failures).toEqual([{ name: 'suite › a hook', message: 'no backend' }])
    expect(hook.passed).toBe(0)
    const late = await run(
      () => bundled.describe('suite', () => bundled.it.each([1, 2, 3])('is late %d', () => {})),
      () => true,
    )
    expect(late).toEqual({ passed: 0, notRun: 3, failures: [] })
  })

  it('has all that the tests of the kernels import, but for those about the CPU', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
    const [, leftOut] = /'!\.\.\/\.\.\/kernels\/\{(.*)\}\.test\.ts'/.exec(read('../bench/gpu/kernels.ts'))!
    const ofCpu = new RegExp(`^(${leftOut.replaceAll(',', '|').replaceAll('*', '.*')})\\.test`)
    const files = readdirSync(new URL('../kernels', import.meta.url)).filter(
      (name) => name.endsWith('.ts') && !ofCpu.test(name),
    )
    expect(files.length).toBeGreaterThan(30)
    const missing = files.flatMap((name) =>
      [...read(`../kernels/${name}`).matchAll(/^import \{([^}]*)\} from 'vitest'/gm)]
        .flatMap(([, names]) => names.split(','))
        .map((one) => one.trim())
        .filter((one) => one && !(one in bundled))
        .map((one) => `${one} in ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('leaves suites out by their name', async () => {
    bundled.configure({ everyCase: false, leftOut: /wasm/ })
    const outcome = await run(() =>
      bundled.describe.each(['wasm', 'webgpu'])('on %s', () => bundled.it('runs', () => {})),
    )
    expect(outcome.passed).toBe(1)
    expect(bundled.inject('everyCase')).toBe(false)
  })
})
