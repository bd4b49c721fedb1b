/** The kernels' memory: one WebAssembly memory that grows. It gives out blocks and takes them back. */
import { coded } from '../../faults.ts'
import type { Fields, Layout, Values } from '../layout.ts'

export const pageBytes = 65536
/** One page short of 4 GiB, so that the end of a block is still a 32-bit address. */
const mostPages = 65535
/** Whole cache lines: no two blocks share one, and every vector of a block is aligned. */
const alignment = 64

interface Block {
  readonly start: number
  readonly end: number
}

export interface KernelMemorySource {
  readonly memory: WebAssembly.Memory
  readonly maximumPages: number
  readonly shared: boolean
}

/** The largest memory that the browser reserves: some refuse 4 GiB of addresses. Threads can share a `shared` one. */
export function createMemory(shared: boolean): KernelMemorySource {
  for (let maximumPages = mostPages; ; maximumPages = Math.floor(maximumPages / 2)) {
    try {
      return {
        memory: new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared }),
        maximumPages,
        shared,
      }
    } catch (error) {
      if (maximumPages < 1024) throw error
    }
  }
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`

export class KernelMemory {
  /** Free blocks below `top`, by address; no two of them touch. */
  private free: Block[] = []
  private readonly used = new Map<number, number>()
  private top: number
  /** Memory from here on was never handed out, so it is still zero. */
  private untouched: number

  constructor(
    private memory: WebAssembly.Memory | undefined,
    private readonly maximumBytes: number,
    base: number,
  ) {
    this.top = Math.ceil(base / alignment) * alignment
    this.untouched = this.top
  }

  /** Address of a new block. Throws a RangeError that names the size when there is no room for it. */
  allocate(bytes: number, contents: 'zero' | 'any' = 'any'): number {
    const size = Math.ceil(Math.max(bytes, 1) / alignment) * alignment
    const start = this.takeFree(size) ?? this.takeTop(size)
    this.used.set(start, start + size)
    if (contents === 'zero' && start < this.untouched)
      new Uint8Array(this.buffer, start, Math.min(start + size, this.untouched) - start).fill(0)
    this.untouched = Math.max(this.untouched, start + size)
    return start
  }

  /** Gives a block back; its address must come from `allocate`. Nothing to do once the memory is closed. */
  release(start: number): void {
    if (!this.memory) return
    const end = this.used.get(start)
    if (end === undefined) throw new Error(`There is no block of memory at ${start}.`)
    this.used.delete(start)
    let merged: Block = { start, end }
    const others = this.free.filter((block) => {
      if (block.end !== start && block.start !== end) return true
      merged = { start: Math.min(merged.start, block.start), end: Math.max(merged.end, block.end) }
      return false
    })
    if (merged.end === this.top) this.top = merged.start
    else others.push(merged)
    this.free = others.sort((a, b) => a.start - b.start)
  }

  /** Allocates a block only for the duration of `run`. */
  withScratch(bytes: number, run: (address: number) => void): void {
    const address = this.allocate(bytes)
    try {
      run(address)
    } finally {
      this.release(address)
    }
  }

  /** Releases the memory, although other objects may still hold addresses of blocks. */
  close(): void {
    this.memory = undefined
  }

  /** Views are valid until the next `allocate`: a memory that grows gets a new buffer. */
  float32(start: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.buffer, start, length)
  }
  uint32(start: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.buffer, start, length)
  }
  float64(start: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.buffer, start, length)
  }

  /** Writes a structure that a kernel reads. */
  write<F extends Fields>(start: number, layout: Layout<F>, values: Values<F>): void {
    layout.write(new DataView(this.buffer, start, layout.size), values)
  }

  private get open(): WebAssembly.Memory {
    if (!this.memory) throw new Error('This WebAssembly memory was given back.')
    return this.memory
  }

  private get buffer(): ArrayBuffer {
    // the buffer may be shared; whatever leaves the backend is a copy, and that is not
    return this.open.buffer as ArrayBuffer
  }

  private takeFree(size: number): number | undefined {
    const index = this.free.findIndex((block) => block.end - block.start >= size)
    if (index < 0) return undefined
    const { start, end } = this.free[index]
    if (end - start === size) this.free.splice(index, 1)
    else this.free[index] = { start: start + size, end }
    return start
  }

  private takeTop(size: number): number {
    const start = this.top
    const missing = start + size - this.buffer.byteLength
    if (missing > 0) {
      try {
        this.open.grow(Math.ceil(missing / pageBytes))
      } catch {
        const message =
          `WebAssembly memory is exhausted: ${megabytes(size)} more do not fit beside the ${megabytes(start)} in ` +
          `use (this browser permits ${megabytes(this.maximumBytes)} at most).`
        throw coded('tooLarge', new RangeError(message))
      }
    }
    this.top = start + size
    return start
  }
}
