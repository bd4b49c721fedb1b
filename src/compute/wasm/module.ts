/** Chooses, loads and instantiates the compiled kernels. */
import { coded, errorOf } from '../../faults.ts'
import { partFault } from '../../part.ts'
import type { Kernels } from './generated/kernels.d.ts'
import { KernelMemory, type KernelMemorySource, pageBytes } from './memory.ts'

/** A function that gives relaxed_madd of three splat zeros: valid only where relaxed SIMD is. */
// biome-ignore format: one instruction a line
const relaxedProbe = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, // type: () → v128
  0x03, 0x02, 0x01, 0x00, // one function of that type
  0x0a, 0x13, 0x01, 0x11, 0x00, // its code: 17 bytes, no locals
  0x41, 0x00, 0xfd, 0x0f, // i32.const 0, i8x16.splat
  0x41, 0x00, 0xfd, 0x0f,
  0x41, 0x00, 0xfd, 0x0f,
  0xfd, 0x85, 0x02, // f32x4.relaxed_madd
  0x0b,
])

/** The same with one splat alone: valid where SIMD is. */
// biome-ignore format: one instruction a line
const simdProbe = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x08, 0x01, 0x06, 0x00,
  0x41, 0x00, 0xfd, 0x0f,
  0x0b,
])

/** Whether this browser has relaxed SIMD, with its fused multiply-add. */
export const supportsRelaxed = () => WebAssembly.validate(relaxedProbe)

/** The bytes of the compiled kernels: with relaxed SIMD or without. */
export type LoadKernels = (relaxed: boolean) => Promise<BufferSource>

/** Fetches the module's bytes, from the folder of this file or from the place where the bundler put them. */
export const fetchKernels: LoadKernels = async (relaxed) => {
  const url = relaxed
    ? new URL('./generated/kernels-relaxed.wasm', import.meta.url)
    : new URL('./generated/kernels.wasm', import.meta.url)
  const fault = (why: string) => partFault('The WebAssembly kernels', why)
  const response = await fetch(url).catch((cause) => {
    throw fault(`${errorOf(cause).message}: ${url}`)
  })
  if (!response.ok) throw fault(`${response.status} for ${url}`)
  const bytes = await response.arrayBuffer()
  const magic = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength))
  if (String.fromCharCode(...magic) !== '\0asm') throw fault(`something else came in place of ${url}`)
  return bytes
}

/** Rejects with a sentence where the page's policy forbids WebAssembly: browsers name it in words of their own. */
const compiled = (bytes: BufferSource) =>
  WebAssembly.compile(bytes).catch((fault: unknown) => {
    if (!/unsafe-eval|content security policy|blocked by csp/i.test(errorOf(fault).message)) throw fault
    const remedy = "Its script-src needs 'wasm-unsafe-eval'"
    throw coded(
      'unavailable',
      new Error(`The Content Security Policy of this page forbids WebAssembly. ${remedy}.`),
    )
  })

/** How a module says that it imports "env" "memory", up to the byte that says whether that may be shared. */
// biome-ignore format: the two names and the kind
const memoryImport = [
  3, ...[0x65, 0x6e, 0x76], 6, ...[0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79], 2,
]

/** A copy of the module that imports a shared memory: in all else it is the same. */
function sharing(source: BufferSource): Uint8Array<ArrayBuffer> {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice()
  const at = bytes.findIndex((_, start) => memoryImport.every((byte, index) => bytes[start + index] === byte))
  // has a maximum; is shared and has one
  const [unshared, shared] = [1, 3]
  const limits = at + memoryImport.length
  if (at < 0 || bytes[limits] !== unshared) throw new Error('The WebAssembly kernels import no memory.')
  bytes[limits] = shared
  return bytes
}

/** Rejects with a sentence where there is no WebAssembly SIMD. */
export async function instantiate(load: LoadKernels, relaxed: boolean, source: KernelMemorySource) {
  if (!WebAssembly.validate(simdProbe))
    throw new Error('This browser has no WebAssembly SIMD, which the CPU backend needs.')
  const { memory: all, maximumPages, shared } = source
  const bytes = await load(relaxed)
  const module = await compiled(shared ? sharing(bytes) : bytes)
  const instance = await WebAssembly.instantiate(module, { env: { memory: all } })
  const kernels = instance.exports as unknown as Kernels
  const maximumBytes = maximumPages * pageBytes
  const memory = new KernelMemory(all, maximumBytes, kernels.heapBase())
  return { module, shared: all, kernels, memory, maximumBytes }
}
