/** The measured peak of a backend: the rate of its best matrix product in float32. */
import type { Backend } from '../../compute/backend.ts'
import { obsolete } from '../../faults.ts'
import type { ComparePeak } from '../protocol.ts'

/** Rows, inner and columns of the products that are tried, in the order of their work. */
const shapes = [
  [256, 256, 256],
  [512, 512, 512],
  [512, 784, 1024],
  [1024, 1024, 1024],
  [2048, 2048, 2048],
  [4096, 4096, 4096],
] as const

/** No product is tried that would take longer than this, in milliseconds, at the best rate so far. */
const longest = 150

/** Tries products from small to large while they are quick. */
export async function measuredPeak(
  backend: Backend,
  aborted: () => Promise<boolean>,
): Promise<ComparePeak | undefined> {
  let best: ComparePeak | undefined
  for (const shape of shapes) {
    const [rows, inner, columns] = shape
    const operations = 2 * rows * inner * columns
    if (best && operations / (best.gigaflopsPerSecond * 1e6) > longest) break
    if (await aborted()) throw obsolete('The comparison was cancelled.')
    const tensors = [
      [rows, inner],
      [inner, columns],
      [rows, columns],
    ].map(([height, width]) => backend.createTensor([height, width]))
    try {
      const [left, right, output] = tensors.map((tensor, index) => ({
        tensor,
        rows: [rows, inner, rows][index],
        columns: [inner, columns, columns][index],
      }))
      const milliseconds = await backend.timed(() => backend.modelProduct({ models: 1, left, right, output }))
      const gigaflopsPerSecond = operations / milliseconds / 1e6
      if (!(gigaflopsPerSecond <= (best?.gigaflopsPerSecond ?? 0))) best = { gigaflopsPerSecond, shape }
    } finally {
      for (const tensor of tensors) tensor.dispose()
    }
  }
  return best
}
