/** How a comparison names its contestants. */
import type { BackendKind } from '../../compute/backend.ts'
import { counted } from '../../count.ts'
import { backendNames } from '../backendNames.ts'

/** Ratios below this are within the spread of a busy machine. */
export const tie = 1.05

/** "WebAssembly on 2 threads", "WebAssembly on all threads", "WebGPU". */
export function contestantName({ kind, threads }: { kind: BackendKind; threads?: number }): string {
  if (kind === 'webgpu') return backendNames[kind]
  return `${backendNames[kind]} on ${threads === undefined ? 'all threads' : counted(threads, 'thread')}`
}

/** The same, with a word of a software adapter. */
export const rowName = (row: { kind: BackendKind; threads: number; software: boolean }): string =>
  row.software ? `${contestantName(row)} (software adapter)` : contestantName(row)
