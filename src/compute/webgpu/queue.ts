/**
 * The order of work. Operations return at once and run one after the other: while a task's pipeline is being compiled,
 * later tasks wait. Tasks that are issued together are submitted together, unless they are long: a submission cannot
 * be interrupted, and on an adapter that computes on the CPU it may block the page.
 */

import type { Fields, Values } from '../layout.ts'
import type { Clock } from './clock.ts'
import type { Device } from './device.ts'
import type { Kernel } from './pipelines.ts'

export interface Dispatch<F extends Fields> {
  readonly kernel: Kernel<F>
  /** Values of the shader's structure at binding 0. */
  readonly fields: Values<F>
  /** Storage buffers at bindings 1, 2, …, without those that the entry point does not use. */
  readonly buffers: readonly (GPUBuffer | undefined)[]
  readonly workgroups: number
  /** Multiply-adds, roughly; decides when to submit. */
  readonly work?: number
}

/** Work that is cut into as many dispatches as keep each short enough for one submission. */
export interface Tiled<F extends Fields> extends Pick<Dispatch<F>, 'kernel' | 'buffers'> {
  readonly tiles: number
  /** Tiles that a workgroup computes. */
  readonly perWorkgroup: number
  /** Multiply-adds of a tile, roughly. */
  readonly tileWork: number
  /** Values of the fields for the dispatch of the tiles from `first` to below `end`. */
  fields(first: number, end: number): Values<F>
}

/** Bytes from one dispatch's parameters to the next: the default `minUniformBufferOffsetAlignment`. */
const parameterStride = 256
const parameterSlots = 128

/** Seconds that one submission may take: long enough for the device, short enough for a page to stay alive. */
const submissionSeconds = 0.2

type Task = () => void | Promise<void>

/** Runs now, or once the kernel is compiled. */
export const whenReady = (kernel: Kernel, run: () => void): void | Promise<void> =>
  kernel.ready ? run() : kernel.compiled.then(run)

export class Queue {
  private readonly tasks: Task[] = []
  private draining: Promise<void> | undefined
  private encoder: GPUCommandEncoder | undefined
  private pass: GPUComputePassEncoder | undefined
  private readonly parameters: GPUBuffer
  private readonly staged = new ArrayBuffer(parameterStride * parameterSlots)
  private slot = 0
  private work = 0
  private measuredWorkLimit: number | undefined
  private retired: GPUBuffer[] = []

  constructor(
    private readonly owner: Device,
    private readonly clock: Clock,
    private readonly fixedWorkLimit?: number,
  ) {
    this.parameters = owner.device.createBuffer({
      label: 'parameters',
      size: this.staged.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    })
  }

  /** Multiply-adds that one submission may hold. */
  get workLimit(): number {
    return this.fixedWorkLimit ?? this.measuredWorkLimit ?? (this.owner.software ? 2e8 : 2e10)
  }

  /** Once a rate (multiply-adds per second) is known, submissions are cut by time instead of by a guess. */
  set rate(value: number) {
    this.measuredWorkLimit = Math.max(1e7, value * submissionSeconds)
  }

  /** Runs the task after everything enqueued before it. */
  enqueue(task: Task): void {
    this.tasks.push(task)
    this.draining ??= this.drain()
  }

  /** Waits until all that was enqueued is submitted. */
  async submitted(): Promise<void> {
    while (this.draining) await this.draining
  }

  private async drain(): Promise<void> {
    // tasks that the caller issues together are submitted together
    await undefined
    for (let task = this.tasks.shift(); task; task = this.tasks.shift())
      try {
        const pending = task()
        if (pending) {
          this.submit()
          await pending
        }
      } catch (error) {
        this.owner.report(error instanceof Error ? error : new Error(String(error)))
      }
    this.submit()
    this.draining = undefined
  }

  /** Enqueues a dispatch. */
  dispatch<F extends Fields>(dispatch: Dispatch<F>): void {
    this.enqueue(() => whenReady(dispatch.kernel, () => this.encode(dispatch.kernel, dispatch)))
  }

  /** Records a dispatch for each run of tiles now, or once the kernel is compiled; for tasks, as `encode`. */
  encodeTiled<F extends Fields>(tiled: Tiled<F>): void | Promise<void> {
    const { kernel, tiles, perWorkgroup, tileWork, buffers } = tiled
    return whenReady(kernel, () => {
      const step = perWorkgroup * Math.max(1, Math.floor(this.workLimit / (tileWork * perWorkgroup)))
      for (let first = 0; first < tiles; first += step) {
        const end = Math.min(first + step, tiles)
        this.encode(kernel, {
          fields: tiled.fields(first, end),
          buffers,
          workgroups: Math.ceil((end - first) / perWorkgroup),
          work: (end - first) * tileWork,
        })
      }
    })
  }

  /** Records a dispatch of a compiled kernel now; for tasks that are already running. */
  encode<F extends Fields>(kernel: Kernel<F>, dispatch: Omit<Dispatch<F>, 'kernel'>): void {
    const { fields, buffers, workgroups, work = 0 } = dispatch
    if (workgroups === 0) return
    const pipeline = kernel.ready!
    if (this.slot === parameterSlots || (this.work > 0 && this.work + work > this.workLimit)) this.submit()
    const { device } = this.owner
    const offset = this.slot++ * parameterStride
    this.work += work
    const { layout } = kernel.shader
    layout.write(new DataView(this.staged, offset, parameterStride), fields)
    const entries = [
      { binding: 0, resource: { buffer: this.parameters, offset, size: layout.size } },
      ...buffers.flatMap((buffer, i) => (buffer ? { binding: i + 1, resource: { buffer } } : [])),
    ]
    const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
    const limit = device.limits.maxComputeWorkgroupsPerDimension
    // kernels compute their index from the grid, which is square where a row is not enough
    const x = workgroups <= limit ? workgroups : Math.ceil(Math.sqrt(workgroups))
    this.encoder ??= device.createCommandEncoder()
    this.pass ??= this.encoder.beginComputePass({ timestampWrites: this.clock.passTimes() })
    this.pass.setPipeline(pipeline)
    this.pass.setBindGroup(0, bindGroup)
    this.pass.dispatchWorkgroups(x, Math.ceil(workgroups / x))
  }

  /** Records a copy now. */
  copy(source: GPUBuffer, destination: GPUBuffer, bytes: number): void {
    this.endPass()
    this.encoder ??= this.owner.device.createCommandEncoder()
    this.encoder.copyBufferToBuffer(source, 0, destination, 0, bytes)
  }

  /** Destroys a buffer once the work enqueued so far no longer needs it. */
  retire(buffer: GPUBuffer): void {
    this.enqueue(() => {
      this.retired.push(buffer)
    })
  }

  /** Hands the recorded work to the device. */
  submit(): void {
    this.endPass()
    if (this.encoder) {
      const { queue } = this.owner.device
      // the queue runs this write after the submissions before it, so their parameters are safe
      queue.writeBuffer(this.parameters, 0, this.staged, 0, this.slot * parameterStride)
      queue.submit([this.encoder.finish()])
      this.owner.answers.submitted()
      this.encoder = undefined
      this.slot = 0
      this.work = 0
    }
    for (const buffer of this.retired) buffer.destroy()
    this.retired = []
  }

  private endPass(): void {
    this.pass?.end()
    this.pass = undefined
  }
}
