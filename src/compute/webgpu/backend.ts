/** The GPU backend without its operations. */
import { type Core, operationsOf } from '../backend.ts'
import type { ElementKind, Tensor } from '../tensor.ts'
import { Context, type WebGpuOptions } from './context.ts'
import type { Device } from './device.ts'
import * as operations from './operations/index.ts'
import type { VariantChoice } from './variants.ts'

class WebGpuCore implements Core {
  readonly kind = 'webgpu'
  readonly adapter: string
  readonly software: boolean
  readonly lost: Promise<string>
  readonly maximumTensorBytes: number
  readonly memoryBytes = Number.POSITIVE_INFINITY
  /** A GPU has only one queue. */
  readonly spareThreads = 0
  onOneThread = false
  readonly spareBackends = async () => []
  readonly threads = 1

  constructor(private readonly context: Context) {
    const { owner, memory } = context
    this.adapter = owner.adapter
    this.software = owner.software
    this.lost = owner.lost
    this.maximumTensorBytes = memory.maximumBytes
  }

  get latency(): number {
    return this.context.owner.answers.latency
  }

  get compiling(): number {
    return this.context.pipelines.compiling
  }

  /** For each operation with two variants: the variant that runs, the reason, and the measured rates. */
  variants(): Readonly<Record<string, VariantChoice>> {
    const { varied } = this.context
    return Object.fromEntries([...varied].map(([operation, { choice }]) => [operation, choice]))
  }

  /** Milliseconds that each kernel took to compile so far, by its name, entry point and constants. */
  compileTimes(): Readonly<Record<string, number>> {
    return this.context.pipelines.compileTimes
  }

  createTensor(shape: readonly number[], kind: ElementKind = 'float32'): Tensor {
    return this.context.memory.tensor('createTensor', shape, kind)
  }

  upload(data: Float32Array | Uint32Array, shape: readonly number[]): Tensor {
    const kind = data instanceof Float32Array ? 'float32' : 'uint32'
    return this.context.memory.tensor('upload', shape, kind, data)
  }

  async read(tensor: Tensor): Promise<Float32Array | Uint32Array> {
    const { buffer, length, kind } = this.context.given('read').tensor('tensor', tensor, tensor.kind)
    const bytes = await this.context.memory.download(buffer, 4 * length)
    return kind === 'float32' ? new Float32Array(bytes) : new Uint32Array(bytes)
  }

  async finished(): Promise<void> {
    const { owner, queue } = this.context
    owner.check()
    await queue.submitted()
    await owner.answers.wait(owner.device.queue.onSubmittedWorkDone())
    owner.check()
  }

  timed(work: () => void): Promise<number> {
    const { clock, queue } = this.context
    return this.alone(() =>
      clock.time((times) => {
        for (let time = 0; time < times; time++) work()
        return queue.submitted()
      }),
    )
  }

  deviceTime(run: () => Promise<unknown>): Promise<number> {
    return this.alone(() => this.context.clock.during(run))
  }

  dispose(): void {
    this.context.owner.dispose()
  }

  /** Runs a measurement after all work that was queued before. */
  private async alone(measure: () => Promise<number>): Promise<number> {
    this.context.owner.check()
    await this.context.queue.submitted()
    return measure()
  }
}

export type WebGpuBackend = ReturnType<typeof createBackend>

export function createBackend(owner: Device, options: WebGpuOptions) {
  const context = new Context(owner, options)
  return Object.assign(new WebGpuCore(context), operationsOf(operations, context))
}
