/** What the calibration of variants needs: typical data, and a clock. Both are for tasks of the queue. */
import type { Context } from './context.ts'
import { unsigned } from './queue.ts'

/** A new buffer of standard normals (a multiple of 4): zeros would make every logit meet in one bin. */
export async function normals(context: Context, elements: number, stream: number): Promise<GPUBuffer> {
  const { memory, pipelines, queue } = context
  const buffer = memory.buffer('normals of a trial', 4 * elements)
  const columns = 4
  queue.encode(await pipelines.get('randomNormal', 'aligned').compiled, {
    parameters: [elements / columns, columns, 0, stream, 0, 1].map(unsigned),
    buffers: [buffer],
    workgroups: Math.ceil(elements / columns / 64),
  })
  return buffer
}

/** Milliseconds that the device takes for what `encode` records. */
export function timed({ queue, clock }: Context, encode: () => void | Promise<void>): Promise<number> {
  queue.submit()
  return clock.time(async (times) => {
    for (let time = 0; time < times; time++) await encode()
    queue.submit()
  })
}
