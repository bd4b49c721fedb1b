/**
 * Saved runs, by an id that says which run it is and how far it has come. The newest are in memory. Where the browser
 * has IndexedDB and permits it, they are kept there too, and found again after a reload. Everything here can be lost at
 * any time: the run is trained again then.
 */
import { createStore, del, get, keys, set } from 'idb-keyval'
import { bytesOf } from '../bytes.ts'
import { inTime } from '../inTime.ts'

/** Where checkpoints outlive the page. Keys are plain data. Every function may reject. */
export interface Storage {
  keys(): Promise<readonly unknown[]>
  get(key: Place): Promise<unknown>
  set(key: Place, saved: unknown): Promise<unknown>
  delete(key: unknown): Promise<unknown>
}

/**
 * The key of a kept checkpoint: build of the program, id, time, bytes. So the list of keys tells what there is, how old
 * it is and how large, and no value has to be read for that.
 */
type Place = [build: string, id: string, time: number, bytes: number]

const mebibyte = 2 ** 20
/** A sweep of 68 models takes 49 MiB, three models 4 MiB, two language models 3 MiB. */
export const limits = { memoryBytes: 64 * mebibyte, keptBytes: 160 * mebibyte, kept: 12 }

/** Longest wait in seconds for IndexedDB: it holds up a step that could begin to train. */
const longestListing = 2

/** What IndexedDB has for natlab, of all its builds. */
export function indexedStorage(): Storage {
  const store = createStore('natlab', 'checkpoints')
  return {
    keys: () => keys(store),
    get: (key) => get(key, store),
    set: (key, saved) => set(key, saved, store),
    delete: (key) => del(key as IDBValidKey, store),
  }
}

export class Checkpoints {
  /** Oldest first. */
  private readonly memory = new Map<string, unknown>()
  /** The kept ones of this build. */
  private readonly places: Place[] = []

  private constructor(
    private readonly build: string,
    private storage: Storage | undefined,
  ) {}

  /** @param build a name of this version of the program: another one computes other numbers */
  static async open(build: string, storage?: Storage): Promise<Checkpoints> {
    const checkpoints = new Checkpoints(build, storage)
    if (!storage) return checkpoints
    await checkpoints.list(storage).catch(() => {
      checkpoints.storage = undefined
    })
    return checkpoints
  }

  /** Lists what is kept, and deletes what is old or foreign. */
  private async list(storage: Storage): Promise<void> {
    // a browser may never answer
    const all = await inTime(storage.keys(), 'no answer of IndexedDB came', undefined, longestListing)
    const isOwn = (key: unknown): key is Place =>
      Array.isArray(key) && key.length === 4 && key[0] === this.build && typeof key[1] === 'string'
    for (const key of all) if (!isOwn(key)) storage.delete(key).catch(() => {})
    this.places.push(...all.filter(isOwn))
  }

  private placeOf(id: string): Place | undefined {
    return this.places.find((place) => place[1] === id)
  }

  has(id: string): boolean {
    return this.memory.has(id) || this.placeOf(id) !== undefined
  }

  /** A copy of what was saved; undefined if it is not here, or not as it was. */
  async get(id: string): Promise<unknown> {
    const known = this.memory.get(id)
    if (known !== undefined) return structuredClone(known)
    const place = this.placeOf(id)
    if (!place) return undefined
    const read = this.storage?.get(place)
    const saved = read && (await inTime(read, 'no answer of IndexedDB came').catch(() => undefined))
    if (saved === undefined || bytesOf(saved) !== place[3]) {
      await this.discard(id)
      return undefined
    }
    this.remember(id, saved)
    return structuredClone(saved)
  }

  private remember(id: string, saved: unknown): void {
    const { memory } = this
    memory.delete(id)
    memory.set(id, saved)
    let bytes = bytesOf([...memory.values()])
    for (const [oldest, one] of memory) {
      if (bytes <= limits.memoryBytes) break
      memory.delete(oldest)
      bytes -= bytesOf(one)
    }
  }

  /** Keeps what was saved, where there is room. It may not change any more. */
  async put(id: string, saved: unknown): Promise<void> {
    this.remember(id, saved)
    const { storage, places } = this
    const bytes = bytesOf(saved)
    if (!storage || bytes > limits.keptBytes || this.placeOf(id)) return
    const sum = () => places.reduce((total, place) => total + place[3], bytes)
    const isOver = () => places.length >= limits.kept || sum() > limits.keptBytes
    places.sort((one, other) => one[2] - other[2])
    try {
      while (isOver()) await storage.delete(places.shift())
      const place: Place = [this.build, id, Date.now(), bytes]
      await storage.set(place, saved)
      places.push(place)
    } catch {
      // there is no room on the disk, or no permission: memory has it
    }
  }

  /** Forgets a checkpoint from which a run does not go on. */
  async discard(id: string): Promise<void> {
    this.memory.delete(id)
    for (let place = this.placeOf(id); place; place = this.placeOf(id)) {
      this.places.splice(this.places.indexOf(place), 1)
      await this.storage?.delete(place).catch(() => {})
    }
  }
}
