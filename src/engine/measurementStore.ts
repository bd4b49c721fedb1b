/** Where the browser keeps what was measured of its GPU. */
import { createStore, get, set } from 'idb-keyval'
import type { MeasurementStore } from '../compute/webgpu/index.ts'

export function measurementStore(): MeasurementStore {
  // a store has a database of its own
  const store = createStore('natlab-measurements', 'variants')
  return {
    // where there is no IndexedDB, or no permission, these throw at once
    get: async (key) => get(key, store),
    set: async (key, entry) => set(key, entry, store),
  }
}
