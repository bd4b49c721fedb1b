/** A further thread of a team: the same kernels on the same memory. It serves until it is stopped or ended. */
import { Calls } from './calls.ts'
import type { Kernels } from './generated/kernels.d.ts'

/** The message that a member begins with; it answers once it is ready. */
export interface Membership {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Address of the memory that only this thread's kernels use. */
  readonly own: number
  readonly block: SharedArrayBuffer
  readonly thread: number
}

addEventListener('message', ({ data }: MessageEvent<Membership>) => {
  const { module, memory, own, block, thread } = data
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels
  kernels.useOwn(own)
  const calls = new Calls(block, kernels, thread)
  postMessage('ready')
  calls.serve()
  close()
})
