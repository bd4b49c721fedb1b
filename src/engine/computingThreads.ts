/** Number of threads that compute for a lab. */
import type { Backend } from '../compute/backend.ts'
import type { ExperimentModule } from '../labs/experiment.ts'

export const threadsFor = ({ divides }: ExperimentModule, { threads, spareThreads }: Backend): number =>
  threads + (divides ? spareThreads : 0)
