/** One contestant, alone in its worker: no library can see another, and none runs on the page's thread. */
import { expose, transfer } from 'comlink'
import type { About, Contestant, Entry, Prepared, Task } from './contestant.ts'
import { countMemory, type MemoryCounter } from './memory.ts'

async function load({ library, backend, threads }: Entry): Promise<Contestant> {
  if (library === 'plain JavaScript') return (await import('./contestants/javascript.ts')).create()
  if (backend === 'none') throw new Error(`${library} needs a backend`)
  if (library === 'natlab') return (await import('./contestants/natlab.ts')).create(backend, threads)
  if (typeof threads === 'number') throw new Error(`${library} is not told a number of threads`)
  if (library === 'jax-js') return (await import('./contestants/jax.ts')).create(backend, threads)
  return (await import('./contestants/tensorflow.ts')).create(backend, threads)
}

/** Milliseconds of work before a warm run is timed. */
const leadTime = 30

let contestant: Contestant | undefined
let prepared: Prepared | undefined
let memory: MemoryCounter

const api = {
  async start(entry: Entry): Promise<About> {
    memory = countMemory()
    if (entry.threads === 'one') Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
    contestant = await load(entry)
    return contestant.about
  },

  async prepare(task: Task): Promise<void> {
    prepared = await contestant!.prepare(task)
  },

  /** Milliseconds of one run, which follows others at once, as the steps of a training do: all threads are awake. */
  async warmRun(): Promise<number> {
    const begin = performance.now()
    do await prepared!.run()
    while (performance.now() - begin < leadTime)
    return api.run()
  },

  /** Milliseconds of one run. */
  async run(): Promise<number> {
    const start = performance.now()
    await prepared!.run()
    return performance.now() - start
  },

  /** The result of the last run, and the gradient where there is one. */
  async results(): Promise<Float32Array[]> {
    const results = [await prepared!.result()]
    if (prepared!.gradient) results.push(await prepared!.gradient())
    return transfer(
      results,
      results.map(({ buffer }) => buffer),
    )
  },

  /** Of each kernel that was used, where it is known. */
  compileTimes(): Readonly<Record<string, number>> | undefined {
    return contestant!.compileTimes?.()
  },

  /**
   * The most bytes that were held beyond the inputs since it was last asked: everything the library holds, its
   * output and reserves included.
   */
  memoryBeyondInputs(): number {
    const bytes = memory.peak() - prepared!.inputBytes
    memory.restart()
    return bytes
  },
}

export type WorkerApi = typeof api
expose(api)
