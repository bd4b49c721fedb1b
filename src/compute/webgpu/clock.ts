/**
 * Measures how long the device works. Its own clock ('timestamp-query') gives the begin and the end of every pass. If
 * there is none, the page's clock is used, and the latency of the answers is subtracted.
 */
import type { Device } from './device.ts'

/** Passes of one measurement: a set holds 4,096 queries at most. */
const mostPasses = 2048
/** Milliseconds that the clock measures well: Chrome rounds the device's clock to 0.07 or 0.1. */
const wellTold = 2
/** The page's clock needs this many times the latency, so that changes of the latency are below 5 % of the time. */
const latenciesTold = 20
/** Most repetitions of a small work, even if their time is still too short. */
const mostRepetitions = 2 ** 14

/** The begin and the end of each pass, in nanoseconds of the device's clock. */
class Stamps {
  private readonly set: GPUQuerySet
  private passes = 0

  constructor(private readonly owner: Device) {
    this.set = owner.device.createQuerySet({ type: 'timestamp', count: 2 * mostPasses })
  }

  /** The place where the next pass writes its times. */
  next(): GPUComputePassTimestampWrites | undefined {
    const index = 2 * this.passes++
    if (this.passes > mostPasses) return undefined
    return { querySet: this.set, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 }
  }

  /** Milliseconds of all passes together; undefined if there were too many, or if the clock went backwards. */
  async read(): Promise<number | undefined> {
    if (this.passes === 0) return 0
    if (this.passes > mostPasses) return undefined
    const { device, answers } = this.owner
    const size = 16 * this.passes
    const resolved = device.createBuffer({
      label: 'timestamps',
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    })
    const staging = device.createBuffer({
      label: 'timestamps to read',
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    })
    const encoder = device.createCommandEncoder()
    encoder.resolveQuerySet(this.set, 0, 2 * this.passes, resolved, 0)
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size)
    device.queue.submit([encoder.finish()])
    answers.submitted()
    await answers.wait(staging.mapAsync(GPUMapMode.READ))
    const times = new BigInt64Array(staging.getMappedRange())
    let sum = 0n
    let backwards = false
    for (let pass = 0; pass < this.passes; pass++) {
      const length = times[2 * pass + 1] - times[2 * pass]
      backwards ||= length < 0n
      sum += length
    }
    for (const buffer of [resolved, staging]) buffer.destroy()
    return backwards ? undefined : Number(sum) / 1e6
  }

  dispose(): void {
    this.set.destroy()
  }
}

export class Clock {
  /** The times of the measurement that is under way. */
  private stamps: Stamps | undefined
  private readonly stamped: boolean

  constructor(private readonly owner: Device) {
    this.stamped = owner.device.features.has('timestamp-query')
  }

  /** The place where a pass that begins now writes its times; undefined while nobody measures. */
  passTimes(): GPUComputePassTimestampWrites | undefined {
    return this.stamps?.next()
  }

  /** Milliseconds that the device works on the work of `run`. There must be no other work meanwhile. */
  async during(run: () => Promise<unknown>): Promise<number> {
    const { answers, device } = this.owner
    await answers.wait(device.queue.onSubmittedWorkDone())
    // the time of an inner measurement (of the variants) does not count for the outer one
    const outer = this.stamps
    const stamps = this.stamped ? new Stamps(this.owner) : undefined
    this.stamps = stamps
    try {
      const start = performance.now()
      const waits = answers.count
      await run()
      await answers.wait(device.queue.onSubmittedWorkDone())
      const passed = performance.now() - start - (answers.count - waits) * answers.latency
      this.owner.check()
      return (await stamps?.read()) ?? Math.max(0, passed)
    } finally {
      this.stamps = outer
      stamps?.dispose()
    }
  }

  /** Milliseconds of one of the `times` repetitions that `record` hands over; the shorter of two measurements. */
  async time(record: (times: number) => Promise<unknown>): Promise<number> {
    // this first call compiles the kernels, and clears new buffers
    await this.during(() => record(1))
    const enough = this.stamped ? wellTold : Math.max(wellTold, latenciesTold * this.owner.answers.latency)
    for (let times = 1; ; ) {
      const total = await this.during(() => record(times))
      if (total >= enough || times >= mostRepetitions)
        return Math.min(total, await this.during(() => record(times))) / times
      const missing = total > 0 ? Math.ceil((1.2 * enough) / total) : Number.POSITIVE_INFINITY
      times = Math.min(mostRepetitions, times * Math.min(missing, 16))
    }
  }
}
