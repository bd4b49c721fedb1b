/** Kept checkpoints: what is found again, what is let go, and what is no checkpoint of this program. */
import { describe, expect, it, vi } from 'vitest'
import { Checkpoints, indexedStorage, limits, type Storage } from '../../src/engine/checkpoints.ts'

/** Storage of a browser, and what it holds. */
function madeUpStorage() {
  const held = new Map<string, { readonly key: unknown; saved: unknown }>()
  const nameOf = (key: unknown) => JSON.stringify(key)
  const storage: Storage = {
    keys: async () => [...held.values()].map(({ key }) => key),
    get: async (key) => structuredClone(held.get(nameOf(key))?.saved),
    set: async (key, saved) => held.set(nameOf(key), { key, saved: structuredClone(saved) }),
    delete: async (key) => held.delete(nameOf(key)),
  }
  const ids = () => [...held.values()].map(({ key }) => (key as string[])[1])
  return { storage, held, ids }
}

const saved = (bytes = 8, first = 1) => ({ step: 3, tensors: { parameters: tensor(bytes, first) } })
function tensor(bytes: number, first: number): Float32Array {
  const all = new Float32Array(bytes / 4)
  all[0] = first
  return all
}

describe('checkpoints', () => {
  it('are found again by another page of the same build, as they were', async () => {
    const { storage } = madeUpStorage()
    const before = await Checkpoints.open('build 1', storage)
    expect(before.has('run 10')).toBe(false)
    expect(await before.get('run 10')).toBeUndefined()
    await before.put('run 10', saved())
    const after = await Checkpoints.open('build 1', storage)
    expect(after.has('run 10')).toBe(true)
    expect(after.has('run 20')).toBe(false)
    expect(await after.get('run 10')).toEqual(saved())
  })

  it('are copies: a run that changes one changes no other', async () => {
    const checkpoints = await Checkpoints.open('build')
    await checkpoints.put('run', saved())
    const one = (await checkpoints.get('run')) as ReturnType<typeof saved>
    one.tensors.parameters[0] = 7
    expect(await checkpoints.get('run')).toEqual(saved())
  })

  it('of an older build, and foreign entries, are deleted', async () => {
    const { storage, held, ids } = madeUpStorage()
    await (await Checkpoints.open('build 1', storage)).put('old', saved())
    for (const key of ['note', 5, ['build 2', 'short'], ['build 2', 7, 1, 8]])
      held.set(JSON.stringify(key), { key, saved: saved() })
    await (await Checkpoints.open('build 2', storage)).put('new', saved())
    expect(ids()).toEqual(['new'])
  })

  it('that are damaged are ignored and deleted', async () => {
    const { storage, held } = madeUpStorage()
    await (await Checkpoints.open('build', storage)).put('run', saved(8))
    for (const damaged of [undefined, null, 'text', {}, saved(4)]) {
      const checkpoints = await Checkpoints.open('build', storage)
      await checkpoints.put('run', saved(8))
      const again = await Checkpoints.open('build', storage)
      for (const entry of held.values()) entry.saved = damaged
      expect(await again.get('run')).toBeUndefined()
      expect(again.has('run')).toBe(false)
      expect(held.size).toBe(0)
    }
  })

  it('are kept up to a number, the newest of them', async () => {
    const { storage, ids } = madeUpStorage()
    const checkpoints = await Checkpoints.open('build', storage)
    const all = Array.from({ length: limits.kept + 3 }, (_, index) => `run ${index}`)
    vi.useFakeTimers()
    try {
      for (const id of all) {
        vi.advanceTimersByTime(1000)
        await checkpoints.put(id, saved())
      }
    } finally {
      vi.useRealTimers()
    }
    expect(ids()).toEqual(all.slice(3))
  })

  it('are kept up to a size, in memory and beyond', async () => {
    const { storage, ids } = madeUpStorage()
    const checkpoints = await Checkpoints.open('build', storage)
    const large = limits.memoryBytes / 2
    const many = Math.floor(limits.keptBytes / large) + 1
    const all = Array.from({ length: many }, (_, index) => `run ${index}`)
    for (const id of all) await checkpoints.put(id, saved(large))
    expect(ids()).toEqual(all.slice(1))
    // one that is larger than all of the room is not kept, and drives no other out
    await checkpoints.put('huge', saved(limits.keptBytes + 4))
    expect(ids()).toEqual(all.slice(1))
    expect(checkpoints.has('huge')).toBe(false)
    // and without the disk, two large ones are left
    const inMemory = await Checkpoints.open('build')
    for (const id of all) await inMemory.put(id, saved(large))
    expect(all.filter((id) => inMemory.has(id))).toEqual(all.slice(-2))
  })

  it('are in memory where there is no IndexedDB', async () => {
    // as here, in Node
    expect('indexedDB' in globalThis).toBe(false)
    const checkpoints = await Checkpoints.open('build', indexedStorage())
    await checkpoints.put('run', saved())
    expect(await checkpoints.get('run')).toEqual(saved())
    await checkpoints.discard('run')
    expect(checkpoints.has('run')).toBe(false)
  })

  it('are in memory where the disk is full or forbidden', async () => {
    const { storage } = madeUpStorage()
    const refused = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'))
    for (const broken of [{ set: refused }, { keys: refused, set: refused, delete: refused }]) {
      const checkpoints = await Checkpoints.open('build', { ...storage, ...broken })
      await checkpoints.put('run', saved())
      expect(await checkpoints.get('run')).toEqual(saved())
    }
  })

  it('do not wait for ever for a browser that gives no answer', async () => {
    vi.useFakeTimers()
    try {
      const { storage } = madeUpStorage()
      const opening = Checkpoints.open('build', { ...storage, keys: () => new Promise(() => {}) })
      await vi.advanceTimersByTimeAsync(3000)
      const checkpoints = await opening
      await checkpoints.put('run', saved())
      expect(await checkpoints.get('run')).toEqual(saved())
    } finally {
      vi.useRealTimers()
    }
  })
})
