/** The sizes over which this lab's hot loop is compared. */
import type { SizeAxis } from '../sizes.ts'

export const sizes: readonly SizeAxis[] = [
  { parameter: 'dModel', values: [64, 128, 192, 256, 384, 512] },
  { parameter: 'batchSize', values: [1, 2, 4, 8, 16, 32, 64] },
  { parameter: 'vocab', values: [512, 1024, 2048, 4096, 8192, 16_384] },
  { parameter: 'context', values: [16, 32, 64, 128] },
]
