/** The adapter and the device: what they can do, what they are called, and how they fail. */

/** An adapter that computes on the CPU, by the names that such adapters give themselves. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i

/** Limits that decide how large the work may be; everything else keeps its default. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
] as const

const wantedFeatures: GPUFeatureName[] = ['timestamp-query', 'subgroups']

export interface Device {
  readonly device: GPUDevice
  /** A readable name of the adapter. */
  readonly adapter: string
  readonly software: boolean
  /** Resolves with a sentence when the device is lost for another reason than `dispose`. */
  readonly lost: Promise<string>
  /** Throws what went wrong on the device since the last call: a lost device, or the first error. */
  check(): void
  /** Throws when the device was disposed of. */
  checkAlive(operation: string): void
  /** Keeps an error for the next `check`. */
  report(message: string): void
  dispose(): void
}

function adapterName(info: GPUAdapterInfo | undefined): string {
  const parts =
    info?.description || [info?.vendor, info?.architecture, info?.device].filter(Boolean).join(' ')
  return parts || 'an adapter without a name'
}

/** Rejects with a sentence when there is no GPU object, no adapter or no device. */
export async function openDevice(gpu: GPU | undefined): Promise<Device> {
  if (!gpu) throw new Error('This browser has no WebGPU (there is no navigator.gpu).')
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) throw new Error('WebGPU is there, but it offers no adapter on this machine.')

  const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]))
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature))
  const name = adapterName(adapter.info)
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures }).catch((error: Error) => {
    throw new Error(`The WebGPU adapter (${name}) gives no device: ${error.message}`)
  })
  // older browsers say so on the adapter itself
  const fallback =
    adapter.info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter

  let disposed = false
  let loss: string | undefined
  let failure: string | undefined
  const report = (message: string) => {
    failure ??= message
  }
  device.addEventListener('uncapturederror', (event) => {
    // the next read reports it; without this it would also go to the console
    event.preventDefault()
    report(event.error.message)
  })
  const lost = new Promise<string>((resolve) => {
    device.lost.then((info) => {
      if (disposed) return
      const reason = info.message || info.reason || 'no reason given'
      loss = `The WebGPU device (${name}) was lost: ${reason}`
      resolve(loss)
    })
  })

  return {
    device,
    adapter: name,
    software: Boolean(fallback) || softwareNames.test(name),
    lost,
    report,
    check() {
      if (disposed) throw new Error('This WebGPU backend was disposed of.')
      if (loss) throw new Error(loss)
      const message = failure
      failure = undefined
      if (message) throw new Error(`WebGPU failed: ${message}`)
    },
    checkAlive(operation) {
      if (disposed) throw new Error(`${operation}: this WebGPU backend was disposed of.`)
    },
    dispose() {
      disposed = true
      device.destroy()
    },
  }
}
