/** Counts the bytes that go to a backend and come back. */
import type { Backend } from '../../compute/backend.ts'

export interface Moved {
  /** Bytes of the tensors that were uploaded. */
  uploaded: number
  /** Bytes of the results that were read. */
  read: number
}

/** Bytes of the typed arrays in a result, which is an array itself or an object of arrays. */
function bytesOf(result: unknown): number {
  if (ArrayBuffer.isView(result)) return result.byteLength
  if (typeof result !== 'object' || result === null) return 0
  return Object.values(result).reduce(
    (sum: number, part) => sum + (ArrayBuffer.isView(part) ? part.byteLength : 0),
    0,
  )
}

/**
 * The same backend, which counts into `moved` what it uploads and what its operations read. The arguments of a call,
 * some hundred bytes, are not counted.
 */
export function counted(backend: Backend): { readonly backend: Backend; readonly moved: Moved } {
  const moved: Moved = { uploaded: 0, read: 0 }
  const counting: Backend = Object.create(backend)
  const reads = <Given extends unknown[], Result>(read: (...given: Given) => Promise<Result>) => {
    return async (...given: Given) => {
      const result = await read.apply(backend, given)
      moved.read += bytesOf(result)
      return result
    }
  }
  Object.assign(counting, {
    upload: (...given: Parameters<Backend['upload']>) => {
      moved.uploaded += given[0].byteLength
      return backend.upload(...given)
    },
    read: reads(backend.read),
    readLogitLoss: reads(backend.readLogitLoss),
  } satisfies Partial<Backend>)
  return { backend: counting, moved }
}
