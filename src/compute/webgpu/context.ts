/** What the operations of one backend share. */
import type { Clock } from './clock.ts'
import type { Device } from './device.ts'
import type { Memory } from './memory.ts'
import type { KernelName, Pipelines } from './pipelines.ts'
import { type Dispatch, type Queue, unsigned } from './queue.ts'
import type { Variant } from './variants.ts'

export interface Context {
  readonly owner: Device
  readonly clock: Clock
  readonly queue: Queue
  readonly pipelines: Pipelines
  readonly memory: Memory
  /** Runs every operation as this variant, for tests. */
  readonly forced: Variant | undefined
}

export interface MatrixSize {
  readonly rows: number
  readonly columns: number
}

/** Enqueues a copy of a matrix into one of another size; what is new is zero. `stride` defaults to the columns. */
export function copyMatrix(
  context: Context,
  source: GPUBuffer,
  sourceSize: MatrixSize & { readonly stride?: number },
  destination: GPUBuffer,
  size: MatrixSize,
): void {
  const { rows, columns, stride = columns } = sourceSize
  context.queue.dispatch({
    kernel: context.pipelines.get('copyMatrix', 'main'),
    parameters: [rows, columns, stride, size.rows, size.columns].map(unsigned),
    buffers: [destination, source],
    workgroups: Math.ceil((size.rows * size.columns) / 64),
    work: size.rows * size.columns,
  })
}

/** Enqueues a kernel whose workgroups have 64 invocations. */
export function invoke(
  { queue, pipelines }: Context,
  kernel: KernelName,
  entryPoint: string,
  given: Pick<Dispatch, 'parameters' | 'buffers' | 'work'> & { readonly invocations: number },
): void {
  const { parameters, buffers, work, invocations } = given
  queue.dispatch({
    ...{ parameters, buffers, work, kernel: pipelines.get(kernel, entryPoint) },
    workgroups: Math.ceil(invocations / 64),
  })
}

export const roundUp = (value: number, multiple: number) => Math.ceil(value / multiple) * multiple
