/** The sizes over which this lab's hot loop is compared. */
import type { SizeAxis } from '../sizes.ts'

export const sizes: readonly SizeAxis[] = [
  { parameter: 'hiddenWidth', values: [16, 32, 64, 128, 256, 512, 1024] },
  { parameter: 'batchSize', values: [10, 20, 50, 100, 200, 500] },
  // as many models as there are β, each with one seed
  { parameter: 'betaCount', values: [2, 4, 8, 16, 32], along: { mode: 'sweep', seeds: 1 } },
]
