/**
 * A test run without a WebGPU adapter fails; it does not skip.
 *
 * Whoever asks for a device gets one of its own in all but the compiled pipelines: a software adapter takes up to two
 * seconds to compile one, and hundreds of tests need the same. A test that is about devices asks `requestOwnDevice`.
 */
import { beforeAll } from 'vitest'

const missing = 'natlab: this browser has no WebGPU adapter, so the kernels cannot be tested.'
if (typeof GPUAdapter === 'undefined') throw new Error(missing)

type Request = typeof GPUAdapter.prototype.requestDevice
type Shared = {
  readonly request: Request
  readonly devices: Map<string, Promise<GPUDevice>>
}

// kept with the page: the files of a project run in one
const { request, devices } = ((globalThis as { sharedGpu?: Shared }).sharedGpu ??= {
  request: GPUAdapter.prototype.requestDevice,
  devices: new Map(),
})

/** A device that nothing else uses, from this adapter. */
export const requestOwnDevice = (adapter: GPUAdapter, descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> =>
  request.call(adapter, descriptor)

/** `make`, but for what was made of the same before. */
function kept<Given, Made>(keyOf: (given: Given) => unknown, make: (given: Given) => Made) {
  const known = new Map<unknown, Made>()
  return (given: Given): Made => {
    const key = keyOf(given)
    const made = known.get(key) ?? make(given)
    known.set(key, made)
    return made
  }
}

/** A device whose modules and pipelines are kept. */
async function keeping(opened: Promise<GPUDevice>): Promise<GPUDevice> {
  const device = await opened
  const numbers = new Map<GPUShaderModule, number>()
  const createModule = kept(
    ({ code }: GPUShaderModuleDescriptor) => code,
    (descriptor) => {
      const module = device.createShaderModule(descriptor)
      numbers.set(module, numbers.size)
      return module
    },
  )
  const createPipeline = kept(
    ({ layout, compute: { module, ...rest } }: GPUComputePipelineDescriptor) =>
      JSON.stringify([layout, numbers.get(module), rest]),
    (descriptor) => device.createComputePipelineAsync(descriptor),
  )
  return withOther(device, { createShaderModule: createModule, createComputePipelineAsync: createPipeline })
}

/** The same device but for what `other` has. */
export function withOther(device: GPUDevice, other: Partial<GPUDevice>): GPUDevice {
  return new Proxy(device, {
    get(target, key) {
      if (key in other) return other[key as keyof GPUDevice]
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** One user's: destroying it destroys that user's buffers. */
function lent(device: GPUDevice): GPUDevice {
  const buffers = new Set<GPUBuffer>()
  let lose: (info: GPUDeviceLostInfo) => void
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = resolve
  })
  return withOther(device, {
    lost,
    createBuffer(descriptor) {
      const buffer = device.createBuffer(descriptor)
      buffers.add(buffer)
      return buffer
    },
    destroy() {
      for (const buffer of buffers) buffer.destroy()
      buffers.clear()
      lose({ reason: 'destroyed', message: '' } as GPUDeviceLostInfo)
      return undefined
    },
  })
}

GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
  const key = JSON.stringify(descriptor)
  const device = devices.get(key) ?? keeping(requestOwnDevice(this, descriptor))
  devices.set(key, device)
  return lent(await device)
}

beforeAll(async () => {
  const adapter = await navigator.gpu?.requestAdapter()
  if (!adapter) throw new Error(missing)
})
