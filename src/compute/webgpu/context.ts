/** The common parts of the operations of one backend. */
import { Arguments } from '../arguments.ts'
import { defining } from '../backend.ts'
import type { Fields } from '../layout.ts'
import type { Lanes, Variant } from './adapter.ts'
import type { Candidate } from './candidate.ts'
import { Clock } from './clock.ts'
import type { Device } from './device.ts'
import type { MeasurementStore } from './kept.ts'
import { GpuTensor, Memory } from './memory.ts'
import { Pipelines } from './pipelines.ts'
import { type Dispatch, Queue } from './queue.ts'
import type { Shader } from './shader.ts'
import { Variants, type Varied } from './variants.ts'

/** A tensor is bound as its buffer, and matrices as the tensor that they lie in. */
type Bound = GPUBuffer | GpuTensor | { readonly tensor: GpuTensor } | undefined

function bufferOf(bound: Bound): GPUBuffer | undefined {
  const held = bound && 'tensor' in bound ? bound.tensor : bound
  return held instanceof GpuTensor ? held.buffer : held
}

/** One dispatch of a shader's entry point (default: `main`): as many workgroups as said, or of 64 invocations each. */
export type Call<F extends Fields> = Pick<Dispatch<F>, 'fields' | 'work'> & {
  readonly entryPoint?: string
  readonly buffers: readonly Bound[]
} & ({ readonly invocations: number } | { readonly workgroups: number })

export interface WebGpuOptions {
  /** Runs the operations that have two variants as this one instead of as the faster one. */
  readonly variant?: Variant
  /** With the variant `workgroup`: the larger tile of the operations that have this one. */
  readonly lanes?: Lanes
  /** Multiply-adds that one submission may hold, instead of the measured limit. */
  readonly workLimit?: number
  /** Where measured variants outlive this backend; without it each backend measures. */
  readonly store?: MeasurementStore
}

export class Context {
  readonly clock: Clock
  readonly queue: Queue
  readonly memory: Memory
  readonly pipelines: Pipelines
  /** The variants of the operations that have two, by name. */
  readonly varied = new Map<string, Variants>()
  /** What every operation runs as, for tests. */
  readonly forced: Candidate | undefined
  readonly store: MeasurementStore | undefined

  constructor(
    readonly owner: Device,
    { variant, lanes, workLimit, store }: WebGpuOptions,
  ) {
    this.forced = variant && { variant, lanes }
    this.store = store
    this.clock = new Clock(owner)
    this.queue = new Queue(owner, this.clock, workLimit)
    this.memory = new Memory(owner, this.queue)
    this.pipelines = new Pipelines(owner)
  }

  /** The checks of an operation's arguments. Throws if the device is gone. */
  given(operation: string): Arguments<GpuTensor> {
    this.owner.checkAlive(operation)
    return new Arguments(operation, this.memory, GpuTensor)
  }

  /** Enqueues a dispatch. */
  run<F extends Fields>(shader: Shader<F>, call: Call<F>): void {
    this.queue.dispatch({
      kernel: this.pipelines.get(shader, call.entryPoint),
      fields: call.fields,
      buffers: call.buffers.map(bufferOf),
      workgroups: 'invocations' in call ? Math.ceil(call.invocations / 64) : call.workgroups,
      work: call.work,
    })
  }

  /** The variants of an operation, made at the first call. */
  variants(operation: string, make: () => Varied): Variants {
    const present = this.varied.get(operation) ?? new Variants(this, operation, make())
    this.varied.set(operation, present)
    return present
  }
}

/** Defines an operation by its check and by what to do with the checked arguments. */
export const operation = defining((context: Context, name) => context.given(name))

export const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple
