/** Draws from the generator: one invocation for each counter, which gives four neighbouring columns of a row. */

import type { Values } from '../layout.ts'
import { u32 } from '../layout.ts'
import type { Context } from './context.ts'
import type { GpuTensor } from './memory.ts'
import type { Shader } from './shader.ts'

/** The fields of philox.wgsl. */
export const drawFields = {
  ...u32('rows', 'columns', 'firstRow', 'stream', 'batch', 'seed'),
} as const

/** A counter takes about as long as this many multiply-adds. */
const counterWork = 100

interface Draw extends Values<typeof drawFields> {
  readonly output: GpuTensor
  readonly rows: number
  readonly columns: number
  /** uint32 [rows]: the rows of the stream, if they are not consecutive from `firstRow`. */
  readonly list?: GpuTensor
}

export function draw(context: Context, shader: Shader<typeof drawFields>, given: Draw): void {
  const { output, list, ...fields } = given
  const { rows, columns } = fields
  const counters = rows * Math.ceil(columns / 4)
  context.run(shader, {
    entryPoint: `${columns % 4 === 0 ? 'aligned' : 'unaligned'}${list ? 'Rows' : ''}`,
    fields,
    buffers: list ? [output, list] : [output],
    invocations: counters,
    work: counterWork * counters,
  })
}
