/** Measurements that a backend needs only once. */
import type { Backend } from '../../compute/backend.ts'

/** Measures each backend once. If a measurement fails, the next call measures again. */
export function oncePerBackend<Result>(measure: (backend: Backend) => Promise<Result>) {
  const measured = new WeakMap<Backend, Promise<Result>>()
  return (backend: Backend): Promise<Result> => {
    const known = measured.get(backend)
    if (known) return known
    const measuring = measure(backend)
    measured.set(backend, measuring)
    measuring.catch(() => measured.delete(backend))
    return measuring
  }
}
