/** Sizes and order of slices of work, on made-up devices and a clock of the test. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pace } from '../../src/labs/common/pace.ts'
import { elapsed } from './lateDevice.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Does so many units of work a millisecond, and answers so many milliseconds late. */
class Device {
  work = 0
  private idleFrom = performance.now()

  constructor(
    readonly latency: number,
    private readonly rate: number,
    /** Additional milliseconds of every slice, independent of its size. */
    private readonly overhead = 0,
  ) {}

  /** @param late additional milliseconds of this answer */
  answer(units: number, late = 0): Promise<void> {
    const takes = this.overhead + units / this.rate
    this.work += takes
    this.idleFrom = Math.max(this.idleFrom, performance.now()) + takes
    const wait = this.idleFrom - performance.now() + this.latency + late
    return new Promise((resolve) => setTimeout(resolve, wait))
  }
}

const budget = 12
const bestSlice = ({ latency }: Device, rate: number) => rate * Math.max(budget / 2, latency, 4)

/** Sends slices one after the other; returns their sizes. `lateAt`: index of a slice with a late answer. */
async function slices(pace: Pace, device: Device, count: number, lateAt?: number): Promise<number[]> {
  const sizes: number[] = []
  for (let slice = 0; slice < count; slice++) {
    await pace.turn()
    const units = pace.units(budget)
    sizes.push(units)
    await pace.sent(units, device.answer(units, slice === lateAt ? 300 : 0))
  }
  await pace.all()
  return sizes
}

/** From browsers that answer at once to those that look ten times a second; from one unit a slice on. */
const devices = fc.record({
  latency: fc.double({ min: 0.3, max: 120, noNaN: true }),
  rate: fc.double({ min: 1, max: 1e5, noNaN: true }),
  // the estimated speed is wrong by the factor 10 ** error
  error: fc.double({ min: -2, max: 2, noNaN: true }),
})

describe('the pace', () => {
  it('finds four fifths of the best slice within ten, and shrinks to nothing nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(devices, async ({ latency, rate, error }) => {
        const device = new Device(latency, rate)
        const pace = new Pace(device, rate * 10 ** error)
        await elapsed(() => slices(pace, device, 10))
        const best = bestSlice(device, rate)
        expect(pace.units(budget)).toBeGreaterThan(0.8 * Math.floor(best))
        expect(pace.units(budget)).toBeLessThan(2 * best + 1)
      }),
    )
  })

  it('gives nothing away to an answer that is late once', async () => {
    await fc.assert(
      fc.asyncProperty(devices, async ({ latency, rate }) => {
        const device = new Device(latency, rate)
        const pace = new Pace(device, rate)
        let sizes: readonly number[] = []
        await elapsed(async () => {
          sizes = await slices(pace, device, 24, 12)
        })
        for (const size of sizes.slice(13)) expect(size).toBeGreaterThan(0.7 * sizes[12])
      }),
    )
  })

  // llvmpipe in Deno takes about 100 ms for a slice of fits of any size
  it.each([
    { latency: 11.4, overhead: 100, rate: 40, guess: 40 },
    { latency: 11.4, overhead: 100, rate: 400, guess: 40 },
    { latency: 1.5, overhead: 20, rate: 100, guess: 40 },
    { latency: 3, overhead: 50, rate: 1000, guess: 40 },
  ])('does not take for work what a slice takes however small it is: %o', async (given) => {
    const { latency, overhead, rate, guess } = given
    const device = new Device(latency, rate, overhead)
    const pace = new Pace(device, guess)
    await elapsed(() => slices(pace, device, 30))
    // if it counted as work, slices would shrink to one unit
    expect(pace.units(budget)).toBeGreaterThan((rate * overhead) / 4)
  })

  it('follows a device that becomes slower', async () => {
    const pace = new Pace({ latency: 3 }, 100)
    await elapsed(() => slices(pace, new Device(3, 100), 6))
    await elapsed(() => slices(pace, new Device(3, 10), 6))
    expect(pace.units(budget)).toBeGreaterThan(0.8 * 60)
    expect(pace.units(budget)).toBeLessThan(1.3 * 60)
  })

  it('keeps a device at work: after the first slices it never waits', async () => {
    for (const latency of [1, 3, 16, 100]) {
      const device = new Device(latency, 50)
      const pace = new Pace(device, 50)
      await elapsed(() => slices(pace, device, 4))
      const before = device.work
      const took = await elapsed(() => slices(pace, device, 40))
      expect((device.work - before) / took).toBeGreaterThan(0.9)
    }
  })

  it.each([
    ['a GPU', false, 2],
    // two slices at once would only take turns on the CPU, and a moved slider would wait for both
    ['a software adapter', true, 1],
  ])('on %s (software: %s) has at most %d slices under way', async (_, software, most) => {
    const device = new Device(50, 1)
    const pace = new Pace({ latency: device.latency, software }, 1)
    let sent = 0
    const sending = async () => {
      for (; sent < 3; sent++) {
        await pace.turn()
        await pace.sent(1, device.answer(1))
      }
    }
    const all = sending()
    await vi.advanceTimersByTimeAsync(40)
    expect(sent).toBe(most)
    await vi.advanceTimersByTimeAsync(200)
    await all
    expect(sent).toBe(3)
  })

  it('waits for every slice where answers come at once', async () => {
    const device = new Device(0, 1)
    const pace = new Pace(device, 1)
    const arrived: number[] = []
    await elapsed(async () => {
      for (let slice = 0; slice < 3; slice++) {
        await pace.turn()
        await pace.sent(5, device.answer(5), (_, milliseconds) => arrived.push(milliseconds))
        expect(arrived).toHaveLength(slice + 1)
      }
    })
    expect(arrived).toEqual([5, 5, 5])
  })

  it('tells a fault to whoever sends the next slice, and the ones after it arrive in order', async () => {
    const device = new Device(10, 1)
    const pace = new Pace(device, 1)
    const arrived: number[] = []
    await pace.turn()
    const lost = device.answer(1).then(() => Promise.reject(new Error('lost')))
    await pace.sent(1, lost)
    await pace.turn()
    await pace.sent(1, device.answer(1), () => arrived.push(1))
    const next = pace.turn()
    next.catch(() => {})
    await vi.advanceTimersByTimeAsync(100)
    await expect(next).rejects.toThrow('lost')
    await pace.all()
    expect(arrived).toEqual([1])
  })

  it('keeps a fault from another run on the same device', async () => {
    const device = new Device(10, 1)
    const [old, next] = [new Pace(device, 1), new Pace(device, 1)]
    await old.turn()
    await old.sent(1, Promise.reject(new Error('its tensors are gone')))
    let arrived = false
    await elapsed(async () => {
      await next.turn()
      await next.sent(1, device.answer(1), () => {
        arrived = true
      })
      await next.all()
    })
    expect(arrived).toBe(true)
    await expect(old.all()).rejects.toThrow('its tensors are gone')
  })
})
