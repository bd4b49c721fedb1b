/** How a comparison names its contestants. */
import type { BackendKind } from '../../compute/backend.ts'
import { counted } from '../../count.ts'
import type { CompareRow } from '../../engine/protocol.ts'
import { backendNames } from '../backendNames.ts'

/** "WebAssembly on 2 threads", "WebAssembly on all threads", "WebGPU". */
export function contestantName({ kind, threads }: { kind: BackendKind; threads?: number }): string {
  if (kind === 'webgpu') return backendNames[kind]
  return `${backendNames[kind]} on ${threads === undefined ? 'all threads' : counted(threads, 'thread')}`
}

/** The same, with a word of a software adapter. */
export const rowName = (row: CompareRow): string =>
  row.software ? `${contestantName(row)} (software adapter)` : contestantName(row)
