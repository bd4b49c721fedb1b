/**
 * WebGPU for Node, by Dawn's addon, whose file the environment names in DAWN. Loaded before all else: what comes after
 * finds `navigator.gpu` and the names of WebGPU as in a browser.
 */
import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { env } from 'node:process'
import { requestAdapter } from '../../../src/compute/webgpu/adapter.ts'

const path = env.DAWN
if (!path) throw new Error('DAWN has to name Dawn’s addon, the file dawn.node of the package webgpu.')
const { create, globals } = createRequire(import.meta.url)(path) as {
  create(options: readonly string[]): GPU
  globals: object
}
Object.assign(globalThis, globals)
// the kernels' tests share a device, and each listens to it
setMaxListeners(0)
// without it, the device's clock is rounded to a tenth of a millisecond
const gpu = create(['disable-dawn-features=timestamp_quantization'])
const navigator = { gpu, hardwareConcurrency: availableParallelism(), userAgent: `Node ${process.version}` }
Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true })

/** Milliseconds that each kernel took to compile, when it was first asked for. */
export const compileTimes: Record<string, number> = {}
const compile = GPUDevice.prototype.createComputePipelineAsync
GPUDevice.prototype.createComputePipelineAsync = async function (this: GPUDevice, descriptor) {
  const begin = performance.now()
  const pipeline = await compile.call(this, descriptor)
  const constants = Object.entries(descriptor.compute.constants ?? {}).map(
    ([name, value]) => `${name}=${value}`,
  )
  const name = [descriptor.label, ...constants].join(' ')
  compileTimes[name] ??= performance.now() - begin
  return pipeline
}

/** The driver's own words, where the system tells them. */
function driver(): string | undefined {
  try {
    return readFileSync('/proc/driver/nvidia/version', 'utf8').split('\n')[0]
  } catch {
    return undefined
  }
}

async function describe() {
  const { adapter, name, software } = await requestAdapter(gpu)
  const numbers = (from: object) => {
    const all: Record<string, unknown> = {}
    for (const key in from) all[key] = (from as Record<string, unknown>)[key]
    return Object.fromEntries(
      Object.entries(all).filter(([, value]) => ['number', 'string', 'boolean'].includes(typeof value)),
    )
  }
  return {
    name,
    software,
    timestamps: adapter.features.has('timestamp-query'),
    driver: driver(),
    info: numbers(adapter.info),
    features: [...adapter.features].sort(),
    limits: numbers(adapter.limits),
  }
}

export type AdapterFacts = Awaited<ReturnType<typeof describe>>

/** The adapter, or why there is none. */
export const adapter = await describe()
