import type { MeasurementStore } from '../../src/compute/webgpu/index.ts'

/** Storage of a browser for what is measured, and what it holds: entries by `adapter: operation`. */
export function madeUpStore() {
  const held = new Map<string, unknown>()
  const store: MeasurementStore = {
    get: async (key) => structuredClone(held.get(key.join(': '))),
    set: async (key, entry) => held.set(key.join(': '), structuredClone(entry)),
  }
  return { store, held }
}
