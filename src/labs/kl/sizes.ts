/** The sizes over which this lab's hot loop is compared. */
import type { SizeAxis } from '../sizes.ts'

/** The hot loop has at least so many starts. */
export const fewestFits = 256

export const sizes: readonly SizeAxis[] = [
  {
    parameter: 'starts',
    values: [256, 512, 1024, 2048, 4096, 8192, 16_384],
    from: [fewestFits, 'fewer starts are no work that can be timed'],
  },
]
