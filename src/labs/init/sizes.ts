/** The sizes over which this lab's hot loop is compared. */
import type { SizeAxis } from '../sizes.ts'

export const sizes: readonly SizeAxis[] = [
  { parameter: 'dModel', values: [16, 32, 64, 128, 256, 512, 1024, 2048, 4096] },
  { parameter: 'vocab', values: [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000] },
  { parameter: 'tokens', values: [8, 16, 32, 64, 128, 256] },
]
