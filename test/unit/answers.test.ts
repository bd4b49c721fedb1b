/** Waiting for a device: the time of an answer, and when the waiting is helped. Made-up devices on a made-up clock. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Answers } from '../../src/compute/webgpu/answers.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Milliseconds to the device's process and back. */
const way = 0.5

/**
 * A device that looks for finished work every `timer` milliseconds and, if it `minds` them, at submissions. Work takes
 * as long as the test says.
 */
function madeUp({ timer, minds = true }: { timer: number; minds?: boolean }) {
  let busyUntil = 0
  let submissions = 0
  let asked = 0
  let waiting: (() => void)[] = []
  let lose: (info: GPUDeviceLostInfo) => void
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = resolve
  })
  const look = () => {
    if (performance.now() < busyUntil) return
    for (const resolve of waiting) resolve()
    waiting = []
  }
  setInterval(look, timer)
  const device = {
    lost,
    queue: {
      submit() {
        submissions++
        if (minds) setTimeout(look, way / 2)
      },
      onSubmittedWorkDone() {
        asked++
        return new Promise<void>((resolve) => waiting.push(resolve))
      },
    },
    pushErrorScope() {},
    popErrorScope: () => new Promise((resolve) => setTimeout(resolve, way, null)),
  } as unknown as GPUDevice
  return {
    device,
    work(milliseconds: number) {
      busyUntil = Math.max(busyUntil, performance.now()) + milliseconds
    },
    lose: () => lose({ reason: 'destroyed' } as GPUDeviceLostInfo),
    get asked() {
      return asked
    },
    get submissions() {
      return submissions
    },
  }
}

/** Runs the made-up clock until the promise resolves, and returns the milliseconds. */
async function milliseconds(happens: Promise<unknown>): Promise<number> {
  const start = performance.now()
  let end: number | undefined
  happens.then(() => {
    end = performance.now()
  })
  while (end === undefined) await vi.advanceTimersByTimeAsync(0.25)
  return end - start
}

async function opened(behaviour: Parameters<typeof madeUp>[0]) {
  const gpu = madeUp(behaviour)
  const answers = new Answers(gpu.device)
  await milliseconds(answers.measure())
  /** Waits for so much work, or for none. */
  const trip = (work = 0) => {
    if (work > 0) {
      gpu.work(work)
      answers.submitted()
    }
    return milliseconds(answers.wait(gpu.device.queue.onSubmittedWorkDone()))
  }
  return { gpu, answers, trip }
}

describe('the latency', () => {
  it('is what an empty round trip takes', async () => {
    const { answers } = await opened({ timer: 2 })
    expect(answers.latency).toBeGreaterThan(1)
    expect(answers.latency).toBeLessThanOrEqual(2)
  })

  it('does not grow with the work, nor by one late answer', async () => {
    const { answers, gpu, trip } = await opened({ timer: 2 })
    await trip(300)
    expect(answers.latency).toBeLessThanOrEqual(2)
    // other programs keep the device busy
    gpu.work(500)
    await trip()
    expect(answers.latency).toBeLessThanOrEqual(2)
  })

  it('follows answers that stay late, and ones that come earlier again', async () => {
    const { answers, gpu, trip } = await opened({ timer: 2 })
    for (let late = 0; late < 3; late++) {
      gpu.work(7)
      await trip()
    }
    expect(answers.latency).toBeGreaterThanOrEqual(7)
    for (let quick = 0; quick < 3; quick++) await trip(0.1)
    expect(answers.latency).toBeLessThanOrEqual(2)
  })

  it('is asked for now and then while nothing is to be done, by one round trip', async () => {
    const { answers, gpu, trip } = await opened({ timer: 2 })
    const before = { asked: gpu.asked, count: answers.count }
    await vi.advanceTimersByTimeAsync(5000)
    await trip(1)
    await vi.advanceTimersByTimeAsync(50)
    expect(gpu.asked).toBe(before.asked + 2)
    // the second answer was not requested
    expect(answers.count).toBe(before.count + 1)
    await trip(1)
    await vi.advanceTimersByTimeAsync(50)
    expect(gpu.asked).toBe(before.asked + 3)
  })
})

describe('help', () => {
  it('makes answers come early that a timer would hold back', async () => {
    const { answers, trip } = await opened({ timer: 100 })
    expect(answers.latency).toBeLessThan(4)
    expect(await trip()).toBeLessThan(4)
    // at most a sixteenth late
    for (const work of [10, 50, 330]) expect(await trip(work)).toBeLessThan(work * (1 + 1 / 16) + 4)
  })

  it('is not given where answers are quick', async () => {
    const { gpu, trip } = await opened({ timer: 7 })
    for (const work of [0, 5, 500]) await trip(work)
    expect(gpu.submissions).toBe(0)
  })

  it('is not given where it is of no use, from the opening on', async () => {
    const gpu = madeUp({ timer: 12, minds: false })
    const answers = new Answers(gpu.device)
    let tried = 0
    const trips = async () => {
      await answers.measure()
      tried = gpu.submissions
      for (let trip = 0; trip < 5; trip++) await answers.wait(gpu.device.queue.onSubmittedWorkDone())
    }
    await milliseconds(trips())
    expect(answers.latency).toBeGreaterThan(8)
    expect(tried).toBeGreaterThan(0)
    // one submission may be on its way at the end of the opening
    expect(gpu.submissions).toBeLessThanOrEqual(tried + 1)
  })

  it('is given at a rate that falls, and ends where the timer is as quick', async () => {
    const { gpu, trip } = await opened({ timer: 100 })
    const before = gpu.submissions
    expect(await trip(6000)).toBeLessThan(6200)
    const during = gpu.submissions - before
    expect(during).toBeGreaterThan(20)
    // a pause of 100 ms is reached after 16 of them
    expect(during).toBeLessThan(120)
  })

  it('ends with what was waited for', async () => {
    const { gpu, trip } = await opened({ timer: 100 })
    await trip(20)
    await vi.advanceTimersByTimeAsync(10)
    const before = gpu.submissions
    await vi.advanceTimersByTimeAsync(500)
    expect(gpu.submissions).toBe(before)
  })

  it('ends when the device is lost, though no answer comes', async () => {
    const { answers, gpu } = await opened({ timer: 100 })
    gpu.work(Number.POSITIVE_INFINITY)
    void answers.wait(gpu.device.queue.onSubmittedWorkDone())
    const before = gpu.submissions
    await vi.advanceTimersByTimeAsync(10)
    expect(gpu.submissions).toBeGreaterThan(before + 2)
    gpu.lose()
    await vi.advanceTimersByTimeAsync(1)
    const then = gpu.submissions
    await vi.advanceTimersByTimeAsync(1000)
    expect(gpu.submissions).toBe(then)
  })

  it('is measured once the device is lost, too: the opening does not hang', async () => {
    const gpu = madeUp({ timer: 100 })
    gpu.work(Number.POSITIVE_INFINITY)
    const opening = new Answers(gpu.device).measure()
    gpu.lose()
    expect(await milliseconds(opening)).toBeLessThan(200)
  })
})
