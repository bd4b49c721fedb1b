/** The device: its abilities and its failures. */
import { coded } from '../../faults.ts'
import { inTime } from '../../inTime.ts'
import type { Variant } from './adapter.ts'
import { requestAdapter } from './adapter.ts'
import { Answers } from './answers.ts'

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
  /** As in `Adapter`. */
  readonly variant: Variant | undefined
  readonly answers: Answers
  /** Resolves with a sentence when the device is lost for another reason than `dispose`. */
  readonly lost: Promise<string>
  /** Throws an error that occurred on the device since the last call: a lost device, or the first error. */
  check(): void
  /** Throws when the device was disposed of. */
  checkAlive(operation: string): void
  /** Keeps an error for the next `check`. */
  report(error: Error): void
  dispose(): void
}

/** Rejects with a sentence when there is no GPU object, no adapter or no device, or none in time. */
export async function openDevice(gpu: GPU | undefined): Promise<Device> {
  const { adapter, name, software, variant } = await requestAdapter(gpu)
  const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]))
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature))
  const asked = adapter.requestDevice({ requiredLimits, requiredFeatures }).catch((error: Error) => {
    const message = `The WebGPU adapter (${name}) gives no device: ${error.message}`
    throw coded('unavailable', new Error(message))
  })
  const device = await inTime(asked, `The WebGPU adapter (${name}) gave no device`, () => {
    asked.then(
      (late) => late.destroy(),
      () => {},
    )
  })

  let disposed = false
  let loss: string | undefined
  let failure: Error | undefined
  const report = (error: Error) => {
    failure ??= error
  }
  device.addEventListener('uncapturederror', (event) => {
    // the next read reports it; without this it would also go to the console
    event.preventDefault()
    const { error } = event
    if (error instanceof GPUOutOfMemoryError) {
      const remedy = 'A smaller run, or WebAssembly, has room.'
      report(
        coded(
          'tooLarge',
          new Error(`WebGPU failed: the GPU has no memory left (${error.message}). ${remedy}`),
        ),
      )
    } else report(new Error(`WebGPU failed: ${error.message}`))
  })
  const lost = new Promise<string>((resolve) => {
    device.lost.then((info) => {
      if (disposed) return
      const reason = info.message || info.reason || 'no reason given'
      loss = `The WebGPU device (${name}) was lost: ${reason}`
      resolve(loss)
    })
  })

  const answers = new Answers(device)
  await inTime(answers.measure(), `The WebGPU device (${name}) gave no answer`, () => device.destroy())
  return {
    device,
    adapter: name,
    software,
    variant,
    answers,
    lost,
    report,
    check() {
      if (disposed) throw new Error('This WebGPU backend was disposed of.')
      if (loss) throw coded('lost', new Error(loss))
      const error = failure
      failure = undefined
      if (error) throw error
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
