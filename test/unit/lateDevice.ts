/** A device with late answers, on a clock of the test: a wrapper around the WebAssembly backend. */
import { readFile } from 'node:fs/promises'
import { vi } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'

const kernels = new URL('../../src/compute/wasm/generated/kernels.wasm', import.meta.url)

/** Milliseconds of an operation on the device. */
export type Cost = (operation: string, parameters: readonly unknown[]) => number

/** Operations for which the CPU does not wait and the device does nothing. */
const idle = /^(create|upload|dispose)/

export class LateDevice {
  /** Milliseconds in which the device had work. */
  work = 0
  private idleFrom = performance.now()

  private constructor(
    private readonly latency: number,
    private readonly cost: Cost,
  ) {}

  /** Opens a device. `vi` must control the clock already. */
  static async open(latency: number, cost: Cost): Promise<{ device: LateDevice; backend: Backend }> {
    const wasm = await createWasmBackend({ relaxed: false, load: () => readFile(kernels) })
    const device = new LateDevice(latency, cost)
    return { device, backend: device.wrap(wasm) }
  }

  private wrap(wasm: Backend): Backend {
    const own: Record<string, unknown> = {
      latency: this.latency,
      spareThreads: 0,
      timed: async (work: () => void) => {
        const before = this.work
        work()
        await this.answered()
        return this.work - before
      },
    }
    return new Proxy(wasm, {
      get: (target, name: keyof Backend) => {
        if (name in own) return own[name]
        const value = target[name] as unknown
        if (typeof value !== 'function') return value
        return (...parameters: unknown[]) => {
          const result = value.apply(target, parameters)
          if (result instanceof Promise) return this.answered().then(() => result)
          if (!idle.test(name)) this.take(this.cost(name, parameters))
          return result
        }
      },
    })
  }

  private take(milliseconds: number): void {
    this.work += milliseconds
    this.idleFrom = Math.max(this.idleFrom, performance.now()) + milliseconds
  }

  /** Resolves when all work so far is done and the answer has arrived. */
  private answered(): Promise<void> {
    const wait = Math.max(0, this.idleFrom - performance.now()) + this.latency
    return new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/** Runs the clock of the test until the work is done; returns the time it took. */
export async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  let over = false
  const working = work().finally(() => {
    over = true
  })
  working.catch(() => {})
  while (!over) {
    // first all tasks that need no time, including messages between ports
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    await vi.advanceTimersToNextTimerAsync()
  }
  await working
  return performance.now() - begin
}
