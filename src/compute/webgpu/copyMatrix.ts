/** Padded copies of matrices, for kernels that read vectors when the rows are not whole vectors. */

import source from '../../../shaders/copyMatrix.wgsl?raw'
import { u32 } from '../layout.ts'
import type { Context } from './context.ts'
import { Shader } from './shader.ts'

const shader = new Shader(
  'copyMatrix',
  source,
  u32('sourceRows', 'sourceColumns', 'sourceStride', 'rows', 'columns'),
)

interface Copied {
  /** [sourceRows, sourceColumns], `sourceStride` elements from one row to the next. */
  readonly source: GPUBuffer
  readonly sourceRows: number
  readonly sourceColumns: number
  readonly sourceStride: number
  readonly columns: number
}

/** Enqueues a copy into scratch space with more columns, which are zero. */
export function paddedCopy(context: Context, purpose: string, { source, ...size }: Copied): GPUBuffer {
  const rows = size.sourceRows
  const count = rows * size.columns
  const copy = context.memory.scratch(purpose, 4 * count)
  context.run(shader, {
    fields: { ...size, rows },
    buffers: [copy, source],
    invocations: count,
    work: count,
  })
  return copy
}
