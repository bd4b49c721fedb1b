import type { Backend } from '../backend.ts'
import { createBackend, type WebGpuBackend, type WebGpuOptions } from './backend.ts'
import { openDevice } from './device.ts'

export type { Variant } from './adapter.ts'
export type { WebGpuBackend, WebGpuOptions } from './backend.ts'
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
