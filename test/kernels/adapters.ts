/** The browser's adapter under other names. */
import { createWebGpuBackend, type MeasurementStore } from '../../src/compute/webgpu/index.ts'
import { requestOwnDevice } from '../browser/gpu.ts'

/** The browser's GPU object with another answer to `requestAdapter`. */
export const offering = (requestAdapter: () => Promise<unknown>) => ({ requestAdapter }) as unknown as GPU

interface Other {
  /** Makes the device its own, too. */
  readonly change?: (device: GPUDevice) => void
  readonly store?: MeasurementStore
}

/** A backend on the browser's adapter under another name. */
export async function onAdapter(info: Partial<GPUAdapterInfo>, { change, store }: Other = {}) {
  const adapter = (await navigator.gpu.requestAdapter())!
  const { features, limits } = adapter
  const requestDevice = async (descriptor: GPUDeviceDescriptor) => {
    if (!change) return adapter.requestDevice(descriptor)
    const device = await requestOwnDevice(adapter, descriptor)
    change(device)
    return device
  }
  return createWebGpuBackend(
    offering(async () => ({ features, limits, info, requestDevice })),
    { store },
  )
}
