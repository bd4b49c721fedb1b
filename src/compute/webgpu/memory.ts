/** Tensors in GPU buffers, and scratch space that operations share. */
import { coded } from '../../faults.ts'
import { type ElementKind, elementCount, filledCount, type OwnTensor, shapeText } from '../tensor.ts'
import type { Device } from './device.ts'
import type { Queue } from './queue.ts'

export class GpuTensor implements OwnTensor {
  disposed = false

  constructor(
    readonly memory: Memory,
    readonly buffer: GPUBuffer,
    readonly shape: readonly number[],
    readonly kind: ElementKind,
  ) {}

  get length(): number {
    return product(this.shape)
  }

  /** Work that was queued before is still done. */
  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.queue.retire(this.buffer)
  }
}

const product = (shape: readonly number[]) => shape.reduce((length, size) => length * size, 1)
/** Kernels read vectors of 16 bytes, so every buffer holds whole ones, and at least one. */
const padded = (bytes: number) => Math.max(16, Math.ceil(bytes / 16) * 16)

const storage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST

export class Memory {
  private readonly scratchBuffers = new Map<string, GPUBuffer>()
  /** Largest tensor in bytes. */
  readonly maximumBytes: number

  constructor(
    readonly owner: Device,
    readonly queue: Queue,
  ) {
    const { maxBufferSize, maxStorageBufferBindingSize } = owner.device.limits
    this.maximumBytes = Math.min(maxBufferSize, maxStorageBufferBindingSize)
  }

  /** A zero-filled buffer, or one that holds `data`. Throws a RangeError when it is larger than the device permits. */
  buffer(label: string, bytes: number, data?: Float32Array | Uint32Array): GPUBuffer {
    const size = padded(bytes)
    if (size > this.maximumBytes) {
      const { maxBufferSize, maxStorageBufferBindingSize } = this.owner.device.limits
      const limit =
        maxStorageBufferBindingSize <= maxBufferSize ? 'maxStorageBufferBindingSize' : 'maxBufferSize'
      const message = `${label}: ${size} bytes exceed this adapter's ${limit} of ${this.maximumBytes} bytes; cut the work into slices.`
      throw coded('tooLarge', new RangeError(message))
    }
    const mappedAtCreation = data !== undefined
    const buffer = this.owner.device.createBuffer({ label, size, usage: storage(), mappedAtCreation })
    if (data) {
      const mapped = buffer.getMappedRange()
      const target = data instanceof Float32Array ? new Float32Array(mapped) : new Uint32Array(mapped)
      target.set(data)
      buffer.unmap()
    }
    return buffer
  }

  /** A tensor, zero-filled or with `data`, which must fill it. */
  tensor(
    operation: string,
    shape: readonly number[],
    kind: ElementKind,
    data?: Float32Array | Uint32Array,
  ): GpuTensor {
    this.owner.checkAlive(operation)
    const length = data ? filledCount(operation, shape, data) : elementCount(operation, shape)
    const buffer = this.buffer(`${operation} ${shapeText(shape)}`, 4 * length, data)
    return new GpuTensor(this, buffer, [...shape], kind)
  }

  /**
   * A buffer for one operation's use, of at least so many bytes, with undefined contents. Operations run in the
   * order in which they are enqueued, so every operation may ask for the same one.
   */
  scratch(purpose: string, bytes: number): GPUBuffer {
    const present = this.scratchBuffers.get(purpose)
    if (present && present.size >= bytes) return present
    const buffer = this.buffer(`scratch for ${purpose}`, bytes)
    if (present) this.queue.retire(present)
    this.scratchBuffers.set(purpose, buffer)
    return buffer
  }

  /** As `scratch`, for operations that are given tensors. */
  scratchTensor(purpose: string, shape: readonly number[]): GpuTensor {
    return new GpuTensor(this, this.scratch(purpose, 4 * product(shape)), shape, 'float32')
  }

  /** Copies a buffer to the CPU after all that was enqueued before. */
  async download(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    this.owner.check()
    const staging = this.owner.device.createBuffer({
      label: 'staging',
      size: padded(bytes),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    })
    this.queue.enqueue(() => this.queue.copy(buffer, staging, padded(bytes)))
    await this.queue.submitted()
    try {
      await this.owner.answers.wait(staging.mapAsync(GPUMapMode.READ))
    } catch (error) {
      // a lost device or an earlier error explains more than the mapping's error; wgpu reports it a task later
      await new Promise((resolve) => setTimeout(resolve))
      this.owner.check()
      throw error
    }
    const copy = staging.getMappedRange().slice(0, bytes)
    staging.destroy()
    this.owner.check()
    return copy
  }
}
