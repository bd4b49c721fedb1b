/** The page's side of the engine when a run fails or the worker restarts; the worker is an engine behind a port. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { EngineClient } from '../../src/engine/client.ts'
import { Engine } from '../../src/engine/engine.ts'
import { coded } from '../../src/faults.ts'
import type { ExperimentModule } from '../../src/labs/experiment.ts'
import * as Comlink from '../../src/threads.ts'

/** For each worker: the provided data and the opened labs, in order. */
const workers: string[][] = []

function reading(happened: string[]): ExperimentModule {
  let words = 0
  return {
    parameters: [],
    async createExperiment() {
      happened.push('open')
      return {
        step: 0,
        ready: true,
        progress: 1,
        complete: true,
        lastStep: 1,
        async advance() {
          if (words === 13) throw coded('tryAgain', new RangeError('it is an unlucky text'))
        },
        update() {},
        frame: async () => ({ metrics: { words }, data: null, transfer: [] }),
        metrics: async () => ({ words }),
        dispose() {},
      }
    },
    calibratedDefaults: async () => ({}),
    createHotLoop: () => Promise.reject(new Error('nothing to time')),
    async provide(name, bytes) {
      if (bytes.length === 0) throw new RangeError('The file is empty.')
      happened.push(name)
      words = bytes.length
      return words
    },
  }
}

class WorkerEngine extends Engine {
  async nextTransferredFrame() {
    return (await this.nextFrame()).frame
  }
}

const { Worker: RealWorker } = globalThis

/** Called with `new`: a port that can be terminated, as a worker can. The engine's threads are real workers. */
function startWorker(script: string, options: WorkerOptions) {
  if (options.name !== 'natlab engine') return new RealWorker(script, options)
  const { port1, port2 } = new MessageChannel()
  const happened: string[] = []
  workers.push(happened)
  const experimentModule = reading(happened)
  const engine = new WorkerEngine(undefined, { reading: async () => experimentModule })
  Comlink.expose(engine, port1)
  const worker = Object.assign(port2, { terminate: () => engine.dispose() })
  crash = (message) => worker.dispatchEvent(new ErrorEvent('error', { message }))
  return worker
}

/** Lets the newest worker throw. */
let crash = (_message: string) => {}

beforeAll(() => {
  vi.stubGlobal('Worker', startWorker)
})
afterAll(() => {
  vi.unstubAllGlobals()
})

it('brings the last of what was brought along, before it opens the lab again', async () => {
  const client = new EngineClient()
  await client.open('reading', {}, 'wasm')
  expect(await client.provide('reading', 'first', new Uint8Array(100))).toBe(100)
  expect(await client.provide('reading', 'second', new Uint8Array(3))).toBe(3)
  // refused data replace nothing
  await expect(client.provide('reading', 'third', new Uint8Array(0))).rejects.toThrow(RangeError)
  await client.restart()
  expect(workers).toEqual([
    ['open', 'first', 'second'],
    ['second', 'open'],
  ])
  expect(await client.metrics()).toEqual({ words: 3 })
  client.dispose()
})

it('tells of a failed run with the fault’s class and code, and so do the calls that it ends', async () => {
  const client = new EngineClient()
  const told = new Promise<Error>((resolve) => client.onError(resolve))
  await client.open('reading', {}, 'wasm')
  await client.provide('reading', 'unlucky', new Uint8Array(13))
  const fault = { name: 'RangeError', message: 'it is an unlucky text', code: 'tryAgain' }
  await expect(client.run(1)).rejects.toMatchObject(fault)
  expect(await told).toMatchObject(fault)
  await expect(client.metrics()).rejects.toBeInstanceOf(RangeError)
  client.dispose()
})

it.each([
  ['open', (client: EngineClient) => client.open('reading', {}, 'wasm')],
  ['set', (client: EngineClient) => client.set({ live: 1 })],
  ['use', (client: EngineClient) => client.use('wasm')],
  ['run', (client: EngineClient) => client.run(0)],
  ['reset', (client: EngineClient) => client.reset()],
  ['play', (client: EngineClient) => client.play()],
])('computes on after its worker threw, with what was brought along: %s', async (_, call) => {
  const client = new EngineClient()
  await client.open('reading', {}, 'wasm')
  await client.provide('reading', 'text', new Uint8Array(5))
  const told = new Promise<Error>((resolve) => client.onError(resolve))
  const waiting = client.metrics()
  crash('it fell over')
  expect((await told).message).toBe('it fell over')
  await waiting.catch(() => {})
  const count = workers.length
  const frame = new Promise((resolve) => client.onFrame(resolve))
  await call(client)
  expect(workers.length).toBe(count + 1)
  expect(workers.at(-1)!.slice(0, 2)).toEqual(['text', 'open'])
  expect(await client.metrics()).toEqual({ words: 5 })
  expect(await frame).toMatchObject({ lab: 'reading' })
  client.dispose()
})

it('starts one worker for several calls after a crash, and the last of them counts', async () => {
  const client = new EngineClient()
  await client.open('reading', {}, 'wasm')
  client.onError(() => {})
  crash('it fell over')
  const count = workers.length
  await Promise.all([client.open('reading', {}, 'wasm'), client.set({ live: 1 }), client.run(0)])
  expect(workers.length).toBe(count + 1)
  client.dispose()
})
