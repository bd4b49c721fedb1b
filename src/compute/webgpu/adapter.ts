/** The adapter: its existence, its name, and whether it is a software adapter. */

import { coded } from '../../faults.ts'
import { inTime } from '../../inTime.ts'
import { isSoftware } from '../../softwareNames.ts'

/** Kinds of a kernel: without workgroup memory, and with it. See variants.ts. */
export type Variant = 'register' | 'workgroup'

/** Invocations of a workgroup, down and across, where the variant `workgroup` multiplies. */
export type Lanes = readonly [8 | 16, 8 | 16]

export interface Adapter {
  readonly adapter: GPUAdapter
  /** A readable name. */
  readonly name: string
  readonly software: boolean
  /** The variant of operations that have two; undefined if it should be measured. */
  readonly variant: Variant | undefined
}

/**
 * SwiftShader hardly optimises a kernel, and keeps only separate variables in registers: the variant `workgroup` takes
 * five to eight times as long. Compilers of other software adapters optimise much. Mesa's LLVM takes four seconds to a
 * minute and a half for unrolled code, but one or two seconds for loops, and the loops run as fast.
 */
const softwareVariant = (name: string): Variant => (/swiftshader/i.test(name) ? 'register' : 'workgroup')

function adapterName(info: GPUAdapterInfo | undefined): string {
  const parts =
    info?.description || [info?.vendor, info?.architecture, info?.device].filter(Boolean).join(' ')
  return parts || 'an adapter without a name'
}

/** GPU objects that took too long to answer and have not answered since. */
const silent = new WeakSet<GPU>()

async function ask(gpu: GPU): Promise<GPUAdapter | null> {
  if (silent.has(gpu))
    throw coded(
      'unavailable',
      new Error('WebGPU is there, but it still owes an adapter from the last request.'),
    )
  const asked = gpu.requestAdapter({ powerPreference: 'high-performance' })
  return inTime(asked, 'WebGPU is there, but it gave no adapter', () => {
    silent.add(gpu)
    const speaks = () => silent.delete(gpu)
    asked.then(speaks, speaks)
  })
}

/** Rejects with a sentence when there is no GPU object or no adapter, or none in time. */
export async function requestAdapter(gpu: GPU | undefined): Promise<Adapter> {
  if (!gpu) {
    const insecure =
      'Browsers offer WebGPU only to pages from https or localhost, and this page came another way.'
    const sandboxed =
      'This page stands in a frame with the attribute sandbox, where workers have no WebGPU. With allow-same-origin they have it.'
    const missing = 'This browser has no WebGPU (there is no navigator.gpu).'
    if (globalThis.isSecureContext !== false) throw coded('unavailable', new Error(missing))
    throw coded('unavailable', new Error(globalThis.origin === 'null' ? sandboxed : insecure))
  }
  const adapter = await ask(gpu)
  if (!adapter)
    throw coded('unavailable', new Error('WebGPU is there, but it offers no adapter on this machine.'))
  const name = adapterName(adapter.info)
  // older browsers have this property on the adapter itself
  const fallback =
    adapter.info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter
  const software = Boolean(fallback) || isSoftware(name)
  return { adapter, name, software, variant: software ? softwareVariant(name) : undefined }
}
