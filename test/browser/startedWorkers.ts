import { vi } from 'vitest'

/** The workers that start from now on, until globals are no longer stubbed. */
export function startedWorkers(): readonly Worker[] {
  const Real = globalThis.Worker
  const workers: Worker[] = []
  vi.stubGlobal(
    'Worker',
    class extends Real {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given)
        workers.push(this)
      }
    },
  )
  return workers
}
