/** A team whose threads do not start, end while there is nothing to do, or end in the middle of their work. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { Calls } from '../../src/compute/wasm/calls.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { patience } from '../../src/compute/wasm/team.ts'
import { Engine } from '../../src/engine/engine.ts'
import { experiments } from '../../src/engine/experiments.ts'

/** The workers that are started from now on, of which `refused` get a script that does not exist. */
function watchWorkers(refused = 0) {
  const Real = globalThis.Worker
  const workers: Worker[] = []
  const ended: Worker[] = []
  class Watched extends Real {
    constructor(script: string | URL, options?: WorkerOptions) {
      super(workers.length < refused ? '/there-is-no-such-script.js' : script, options)
      workers.push(this)
    }

    override terminate(): void {
      ended.push(this)
      super.terminate()
    }
  }
  vi.stubGlobal('Worker', Watched)
  return { workers, ended }
}

beforeEach(() => {
  Object.assign(patience, { waits: 5, lookTime: 100 })
})
afterEach(() => {
  Object.assign(patience, { waits: 50, lookTime: 1000 })
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const [rows, inner, columns] = [201, 307, 211]
const values = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 7919) % 1013) / 1013 - 0.5)

function product(backend: Backend) {
  const matrices = (high: number, wide: number) => ({
    ...{ tensor: backend.upload(values(high * wide), [high, wide]), rows: high, columns: wide },
  })
  const [left, right] = [matrices(rows, inner), matrices(inner, columns)]
  const output = matrices(rows, columns)
  return {
    run: () => backend.modelProduct({ models: 1, output, left, right }),
    result: () => backend.read(output.tensor),
  }
}

async function alone() {
  const one = await createWasmBackend({ threads: 1 })
  const { run, result } = product(one)
  run()
  const numbers = await result()
  one.dispose()
  return numbers
}

/** A thread that has taken a call and ends: nobody will ever do it. */
function takeOneCall(): void {
  const publish = Calls.prototype.publish
  vi.spyOn(Calls.prototype, 'publish').mockImplementationOnce(function (this: Calls, ...given) {
    publish.apply(this, given)
    Atomics.sub(new Int32Array(this.block), 0, 1)
  })
}

describe('a team', () => {
  it('has as many threads as could start, says so, and computes the same', async () => {
    const { workers, ended } = watchWorkers(2)
    const team = await createWasmBackend({ threads: 4 })
    expect(workers.length).toBe(3)
    expect(team.threads).toBe(2)
    expect(ended.length).toBe(2)
    expect(team.fewerThreads).toMatch(/^2 of 4 threads compute\./)
    const { run, result } = product(team)
    run()
    expect(await result()).toEqual(await alone())
    team.dispose()
    expect(ended.length).toBe(3)
  })

  it('is one thread where none could start', async () => {
    watchWorkers(2)
    const team = await createWasmBackend({ threads: 3 })
    expect(team.threads).toBe(1)
    expect(team.fewerThreads).toMatch(/^1 of 3 threads compute\./)
    const { run, result } = product(team)
    run()
    expect(await result()).toEqual(await alone())
    team.dispose()
  })

  it('goes on without a thread that has ended between two operations, and counts it out', async () => {
    const { workers } = watchWorkers()
    const team = await createWasmBackend({ threads: 3 })
    const { run, result } = product(team)
    run()
    workers[0].terminate()
    const expected = await alone()
    const begin = performance.now()
    do {
      run()
      // whether a thread has ended is asked now and then
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await result()).toEqual(expected)
    } while (team.threads === 3 && performance.now() - begin < 20_000)
    expect(team.threads).toBe(2)
    expect(team.fewerThreads).toMatch(/^2 of 3 threads compute\./)
    run()
    expect(await result()).toEqual(expected)
    team.dispose()
  })

  it('does not wait for ever for a thread that has ended in the middle of its work', async () => {
    const team = await createWasmBackend({ threads: 2 })
    const { run } = product(team)
    takeOneCall()
    expect(run).toThrow(/thread has ended in the middle of its work/)
    expect(await team.lost).toMatch(/thread has ended/)
    // its numbers are half of one operation
    expect(run).toThrow(/thread has ended/)
    team.dispose()
  })

  it('ends all its threads when it is disposed of, and gives its memory back', async () => {
    const { workers, ended } = watchWorkers()
    const team = await createWasmBackend({ threads: 4 })
    team.dispose()
    expect(ended).toEqual(workers)
    expect(() => team.createTensor([1])).toThrow('disposed of')
  })
})

describe('a run on a team', () => {
  const small = { dModel: 64, vocab: 4000, tokens: 16, seed: 3 }

  it('is replayed with new threads after one was lost, and then on one thread, to the same numbers', async () => {
    const { ended } = watchWorkers()
    const engine = new Engine(undefined, experiments)
    const notices: string[] = []
    engine.onNotice((message, { threads }) => notices.push(`${message} (${threads})`))
    const told = async () => {
      const { milliseconds: _, ...metrics } = await engine.metrics()
      return metrics
    }
    await engine.open('init', small, 'wasm', 0, 2)
    await engine.run(3)
    const expected = await told()
    await engine.reset()
    takeOneCall()
    await engine.run(3)
    expect(await told()).toEqual(expected)
    expect(notices).toEqual([
      'A computing thread has ended in the middle of its work, which is lost. New threads were started, and the run is replayed. (2)',
    ])
    await engine.reset()
    takeOneCall()
    await engine.run(3)
    expect(await told()).toEqual(expected)
    expect(notices[1]).toMatch(/One thread computes now, and the run is replayed\. \(1\)$/)
    engine.dispose()
    expect(ended.length).toBe(2)
  })

  it('refuses a number of threads that there cannot be, and goes on as before', async () => {
    const engine = new Engine(undefined, experiments)
    await engine.open('init', small, 'wasm', 0, 2)
    await engine.run(1)
    const before = await engine.metrics()
    await expect(engine.use('wasm', 17)).rejects.toThrow(
      'threads must be a whole number from 1 to 16, not 17.',
    )
    expect(await engine.metrics()).toEqual(before)
    expect((await engine.use('wasm')).threads).toBe(2)
    engine.dispose()
  })
})
