/** The backends that work for a run at the same time. */
import type { Backend } from '../../compute/backend.ts'

const ready = new WeakMap<Backend, readonly Backend[]>()

/** The backend itself, and its spare ones once they are ready. The first call lets them start. */
export function readyBackends(backend: Backend): readonly Backend[] {
  const known = ready.get(backend)
  if (known) return known
  const alone = [backend]
  ready.set(backend, alone)
  backend.spareBackends().then(
    (spares) => ready.set(backend, [backend, ...spares]),
    // the run goes on with this backend alone
    () => {},
  )
  return alone
}

/** The backend itself and its spare ones, once all have started. */
export async function allBackends(backend: Backend): Promise<readonly Backend[]> {
  readyBackends(backend)
  await backend.spareBackends().catch(() => {})
  return readyBackends(backend)
}
