/** Runs one case in the browser: starts its contestants, checks that they agree, then times them in turn. */
import { type Remote, wrap } from 'comlink'
import { busyShares } from './busyShare.ts'
import type { Case } from './cases.ts'
import type { About, Entry, Task } from './contestant.ts'
import type { WorkerApi } from './worker.ts'

export interface Timing {
  readonly entry: Entry
  readonly about?: About
  /** Why there is no figure. */
  readonly error?: string
  /** Milliseconds of the first run, with compilation. */
  readonly cold?: number
  /** Milliseconds of each later run. */
  readonly warm: readonly number[]
  /** Milliseconds from the request for each kernel until it was ready, of which several compile at the same time. */
  readonly compileTimes?: Readonly<Record<string, number>>
  /** Bytes held beyond the inputs, at most: while preparing and in the first run, and in the later runs. */
  readonly coldMemory?: number
  readonly memory?: number
  /** Largest difference from the reference, relative to the largest value of the result or of the gradient. */
  readonly difference?: number
}

export interface CaseResult {
  readonly name: string
  readonly task: Task
  readonly reference: string
  readonly timings: readonly Timing[]
}

/** Runs that are neither cold nor counted: V8 replaces its quick first code for WebAssembly meanwhile. */
const settlingRuns = 2

/** Float32 sums of about a thousand terms, in whatever order; a gradient's entries against its largest. */
const largestDifference = 1e-4

class Runner {
  readonly entry: Entry
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  readonly #api: Remote<WorkerApi> = wrap<WorkerApi>(this.#worker)
  /** A worker that cannot even load its script reports so only here. */
  readonly #failed = new Promise<never>((_, reject) => {
    this.#worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'))
  })
  #timing: Timing
  #output?: readonly Float32Array[]

  constructor(entry: Entry) {
    this.entry = entry
    this.#timing = { entry, warm: [] }
    this.#failed.catch(() => {})
  }

  async #attempt(step: () => Promise<Partial<Timing>>): Promise<void> {
    if (this.#timing.error) return
    try {
      this.#timing = { ...this.#timing, ...(await Promise.race([step(), this.#failed])) }
    } catch (error) {
      this.#timing = { ...this.#timing, error: error instanceof Error ? error.message : String(error) }
    }
  }

  first(task: Task): Promise<void> {
    return this.#attempt(async () => {
      const about = await this.#api.start(this.entry)
      await this.#api.prepare(task)
      const cold = await this.#api.run()
      const coldMemory = await this.#api.memoryBeyondInputs()
      this.#output = await this.#api.results()
      // reading back belongs to no run: it is left out of both
      await this.#api.memoryBeyondInputs()
      const compileTimes = await this.#api.compileTimes()
      return { about, cold, coldMemory, compileTimes }
    })
  }

  again(count: boolean): Promise<void> {
    return this.#attempt(async () => {
      const time = await this.#api.warmRun()
      return count ? { warm: [...this.#timing.warm, time] } : {}
    })
  }

  /** The time of a wrong result is worth nothing: then there is none. */
  compare(reference: readonly Float32Array[]): void {
    if (!this.#output) return
    const found = this.#output
    const distances = reference.map((values, index) => difference(found[index] ?? none, values))
    // not Math.max alone: a NaN has to show
    const wrong = distances.find((distance) => !(distance <= largestDifference))
    const distance = wrong ?? Math.max(...distances)
    const error = wrong === undefined ? undefined : `its result is off by ${wrong.toExponential(1)}`
    this.#timing = { ...this.#timing, difference: distance, error: this.#timing.error ?? error }
  }

  /** After the last run. */
  measureMemory(): Promise<void> {
    return this.#attempt(async () => ({ memory: await this.#api.memoryBeyondInputs() }))
  }

  get output() {
    return this.#output
  }

  end(): Timing {
    this.#worker.terminate()
    return this.#timing
  }
}

const none = new Float32Array()

function difference(values: Float32Array, reference: Float32Array): number {
  if (values.length !== reference.length) return Number.POSITIVE_INFINITY
  let largest = 0
  let scale = 0
  for (let index = 0; index < values.length; index++) {
    const distance = Math.abs(values[index] - reference[index])
    // not Math.max alone: a NaN has to show
    if (!(distance <= largest)) largest = distance
    scale = Math.max(scale, Math.abs(reference[index]))
  }
  return largest / scale
}

export async function runCase({ name, task, entries, aside, rounds }: Case): Promise<CaseResult> {
  const plain = aside.find(({ library }) => library === 'plain JavaScript')
  const scale = plain && new Runner(plain)
  await scale?.first(task)
  const runners = entries.map((entry) => new Runner(entry))
  for (const runner of runners) await runner.first(task)

  // the built-in generator draws other normals: there our two backends are compared with each other
  const loops = scale ?? runners.find(({ entry }) => entry.library === 'plain JavaScript')
  const judge =
    task.operation === 'randomNormal' || !loops?.output ? runners.find(({ output }) => output) : loops
  for (const runner of runners) if (judge?.output) runner.compare(judge.output)

  for (let round = -settlingRuns; round < rounds; round++)
    for (const runner of runners) await runner.again(round >= 0)
  for (const runner of runners) await runner.measureMemory()
  const timings = runners.map((runner) => runner.end())

  for (const entry of aside) {
    if (entry === plain) continue
    const runner = new Runner(entry)
    await runner.first(task)
    if (judge?.output) runner.compare(judge.output)
    for (let round = -settlingRuns; round < Math.min(rounds, 7); round++) await runner.again(round >= 0)
    await runner.measureMemory()
    timings.push(runner.end())
  }
  if (scale) timings.push(scale.end())
  const reference = judge
    ? `${judge.entry.library}${judge === loops ? ' (float64)' : `, ${judge.entry.backend}`}`
    : ''
  return { name, task, reference, timings }
}

Object.assign(window, { runCase, busyShares })
