/**
 * Spare backends: each has a thread and a memory of its own, for work whose parts need nothing of each other. Where
 * threads cannot share a memory, no other way leads to more cores than one.
 */
import { coded, errorOf, sentence } from '../../faults.ts'
import * as Comlink from '../../threads.ts'
import type { Backend, Core } from '../backend.ts'
import { type ElementKind, elementCount, filledCount, type Tensor } from '../tensor.ts'
import * as operations from './operations/index.ts'
import { type Reference, replaced } from './spareMessages.ts'
import type { SpareThread } from './spareWorker.ts'
import script from './spareWorker.ts?worker&url'

/** Milliseconds of each of the two waits for an answer. Tests have less patience. */
export const patience = { wait: 10_000 }

const lost = (why: string) => coded('lost', new Error(sentence(`A computing thread has ended: ${why}`)))

/** Starts so many spare backends. There are fewer where some do not start. */
export async function startSpares(count: number, relaxed: boolean): Promise<Backend[]> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, async () => {
      const core = new SpareCore(Comlink.startWorker(script, 'natlab computing thread'))
      try {
        await core.open(relaxed)
      } catch (fault) {
        core.dispose()
        throw fault
      }
      return Object.assign(core, operationsOn(core)) as unknown as Backend
    }),
  )
  return started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

/** The operations: those that make an object, those that answer, and those that only change what there is. */
const operationsOn = (core: SpareCore) =>
  Object.fromEntries(
    Object.keys(operations).map((name) => {
      if (name.startsWith('create')) return [name, (...given: unknown[]) => core.make(name, given)]
      if (name.startsWith('read')) return [name, (...given: unknown[]) => core.ask(name, given)]
      return [name, (...given: unknown[]) => core.send(name, given)]
    }),
  )

/** An object in the memory of a spare backend: the other threads know its number. */
class Made implements Reference {
  constructor(
    readonly reference: number,
    private readonly core: SpareCore,
  ) {}

  dispose(): void {
    this.core.drop(this.reference)
  }
}

const isMade = (value: object): value is Made => value instanceof Made

class SpareCore implements Core {
  readonly kind = 'wasm'
  readonly adapter = 'WebAssembly SIMD, 1 thread'
  readonly software = false
  readonly threads = 1
  readonly spareThreads = 0
  onOneThread = true
  readonly spareBackends = async () => []
  readonly latency = 0
  readonly compiling = 0
  readonly maximumTensorBytes = Number.POSITIVE_INFINITY
  readonly memoryBytes = Number.POSITIVE_INFINITY
  /** Never resolves: the loss of the thread is the fault of the next answer. */
  readonly lost = new Promise<string>(() => {})
  private readonly remote: Comlink.Remote<SpareThread>
  private readonly ended: Promise<never>
  private fault: Error | undefined
  private count = 0
  private disposed = false

  constructor(private readonly worker: Worker) {
    this.remote = Comlink.wrap<SpareThread>(worker)
    this.ended = new Promise((_, reject) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault()
        reject(lost(event.message || 'its script did not start'))
      })
    })
    this.note(this.ended)
  }

  open(relaxed: boolean): Promise<void> {
    return Promise.race([this.remote.open(relaxed), this.ended])
  }

  /** Keeps the fault of a call that has no answer, for the next one that has. */
  private note(call: Promise<unknown>): void {
    call.catch((fault: unknown) => {
      this.fault ??= errorOf(fault)
    })
  }

  private sent(given: readonly unknown[]): unknown[] {
    return replaced(given, isMade, ({ reference }) => ({ reference })) as unknown[]
  }

  send(name: string, given: readonly unknown[]): void {
    this.note(this.remote.call(name, this.sent(given)))
  }

  make(name: string, given: readonly unknown[]): Made {
    const number = ++this.count
    this.note(this.remote.call(name, this.sent(given), number))
    return new Made(number, this)
  }

  async ask(name: string, given: readonly unknown[]): Promise<unknown> {
    const answer = await this.inTime(this.remote.call(name, this.sent(given)))
    if (this.fault) throw this.fault
    return answer
  }

  /** Rejects once the thread is silent too long. A page that was frozen wakes up in one of the waits, not in both. */
  private async inTime(call: Promise<unknown>): Promise<unknown> {
    const answer = call.then((value) => ({ value }))
    for (let wait = 0; wait < 2; wait++) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const silence = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), patience.wait)
      })
      const first = await Promise.race([answer, this.ended, silence]).finally(() => clearTimeout(timer))
      if (first) return first.value
    }
    throw lost('it does not answer')
  }

  drop(made: number): void {
    if (!this.disposed) this.note(this.remote.drop(made))
  }

  createTensor(shape: readonly number[], kind: ElementKind = 'float32'): Tensor {
    elementCount('createTensor', shape)
    return Object.assign(this.make('createTensor', [shape, kind]), { shape: [...shape], kind })
  }

  upload(data: Float32Array | Uint32Array, shape: readonly number[]): Tensor {
    filledCount('upload', shape, data)
    const kind = data instanceof Uint32Array ? 'uint32' : 'float32'
    return Object.assign(this.make('upload', [data, shape]), { shape: [...shape], kind } as const)
  }

  read(tensor: Tensor): Promise<Float32Array | Uint32Array> {
    return this.ask('read', [tensor]) as Promise<Float32Array | Uint32Array>
  }

  async finished(): Promise<void> {
    await this.ask('finished', [])
  }

  async timed(work: () => void): Promise<number> {
    return this.deviceTime(async () => {
      work()
      await this.finished()
    })
  }

  async deviceTime(run: () => Promise<unknown>): Promise<number> {
    const start = performance.now()
    await run()
    return performance.now() - start
  }

  dispose(): void {
    this.disposed = true
    this.remote[Comlink.releaseProxy]()
    this.worker.terminate()
  }
}
