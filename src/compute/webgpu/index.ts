import type { Backend } from '../backend.ts'
import { createBackend, type WebGpuBackend } from './backend.ts'
import type { WebGpuOptions } from './context.ts'
import { openDevice } from './device.ts'

export type { Lanes } from './adapter.ts'
export type { WebGpuBackend } from './backend.ts'
export { type Candidate, nameOf } from './candidate.ts'
export type { WebGpuOptions } from './context.ts'
export type { MeasurementStore } from './kept.ts'
export { lossTiles } from './operations/logitLoss.ts'
export { productTiles } from './operations/modelProduct.ts'
export type { VariantChoice } from './variants.ts'

/**
 * The GPU backend, in a page, a worker, or any script that has a GPU object. Rejects with a sentence when
 * there is no GPU object, no adapter or no device.
 */
export async function createWebGpuBackend(
  gpu: GPU | undefined,
  options: WebGpuOptions = {},
): Promise<WebGpuBackend> {
  return createBackend(await openDevice(gpu), options) satisfies Backend
}
