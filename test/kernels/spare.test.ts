/** Spare backends: threads with a memory of their own, where threads cannot share one. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { patience } from '../../src/compute/wasm/spare.ts'
import { codeOf } from '../../src/faults.ts'
import { startedWorkers } from '../browser/startedWorkers.ts'

let backend: Backend | undefined
beforeEach(() => vi.stubGlobal('crossOriginIsolated', false))
afterEach(() => {
  backend?.dispose()
  backend = undefined
  vi.unstubAllGlobals()
})

async function started(threads: number): Promise<readonly Backend[]> {
  backend = await createWasmBackend({ threads })
  return backend.spareBackends()
}

/** Random numbers [300, 40], their products with themselves, and the losses of the first rows. */
async function numbersOf(one: Backend) {
  const [rows, columns] = [100, 40]
  const drawn = one.createTensor([rows, columns])
  one.randomNormal(drawn, { seed: 4, stream: 2 })
  const product = one.createTensor([rows, rows])
  const [left, output] = [
    { tensor: drawn, rows, columns },
    { tensor: product, rows, columns: rows },
  ]
  one.modelProduct({ models: 1, output, left, right: left, transposeRight: true })
  const words = one.upload(
    Uint32Array.from({ length: 16 }, (_, token) => token),
    [16],
  )
  const hidden = one.upload(new Float32Array(16 * columns).fill(0.1), [16, columns])
  const state = one.createLogitLossState(16, 2, 20, 10)
  one.logitLoss({
    ...{ hidden, table: drawn, words: rows, firstWord: 0, targets: words, inputs: words },
    ...{ scales: [1, 0.5], vocabulary: rows, histogramRange: 3, state },
  })
  const results = [await one.read(drawn), await one.read(product), await one.readLogitLoss(state)]
  for (const made of [drawn, product, words, hidden, state]) made.dispose()
  await one.finished()
  return results
}

describe('spare backends', () => {
  it('come to the same bits as the backend that has them', async () => {
    const spares = await started(3)
    expect(spares).toHaveLength(2)
    const own = await numbersOf(backend!)
    for (const spare of spares) expect(await numbersOf(spare)).toEqual(own)
  })

  it('are none where one thread is wanted, and where threads share a memory', async () => {
    expect(await started(1)).toEqual([])
    backend?.dispose()
    vi.unstubAllGlobals()
    expect(await started(2)).toEqual([])
    expect(backend!.threads).toBe(2)
  })

  it('throw the fault of an operation with the next answer', async () => {
    const [spare] = await started(2)
    const [small, large] = [spare.createTensor([2, 3]), spare.createTensor([4, 3])]
    spare.gelu(small, large)
    await expect(spare.finished()).rejects.toThrow(/^gelu: /)
    await expect(spare.finished()).rejects.toThrow(RangeError)
  })

  it('refuse a shape and data at once', async () => {
    const [spare] = await started(2)
    expect(() => spare.createTensor([0, 3])).toThrow(RangeError)
    expect(() => spare.upload(new Float32Array(5), [2, 3])).toThrow('upload: data [5] does not fill')
  })

  it('are fewer where a script does not start', async () => {
    const Real = globalThis.Worker
    let count = 0
    vi.stubGlobal(
      'Worker',
      class extends Real {
        constructor(script: string | URL, options?: WorkerOptions) {
          super(count++ === 0 ? 'data:text/javascript,throw Error("no")' : script, options)
        }
      },
    )
    expect(await started(3)).toHaveLength(1)
  })

  it('are lost when their thread ends', async () => {
    const workers = startedWorkers()
    const [first, second] = await started(3)
    const code = (answer: Promise<unknown>) => answer.then(() => 'answered', codeOf)
    workers[0].dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }))
    expect(await code(first.finished())).toBe('lost')
    await expect(first.finished()).rejects.toThrow('A computing thread has ended: out of memory.')
    const { wait } = patience
    patience.wait = 100
    try {
      expect(await code(second.finished())).toBe('answered')
      workers[1].terminate()
      expect(await code(second.finished())).toBe('lost')
    } finally {
      patience.wait = wait
    }
  })
})
