/** The sizes over which the labs' hot loops are compared. A list of its own, because few visitors need it. */
import type { ParameterValues } from './parameter.ts'

export interface SizeAxis {
  /** The parameter that is the size. */
  readonly parameter: string
  /** The sizes that are measured unless others are asked for, in ascending order. */
  readonly values: readonly number[]
  /** The smallest size of the hot loop, where it is above the smallest value of the parameter, and the reason. */
  readonly from?: readonly [least: number, because: string]
  /** Values that go with every size. */
  readonly along?: ParameterValues
}

/** The hot loop of `kl` has at least so many starts. */
export const fewestFits = 256

/** For each lab the sizes that it has, the usual one first. */
export const sizeAxes: Readonly<Record<string, readonly SizeAxis[]>> = {
  init: [
    { parameter: 'dModel', values: [16, 32, 64, 128, 256, 512, 1024, 2048, 4096] },
    { parameter: 'vocab', values: [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000] },
    { parameter: 'tokens', values: [8, 16, 32, 64, 128, 256] },
  ],
  training: [
    { parameter: 'dModel', values: [64, 128, 192, 256, 384, 512] },
    { parameter: 'batchSize', values: [1, 2, 4, 8, 16, 32, 64] },
    { parameter: 'vocab', values: [512, 1024, 2048, 4096, 8192, 16_384] },
    { parameter: 'context', values: [16, 32, 64, 128] },
  ],
  kl: [
    {
      parameter: 'starts',
      values: [256, 512, 1024, 2048, 4096, 8192, 16_384],
      from: [fewestFits, 'fewer starts are too little work to be timed'],
    },
  ],
  vib: [
    { parameter: 'hiddenWidth', values: [16, 32, 64, 128, 256, 512, 1024] },
    { parameter: 'batchSize', values: [10, 20, 50, 100, 200, 500] },
    // as many models as there are β, each with one seed
    { parameter: 'betaCount', values: [2, 4, 8, 16, 32], along: { mode: 'sweep', seeds: 1 } },
  ],
}
