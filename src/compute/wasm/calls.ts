/**
 * The calls of one kernel that a team shares: a list in shared memory, from which each thread takes one after another.
 * No call needs the result of another one of the list.
 */
import type { Kernels } from './generated/kernels.d.ts'

/** Most calls of a list, all ones in binary, and most arguments of a call. */
export const mostCalls = 1023
const mostArguments = 16

/** Places of the 32-bit words, each on a cache line of its own where threads write it. */
const word = {
  /** The number of calls that are left, in the lowest ten bits; above them the number of the list. */
  ticket: 0,
  done: 16,
  sleepers: 32,
  stop: 48,
  // written by the leader, between two lists
  count: 64,
  kernel: 65,
  arguments: 66,
  scratch: 67,
  scratchStride: 68,
  pages: 69,
  // the kernel that has failed, and 1
  failed: 80,
  /** Counts for each thread that it is awake. */
  beats: 96,
} as const
const recordsAt = 1024

/**
 * Milliseconds for which a thread looks for the next list before it sleeps: about the time between two slices of work.
 * To wake it may take as long as a list.
 */
const alert = 2

type Kernel = (...given: number[]) => unknown

/** The kernels in an order that all threads of a team have, because they have the same module. */
export const namesOf = (kernels: Kernels) =>
  Object.keys(kernels).filter((name) => typeof kernels[name as keyof Kernels] === 'function')

export class Calls {
  private readonly words: Int32Array
  private readonly records: Float64Array
  private readonly functions: readonly Kernel[]
  private readonly knownPages: () => number
  private list = 0

  /** @param thread the number of this thread, 0 for the leader */
  constructor(
    readonly block: SharedArrayBuffer,
    kernels: Kernels,
    private readonly thread: number,
  ) {
    this.knownPages = () => kernels.knownPages()
    this.words = new Int32Array(block, 0, recordsAt / 4)
    this.records = new Float64Array(block, recordsAt)
    this.functions = namesOf(kernels).map((name) => kernels[name as keyof Kernels] as unknown as Kernel)
  }

  static createBlock(): SharedArrayBuffer {
    return new SharedArrayBuffer(recordsAt + 8 * mostArguments * mostCalls)
  }

  /**
   * Publishes a list for all threads. Where there is scratch memory, each thread's own address takes the place of the
   * last argument. The list before must be done.
   */
  publish(
    kernel: number,
    calls: readonly (readonly number[])[],
    scratch: { readonly address: number; readonly stride: number },
  ): void {
    const { words, records } = this
    for (const [index, each] of calls.entries()) records.set(each, index * mostArguments)
    words[word.count] = calls.length
    words[word.kernel] = kernel
    words[word.arguments] = calls[0].length
    words[word.scratch] = scratch.address
    words[word.scratchStride] = scratch.stride
    words[word.pages] = this.knownPages()
    words[word.failed] = 0
    Atomics.store(words, word.done, 0)
    this.list++
    Atomics.store(words, word.ticket, (this.list << 10) | calls.length)
    if (Atomics.load(words, word.sleepers) > 0) Atomics.notify(words, word.ticket)
  }

  /** Takes calls until none is left. */
  work(): void {
    const { words, records } = this
    for (;;) {
      const ticket = Atomics.load(words, word.ticket)
      const left = ticket & mostCalls
      if (left === 0) return
      if (Atomics.compareExchange(words, word.ticket, ticket, ticket - 1) !== ticket) continue
      const start = (left - 1) * mostArguments
      const given = Array.from(records.subarray(start, start + words[word.arguments]))
      const stride = words[word.scratchStride]
      if (stride > 0) given[given.length - 1] = (words[word.scratch] >>> 0) + this.thread * stride
      const kernel = words[word.kernel]
      // V8 tells a thread that the memory grew when it looks for interrupts, as each call does
      while (this.knownPages() < words[word.pages]);
      try {
        this.functions[kernel](...given)
      } catch {
        Atomics.store(words, word.failed, kernel + 1)
      }
      if (Atomics.add(words, word.done, 1) + 1 === words[word.count]) Atomics.notify(words, word.done)
    }
  }

  get done(): number {
    return Atomics.load(this.words, word.done)
  }

  /** The kernel that has failed in a call of the last list, or −1. */
  get failed(): number {
    return Atomics.load(this.words, word.failed) - 1
  }

  /** Waits while just so many calls are done, at most so many milliseconds. */
  sleep(done: number, milliseconds: number): void {
    Atomics.wait(this.words, word.done, done, milliseconds)
  }

  /** How often this thread was awake. */
  beat(thread: number): number {
    return Atomics.load(this.words, word.beats + thread)
  }

  /** Works on every list that comes, until `stop`. */
  serve(): void {
    const { words } = this
    let idleSince = performance.now()
    while (Atomics.load(words, word.stop) === 0) {
      Atomics.add(words, word.beats + this.thread, 1)
      const ticket = Atomics.load(words, word.ticket)
      if ((ticket & mostCalls) > 0) {
        this.work()
        idleSince = performance.now()
        continue
      }
      for (let looks = 0; looks < 200; looks++) if (Atomics.load(words, word.ticket) !== ticket) break
      if (Atomics.load(words, word.ticket) !== ticket || performance.now() - idleSince < alert) continue
      Atomics.add(words, word.sleepers, 1)
      Atomics.wait(words, word.ticket, ticket)
      Atomics.sub(words, word.sleepers, 1)
    }
  }

  stop(): void {
    Atomics.store(this.words, word.stop, 1)
    Atomics.notify(this.words, word.ticket)
  }
}
