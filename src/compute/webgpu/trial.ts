/** Typical data and a clock for the calibration of variants. Both are for tasks of the queue. */
import type { Context } from './context.ts'
import { GpuTensor } from './memory.ts'
import { randomNormalShader } from './operations/randomNormal.ts'

/** A new tensor [elements / 4, 4] of standard normals: with zeros, all logits would fall into one bin. */
export async function normals(context: Context, elements: number, stream: number): Promise<GpuTensor> {
  const { memory, pipelines, queue } = context
  const [rows, columns] = [elements / 4, 4]
  const buffer = memory.buffer('normals of a trial', 4 * elements)
  const kernel = pipelines.get(randomNormalShader, 'aligned')
  await kernel.compiled
  queue.encode(kernel, {
    fields: { rows, columns, firstRow: 0, stream, batch: 0, seed: 1 },
    buffers: [buffer],
    workgroups: Math.ceil(rows / 64),
  })
  return new GpuTensor(memory, buffer, [rows, columns], 'float32')
}

/** Milliseconds that the device takes for the work that `encode` records. */
export function timed({ queue, clock }: Context, encode: () => void | Promise<void>): Promise<number> {
  queue.submit()
  return clock.time(async (times) => {
    for (let time = 0; time < times; time++) await encode()
    queue.submit()
  })
}
