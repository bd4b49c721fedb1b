/** What operations with two variants run as: by made-up trials, and by what made-up storage has kept. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Lanes } from '../../src/compute/webgpu/adapter.ts'
import { type Candidate, nameOf } from '../../src/compute/webgpu/candidate.ts'
import type { MeasurementStore } from '../../src/compute/webgpu/kept.ts'
import { Variants } from '../../src/compute/webgpu/variants.ts'
import { madeUpStore } from './madeUpStore.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const large = 2 ** 24
const day = 24 * 3600 * 1000

interface Given {
  /** Multiply-adds per second of each candidate; those without one do not compile. */
  readonly rates: Readonly<Record<string, number>>
  readonly adapter?: string
  readonly source?: string
  readonly largerTiles?: readonly Lanes[]
  readonly workgroupStorage?: number
  readonly software?: 'register' | 'workgroup'
  readonly forced?: Candidate
  readonly store?: MeasurementStore
  /** What a trial rejects with. */
  readonly fault?: Error
}

/** A backend that computes nothing, and what it was asked to compile and to try. */
function opened(given: Given) {
  const { rates, adapter = 'acme', source = 'fn main() {}', software, forced, store, fault } = given
  const { largerTiles = [[16, 8]], workgroupStorage = 16384 } = given
  const compiled: string[] = []
  const trials: string[] = []
  const queue = { rate: 0 }
  const limits = {
    maxComputeInvocationsPerWorkgroup: 128,
    maxComputeWorkgroupStorageSize: workgroupStorage,
  } as GPUSupportedLimits
  const variants = new Variants(
    { forced, store, queue, owner: { adapter, variant: software, device: { limits } } },
    'product',
    {
      shader: { source },
      largerTiles,
      workgroupBytes: ([down, across]) => 128 * down * across,
      async compile(candidate) {
        compiled.push(nameOf(candidate))
        if (!(nameOf(candidate) in rates)) throw new Error('register pressure')
      },
      async trial(candidate, work) {
        if (fault) throw fault
        trials.push(nameOf(candidate))
        return (1000 * work) / rates[nameOf(candidate)]
      },
    },
  )
  return { variants, compiled, trials, queue }
}

const tile = 'workgroup 128 × 64'
const fastTile = { register: 1e9, workgroup: 2e9, [tile]: 3e9 }

describe('the measurement', () => {
  it.each([
    { rates: { register: 5e9, workgroup: 1e9, [tile]: 9e9 }, wins: 'register', tries: false },
    { rates: { register: 5e9, workgroup: 4e9, [tile]: 6e9 }, wins: tile, tries: true },
    { rates: { register: 5e9, workgroup: 4e9, [tile]: 4.5e9 }, wins: 'register', tries: true },
    { rates: { register: 1e9, workgroup: 3e9, [tile]: 2e9 }, wins: 'workgroup', tries: true },
    { rates: fastTile, wins: tile, tries: true },
  ])('tries larger tiles where the second variant is near, and the fastest wins: $wins', async (given) => {
    const { rates, wins, tries } = given
    const { variants, compiled, queue } = opened({ rates })
    const choice = await variants.for(large)
    expect([nameOf(choice), choice.because]).toEqual([wins, 'measured'])
    expect(compiled).toEqual(['register', 'workgroup', ...(tries ? [tile] : [])])
    expect(Object.keys(choice.rates!)).toEqual(compiled)
    for (const [name, rate] of Object.entries(choice.rates!))
      expect(rate).toBeCloseTo(rates[name as keyof typeof rates], 0)
    expect(queue.rate).toBe(choice.rates![wins])
  })

  it('is made once, for large operations alone, at a size that takes long enough', async () => {
    const { variants, trials } = opened({ rates: fastTile })
    expect(variants.for(large - 1)).toEqual({ variant: 'workgroup', because: 'assumed' })
    expect(trials).toEqual([])
    const choice = await variants.for(large)
    // 2^21 multiply-adds take 2 ms at 1e9 a second, 2^24 take 17
    expect(trials).toEqual(['register', 'workgroup', 'register', 'workgroup', tile])
    expect(choice.work).toBe(2 ** 24)
    expect(variants.for(large)).toBe(choice)
    expect(variants.choice).toBe(choice)
    // what is small runs as it did before
    expect(nameOf(await variants.for(1))).toBe('workgroup')
  })

  it.each([
    { missing: tile, wins: 'workgroup' },
    { missing: 'workgroup', wins: 'register' },
    { missing: 'register', wins: tile },
  ])('leaves out what does not compile: $missing', async ({ missing, wins }) => {
    const { [missing as keyof typeof fastTile]: _, ...rates } = fastTile
    const { variants, trials } = opened({ rates })
    expect(nameOf(await variants.for(large))).toBe(wins)
    expect(trials).not.toContain(missing)
  })

  it('leaves out what is beyond the limits of the adapter', async () => {
    const more: Given = { rates: { ...fastTile, 'workgroup 128 × 128': 9e9, 'workgroup 64 × 128': 2.5e9 } }
    const largerTiles: Lanes[] = [
      [16, 16],
      [8, 16],
    ]
    expect(nameOf(await opened({ ...more, largerTiles }).variants.for(large))).toBe('workgroup 64 × 128')
    const less = { ...more, largerTiles, workgroupStorage: 16383 }
    expect(nameOf(await opened(less).variants.for(large))).toBe('workgroup')
  })

  it('fails with the device, and keeps nothing then', async () => {
    const { store, held } = madeUpStore()
    const { variants } = opened({ rates: fastTile, store, fault: new Error('lost') })
    await expect(variants.for(large)).rejects.toThrow('lost')
    // where nothing compiles, the operation itself says why
    expect(nameOf(await opened({ rates: {}, store }).variants.for(large))).toBe('register')
    // as long as a browser takes for a checksum
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(held.size).toBe(0)
  })

  it('is not made where the variant is known', async () => {
    const { store, held } = madeUpStore()
    const get = vi.spyOn(store, 'get')
    const software = opened({ rates: fastTile, software: 'register', store })
    expect(software.variants.for(large)).toEqual({ variant: 'register', because: 'assumed' })
    for (const [lanes, taken] of [
      [[16, 8], tile],
      // which this operation does not have
      [[16, 16], 'workgroup'],
      [undefined, 'workgroup'],
    ] as [Lanes | undefined, string][]) {
      const { variants, trials } = opened({ rates: fastTile, forced: { variant: 'workgroup', lanes }, store })
      const choice = await variants.for(1)
      expect([nameOf(choice), choice.because]).toEqual([taken, 'forced'])
      expect(variants.for(large)).toBe(choice)
      expect(trials).toEqual([])
    }
    expect([get.mock.calls.length, held.size]).toEqual([0, 0])
  })
})

describe('what was measured', () => {
  /** Storage after a first visit. */
  async function visited() {
    const { store, held } = madeUpStore()
    const first = opened({ rates: fastTile, store })
    const choice = await first.variants.for(large)
    await vi.waitFor(() => expect([...held.keys()]).toEqual(['acme: product']))
    return { store, held, choice }
  }

  /** The trials of another visit, and what it runs as. */
  async function visit(given: Partial<Given>) {
    const { variants, trials, queue } = opened({ rates: { register: 9e9, workgroup: 1e9 }, ...given })
    const choice = await variants.for(large)
    expect(queue.rate).toBe(choice.rates![nameOf(choice)])
    return { trials, choice }
  }

  it('is used by the next visit without a trial, for 30 days', async () => {
    const { store, held, choice: measured } = await visited()
    const { time } = held.get('acme: product') as { time: number }
    vi.setSystemTime(time + 30 * day - 1)
    const { trials, choice } = await visit({ store })
    expect(trials).toEqual([])
    expect(choice).toEqual({ ...measured, because: 'kept' })
    vi.setSystemTime(time + 30 * day)
    const late = await visit({ store })
    expect([nameOf(late.choice), late.choice.because]).toEqual(['register', 'measured'])
    // the new one is kept from then on
    await vi.waitFor(async () => expect((await visit({ store })).choice.because).toBe('kept'))
  })

  it('holds for its adapter, its kernels and its candidates alone', async () => {
    const { store, held } = await visited()
    expect((await visit({ store, adapter: 'other' })).choice.because).toBe('measured')
    await vi.waitFor(() => expect([...held.keys()]).toEqual(['acme: product', 'other: product']))
    // which visits overwrite
    for (const other of [{ source: 'fn other() {}' }, { largerTiles: [[8, 16]] as Lanes[] }])
      expect((await visit({ ...(await visited()), ...other })).choice.because).toBe('measured')
  })

  it.each([
    undefined,
    null,
    'text',
    {},
    { rates: undefined },
    { rates: {} },
    { rates: { register: 1e9, other: 2e9 } },
    { rates: { register: 1e9, workgroup: Number.NaN } },
    { rates: { register: '1e9' } },
    { rates: { register: -1 } },
    { work: 0 },
    { work: 'much' },
    { time: undefined },
    { time: Number.MAX_SAFE_INTEGER },
    { version: 'older' },
  ])('is measured anew where it is damaged: %o', async (damage) => {
    const { store, held } = await visited()
    const key = 'acme: product'
    const isPart = typeof damage === 'object' && damage !== null && Object.keys(damage).length > 0
    held.set(key, isPart ? { ...(held.get(key) as object), ...damage } : damage)
    expect((await visit({ store })).choice.because).toBe('measured')
  })

  it('is measured in each visit where nothing can be kept', async () => {
    const refused = () => Promise.reject(new DOMException('no permission', 'SecurityError'))
    for (const store of [undefined, { get: refused, set: refused }])
      for (let visits = 0; visits < 2; visits++)
        expect((await visit({ store })).choice.because).toBe('measured')
  })

  it('is not waited for for ever', async () => {
    const { store } = await visited()
    const silent = visit({ store: { ...store, get: () => new Promise(() => {}) } })
    await vi.advanceTimersByTimeAsync(1000)
    expect((await silent).choice.because).toBe('measured')
    expect(vi.getTimerCount()).toBe(0)
  })
})
