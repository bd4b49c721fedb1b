/** The common parts of the operations of one backend. */
import { Arguments } from '../arguments.ts'
import { defining } from '../backend.ts'
import type { Kernels } from './generated/kernels.d.ts'
import type { KernelMemory } from './memory.ts'
import { WasmTensor } from './tensor.ts'

export class Context {
  constructor(
    private loaded: Kernels | undefined,
    readonly memory: KernelMemory,
  ) {}

  /** The kernels, for operations, after `given`. */
  get kernels(): Kernels {
    return this.loaded!
  }

  /** The checks of an operation's arguments. Throws if the backend was disposed of. */
  given(operation: string): Arguments<WasmTensor> {
    if (!this.loaded) throw new Error(`${operation}: this WebAssembly backend was disposed of.`)
    return new Arguments(operation, this.memory, WasmTensor)
  }

  dispose(): void {
    this.loaded = undefined
    this.memory.close()
  }
}

/** Defines an operation by its check and by what to do with the checked arguments. */
export const operation = defining((context: Context, name) => context.given(name))
