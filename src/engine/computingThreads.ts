/** The threads that compute for a lab: those of the backend, and where the lab divides its work, the spare ones. */
import type { Backend } from '../compute/backend.ts'
import type { ExperimentModule } from '../labs/experiment.ts'

export const threadsFor = ({ divides }: ExperimentModule, { threads, spareThreads }: Backend): number =>
  threads + (divides ? spareThreads : 0)

/** "WebAssembly SIMD, 2 threads"; "2 × WebAssembly SIMD, 1 thread" where each has a memory of its own. */
export function adapterFor(module: ExperimentModule, backend: Backend): string {
  const threads = threadsFor(module, backend)
  return threads > backend.threads ? `${threads} × ${backend.adapter}` : backend.adapter
}
