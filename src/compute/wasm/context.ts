/** The common parts of the operations of one backend. */
import { codeOf } from '../../faults.ts'
import { Arguments } from '../arguments.ts'
import { defining } from '../backend.ts'
import { mostCalls } from './calls.ts'
import type { Kernels } from './generated/kernels.d.ts'
import type { KernelMemory } from './memory.ts'
import type { Team } from './team.ts'
import { WasmTensor } from './tensor.ts'

/** Nanoseconds of work that are worth a call of their own: another thread takes a microsecond to begin. */
const leastWork = 30_000
/** Each thread gets a further call for so many nanoseconds of its work, so that one that was held up does less. */
const turn = 200_000
const mostTurns = 3

/** Work that consists of items, which may be cut into parts in any way without another result. */
export interface Work<Name extends keyof Kernels> {
  /** Number of models, each with its own items; default: 1. */
  readonly models?: number
  readonly items: number
  /** A part's items are a multiple of this, but for the last part's; default: 1. */
  readonly unit?: number
  /** Nanoseconds that an item takes one thread, about. */
  readonly cost: number
  /** Bytes of memory that each thread needs while it works; their address is the kernel's last argument. */
  readonly scratch?: number
  /** The kernel's arguments for a part of a model's items. */
  call(model: number, first: number, count: number, scratch: number): Parameters<Kernels[Name]>
}

const rounded = (count: number, unit: number) => Math.ceil(count / unit) * unit

export class Context {
  /** Some work was done on one thread, because the memory has no room for what all threads need at once. */
  crowded = false
  /** As in `Backend`. */
  onOneThread = false

  constructor(
    private loaded: Kernels | undefined,
    readonly memory: KernelMemory,
    private readonly team: Team | undefined,
  ) {}

  /** The kernels, for operations, after `given`. */
  get kernels(): Kernels {
    return this.loaded!
  }

  /** Threads that compute. */
  get threads(): number {
    return this.team?.size ?? 1
  }

  /** The checks of an operation's arguments. Throws if the backend was disposed of. */
  given(operation: string): Arguments<WasmTensor> {
    if (!this.loaded) throw new Error(`${operation}: this WebAssembly backend was disposed of.`)
    return new Arguments(operation, this.memory, WasmTensor)
  }

  /** Number of parts into which work of so many nanoseconds is worth being cut. */
  parts(nanoseconds: number): number {
    const { threads } = this
    if (threads === 1 || this.onOneThread) return 1
    const turns = Math.min(mostTurns, Math.max(1, Math.floor(nanoseconds / (threads * turn))))
    return Math.min(turns * threads, Math.floor(nanoseconds / leastWork))
  }

  /** Does the work on as many threads as it is worth. */
  share<Name extends keyof Kernels>(kernel: Name, work: Work<Name>): void {
    const { models = 1, items, unit = 1, cost, scratch = 0 } = work
    const parts = this.parts(models * items * cost)
    if (parts < 2) {
      const run = this.kernels[kernel] as (...given: Parameters<Kernels[Name]>) => unknown
      this.withScratch(scratch, 1, (address) => {
        for (let model = 0; model < models; model++) run(...work.call(model, 0, items, address))
      })
      return
    }
    const each = rounded(Math.ceil((models * items) / parts), unit)
    const calls: Parameters<Kernels[Name]>[] = []
    for (let model = 0; model < models; model++) {
      // parts of one size
      const size = rounded(Math.ceil(items / Math.ceil(items / each)), unit)
      for (let first = 0; first < items; first += size)
        calls.push(work.call(model, first, Math.min(size, items - first), 0))
    }
    this.all(kernel, calls, scratch)
  }

  /** Does calls that do not need each other, on all threads. A thread's scratch memory takes the place of the last argument. */
  all<Name extends keyof Kernels>(
    kernel: Name,
    calls: readonly Readonly<Parameters<Kernels[Name]>>[],
    scratch = 0,
  ): void {
    const { team } = this
    const stride = rounded(scratch, 64)
    const together = (address: number) => {
      for (let first = 0; first < calls.length; first += mostCalls)
        team?.run(kernel, calls.slice(first, first + mostCalls), { address, stride })
    }
    if (team && !this.onOneThread && calls.length > 1 && this.roomFor(stride * team.numbered))
      this.withScratch(stride, team.numbered, together)
    else this.alone(kernel, calls, scratch)
  }

  private alone(kernel: keyof Kernels, calls: readonly (readonly number[])[], scratch: number): void {
    const run = this.kernels[kernel] as (...given: readonly number[]) => unknown
    this.withScratch(scratch, 1, (address) => {
      for (const call of calls) run(...(scratch > 0 ? [...call.slice(0, -1), address] : call))
    })
  }

  /** Whether the memory has room for so many bytes. Where it has not, one thread does the work. */
  private roomFor(bytes: number): boolean {
    try {
      this.withScratch(bytes, 1, () => {})
      return true
    } catch (fault) {
      if (codeOf(fault) !== 'tooLarge') throw fault
      this.crowded = true
      return false
    }
  }

  dispose(): void {
    this.loaded = undefined
    this.team?.dispose()
    this.memory.close()
  }

  private withScratch(bytes: number, threads: number, run: (address: number) => void): void {
    if (bytes === 0) run(0)
    else this.memory.withScratch(rounded(bytes, 64) * threads, run)
  }
}

/** Defines an operation by its check and by what to do with the checked arguments. */
export const operation = defining((context: Context, name) => context.given(name))
