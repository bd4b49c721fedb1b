/** The time of work on a device, by its own clock or by the page's: a made-up device on a made-up clock. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Answers } from '../../src/compute/webgpu/answers.ts'
import { Clock } from '../../src/compute/webgpu/clock.ts'
import type { Device } from '../../src/compute/webgpu/device.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('GPUBufferUsage', { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, QUERY_RESOLVE: 512 })
  vi.stubGlobal('GPUMapMode', { READ: 1 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

interface Behaviour {
  /** Milliseconds of an answer. */
  readonly latency: number
  /** Resolution of the device's clock in milliseconds (it rounds down); undefined for a device without a clock. */
  readonly quantum?: number
  /** Milliseconds that the clock jumps back at each pass. */
  readonly jump?: number
}

/** A device that runs passes one after the other; they take as long as the test says. */
function madeUp({ latency, quantum, jump = 0 }: Behaviour) {
  let busyUntil = 0
  let times: number[] = []
  const nanoseconds = (at: number) => BigInt(Math.floor(at / quantum!) * Math.round(quantum! * 1e6))
  const answer = async () => {
    const rest = Math.max(0, busyUntil - performance.now())
    await new Promise((resolve) => setTimeout(resolve, rest + latency))
  }
  const device = {
    lost: new Promise(() => {}),
    features: new Set(quantum === undefined ? [] : ['timestamp-query']),
    queue: { submit() {}, onSubmittedWorkDone: answer },
    createQuerySet() {
      times = []
      return { destroy() {} }
    },
    createBuffer: () => ({
      mapAsync: answer,
      getMappedRange: () => BigInt64Array.from(times, nanoseconds).buffer,
      destroy() {},
    }),
    createCommandEncoder: () => ({ resolveQuerySet() {}, copyBufferToBuffer() {}, finish() {} }),
  } as unknown as GPUDevice
  const owner = { device, answers: new Answers(device), check() {} } as unknown as Device
  const clock = new Clock(owner)
  return {
    owner,
    clock,
    /** Records a pass of so many milliseconds, as the queue does. */
    pass(milliseconds: number) {
      const places = clock.passTimes()
      const begin = Math.max(busyUntil, performance.now())
      busyUntil = begin + milliseconds
      if (places) times[places.beginningOfPassWriteIndex!] = begin
      if (places) times[places.endOfPassWriteIndex!] = busyUntil - jump
      owner.answers.submitted()
    },
  }
}

async function soon<Value>(value: Promise<Value>): Promise<Value> {
  let settled = false
  const settle = () => {
    settled = true
  }
  value.then(settle, settle)
  while (!settled) await vi.advanceTimersByTimeAsync(1)
  return value
}

async function opened(behaviour: Behaviour) {
  const made = madeUp(behaviour)
  await soon(made.owner.answers.measure())
  let passes = 0
  /** The clock's time for work of so many milliseconds. */
  const time = (milliseconds: number) =>
    soon(
      made.clock.time(async (times) => {
        for (let time = 0; time < times; time++) made.pass(milliseconds)
        passes += times
      }),
    )
  return { ...made, time, passes: () => passes }
}

describe.each([
  { latency: 100, quantum: 1e-6 },
  { latency: 3, quantum: 0.1 },
  { latency: 100 },
  { latency: 16 },
  { latency: 3 },
])('on a device like %o', (behaviour) => {
  it.each([0.013, 0.4, 7, 130])(
    'tells of work of %d ms how long it takes, within a twentieth',
    async (work) => {
      const { time } = await opened(behaviour)
      const told = await time(work)
      expect(told / work).toBeGreaterThan(0.95)
      expect(told / work).toBeLessThan(1.05)
    },
  )

  it('does not repeat what is long enough', async () => {
    const { time, passes } = await opened(behaviour)
    await time(3000)
    // one pass to compile, and two that are measured
    expect(passes()).toBe(3)
  })
})

it('leaves out what the device does not work in, where its own clock says so', async () => {
  const { clock, pass } = await opened({ latency: 10, quantum: 1e-6 })
  const told = await soon(
    clock.during(async () => {
      pass(20)
      await new Promise((resolve) => setTimeout(resolve, 200))
      pass(30)
    }),
  )
  expect(told).toBeCloseTo(50, 3)
})

it('leaves out every answer that was waited for, where the device has no clock', async () => {
  const { clock, pass, owner } = await opened({ latency: 10 })
  const told = await soon(
    clock.during(async () => {
      for (let slice = 0; slice < 5; slice++) {
        pass(20)
        await owner.answers.wait(owner.device.queue.onSubmittedWorkDone())
      }
    }),
  )
  expect(told).toBeGreaterThan(95)
  expect(told).toBeLessThan(105)
})

it('counts answers that are waited for together as one', async () => {
  const { clock, pass, owner } = await opened({ latency: 10 })
  const told = await soon(
    clock.during(async () => {
      pass(20)
      const answers = [1, 2, 3, 4].map(() => owner.answers.wait(owner.device.queue.onSubmittedWorkDone()))
      await Promise.all(answers)
    }),
  )
  expect(told).toBeGreaterThan(15)
  expect(told).toBeLessThan(25)
})

it('takes the page’s clock where that of the device goes backwards', async () => {
  const { time } = await opened({ latency: 3, quantum: 1e-6, jump: 1000 })
  expect(Math.abs((await time(80)) - 80)).toBeLessThan(4)
})

it('takes the page’s clock where there were too many passes', async () => {
  const { clock, pass } = await opened({ latency: 3, quantum: 1e-6 })
  const told = await soon(
    clock.during(async () => {
      for (let count = 0; count < 3000; count++) pass(0.1)
    }),
  )
  expect(Math.abs(told - 300)).toBeLessThan(10)
})

it('ends for work that takes no time', async () => {
  const { time } = await opened({ latency: 1, quantum: 0.1 })
  expect(await time(0)).toBe(0)
})
