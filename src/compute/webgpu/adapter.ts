/** The adapter: whether there is one, what it is called, and whether it is a software one. */

import { coded } from '../../faults.ts'
import { isSoftware } from '../../softwareNames.ts'
import { inTime } from './inTime.ts'

/** Kinds of a kernel: without workgroup memory, and with it. See variants.ts. */
export type Variant = 'register' | 'workgroup'

export interface Adapter {
  readonly adapter: GPUAdapter
  /** A readable name. */
  readonly name: string
  readonly software: boolean
  /** What operations with two variants run as; undefined where that is worth measuring. */
  readonly variant: Variant | undefined
}

/**
 * SwiftShader translates a kernel as it stands, and keeps in registers only what is written out: the other variant takes
 * five to eight times as long. The compilers of other software adapters turn a kernel over and over. Mesa's LLVM takes
 * four seconds to a minute and a half for the code that is written out, and one or two for the loops, which are as fast.
 */
const softwareVariant = (name: string): Variant => (/swiftshader/i.test(name) ? 'register' : 'workgroup')

function adapterName(info: GPUAdapterInfo | undefined): string {
  const parts =
    info?.description || [info?.vendor, info?.architecture, info?.device].filter(Boolean).join(' ')
  return parts || 'an adapter without a name'
}

/** Those that were waited for too long and have not answered since. */
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
  if (!gpu) throw coded('unavailable', new Error('This browser has no WebGPU (there is no navigator.gpu).'))
  const adapter = await ask(gpu)
  if (!adapter)
    throw coded('unavailable', new Error('WebGPU is there, but it offers no adapter on this machine.'))
  const name = adapterName(adapter.info)
  // older browsers say so on the adapter itself
  const fallback =
    adapter.info?.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter
  const software = Boolean(fallback) || isSoftware(name)
  return { adapter, name, software, variant: software ? softwareVariant(name) : undefined }
}
