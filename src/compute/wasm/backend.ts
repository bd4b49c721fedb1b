/** The CPU backend without its operations. The operations run at once, on the thread that calls them. */
import { type Backend, type Core, operationsOf } from '../backend.ts'
import { type ElementKind, elementCount, filledCount, type Tensor } from '../tensor.ts'
import { Context } from './context.ts'
import type { Kernels } from './generated/kernels.d.ts'
import type { KernelMemory } from './memory.ts'
import * as operations from './operations/index.ts'
import type { Team } from './team.ts'
import { elementBytes, WasmTensor } from './tensor.ts'

interface Making {
  readonly relaxed: boolean
  readonly lost: Promise<string>
  readonly spareThreads: number
  /** Starts the spare backends. */
  startSpares(): Promise<readonly Backend[]>
  /** Threads that were asked for. */
  readonly wanted: number
  /** Why there is no team, if that is known. */
  readonly fewer: string | undefined
}

class WasmCore implements Core {
  readonly kind = 'wasm'
  readonly software = false
  readonly latency = 0
  readonly compiling = 0
  readonly lost: Promise<string>
  readonly spareThreads: number
  private readonly relaxed: boolean
  private readonly wanted: number
  private readonly fewer: string | undefined
  private readonly startSpares: () => Promise<readonly Backend[]>
  private spares: Promise<readonly Backend[]> | undefined

  constructor(
    private readonly context: Context,
    readonly maximumTensorBytes: number,
    { relaxed, lost, spareThreads, startSpares, wanted, fewer }: Making,
  ) {
    this.relaxed = relaxed
    this.lost = lost
    this.spareThreads = spareThreads
    this.startSpares = startSpares
    this.wanted = wanted
    this.fewer = fewer
  }

  get fewerThreads(): string | undefined {
    const { threads } = this
    if (this.context.crowded)
      return 'Some operations run on one thread: the memory has no room for what all threads need at once.'
    if (threads === this.wanted) return undefined
    return (
      this.fewer ?? `${threads} of ${this.wanted} threads compute. The others could not start, or have ended.`
    )
  }

  get threads(): number {
    return this.context.threads
  }

  get onOneThread(): boolean {
    return this.context.onOneThread
  }

  set onOneThread(one: boolean) {
    this.context.onOneThread = one
  }

  get adapter(): string {
    const { threads } = this
    return `WebAssembly SIMD${this.relaxed ? ', relaxed multiply-add' : ''}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
  }

  get memoryBytes(): number {
    return this.maximumTensorBytes
  }

  createTensor(shape: readonly number[], kind: ElementKind = 'float32'): Tensor {
    this.context.given('createTensor')
    return this.allocate(shape, elementCount('createTensor', shape), kind, 'zero')
  }

  upload(data: Float32Array | Uint32Array, shape: readonly number[]): Tensor {
    this.context.given('upload')
    const kind = data instanceof Uint32Array ? 'uint32' : 'float32'
    const tensor = this.allocate(shape, filledCount('upload', shape, data), kind, 'any')
    this.view(tensor).set(data)
    return tensor
  }

  /** Bound, because a comparison calls it on an object that has this one as its prototype. */
  readonly spareBackends = (): Promise<readonly Backend[]> => {
    this.spares ??= this.startSpares()
    return this.spares
  }

  async read(tensor: Tensor): Promise<Float32Array | Uint32Array> {
    return this.view(this.context.given('read').tensor('tensor', tensor, tensor.kind)).slice()
  }

  async finished(): Promise<void> {
    this.context.given('finished')
  }

  /** Milliseconds of one call, the shortest of three: engines replace quickly compiled code by better code later. */
  async timed(work: () => void): Promise<number> {
    const call = () => {
      const start = performance.now()
      work()
      return performance.now() - start
    }
    return Math.min(call(), call(), call())
  }

  async deviceTime(run: () => Promise<unknown>): Promise<number> {
    const start = performance.now()
    await run()
    return performance.now() - start
  }

  dispose(): void {
    this.context.dispose()
    this.spares?.then(
      (spares) => {
        for (const spare of spares) spare.dispose()
      },
      // there are none
      () => {},
    )
  }

  private allocate(shape: readonly number[], count: number, kind: ElementKind, contents: 'zero' | 'any') {
    const { memory } = this.context
    return new WasmTensor(memory, memory.allocate(count * elementBytes, contents), [...shape], kind)
  }

  private view(tensor: WasmTensor): Float32Array | Uint32Array {
    return this.context.memory[tensor.kind](tensor.address, tensor.length)
  }
}

export function createBackend(
  { kernels, memory, maximumBytes }: { kernels: Kernels; memory: KernelMemory; maximumBytes: number },
  team: Team | undefined,
  making: Making,
) {
  const context = new Context(kernels, memory, team)
  const core = new WasmCore(context, maximumBytes, making)
  return Object.assign(core, operationsOf(operations, context))
}
