/** A race of backends: each computes the same steps of the open lab, in turns, each on a clock of its own. */
import type { Backend, BackendKind } from '../compute/backend.ts'
import { codeOf, errorOf } from '../faults.ts'
import { inTime } from '../inTime.ts'
import type { Experiment, ExperimentModule, Metrics } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { createBackend, preloadBackend } from './backendChoice.ts'
import { adapterFor, threadsFor } from './computingThreads.ts'
import { nextTask } from './pulse.ts'
import type { BackendRaceOptions, BackendRaceRow, BackendRaceState, LanePhase } from './raceProtocol.ts'
import type { Steering } from './steering.ts'
import { type Lane, type Runner, Turns } from './turns.ts'

/** Seconds that may pass until the first step is done: it compiles, and draws what all others need. */
const longestStart = 60
/** Seconds for what the lab computes beside the first state: the race does not wait longer for it. */
const longestRest = 5
/** Milliseconds between two reports. */
const reportEvery = 50

class NothingToRace extends RangeError {}

/** One of those that race: a backend with a run of its own. */
class Contestant implements Runner {
  phase: LanePhase = 'waiting'
  lane: Lane | undefined
  metrics: Metrics = {}
  error: string | undefined
  private backend: Backend | undefined
  private experiment: Experiment | undefined
  private start = 0

  constructor(
    readonly kind: BackendKind,
    private readonly module: ExperimentModule,
    /** Of WebAssembly; without a number as many as it would use by itself. */
    private readonly threads?: number,
  ) {}

  /** The same as the one on one thread, because there is only one, or none is open yet. */
  get doubled(): boolean {
    return this.kind === 'wasm' && this.threads === undefined && this.computing === 1
  }

  private get computing(): number {
    return this.backend ? threadsFor(this.module, this.backend) : (this.threads ?? 1)
  }

  get steps(): number {
    const { experiment } = this
    return experiment ? experiment.step + (experiment.partOfStep ?? 0) - this.start : 0
  }

  get latency(): number {
    return this.backend?.latency ?? 0
  }

  async open(gpu: GPU | undefined): Promise<void> {
    await preloadBackend(this.kind)
    this.backend = await createBackend(this.kind, gpu, { threads: this.threads })
  }

  /** Goes to the start line, which is behind the first step: that compiles. */
  async prepare(values: ParameterValues, steering: Steering): Promise<void> {
    const { backend, module } = this
    if (!backend) return
    const experiment = await this.unlessLost(module.createExperiment(backend, values))
    this.experiment = experiment
    const until = async (isDone: () => boolean, steps: () => number, seconds: number) => {
      const limit = performance.now() + 1000 * seconds
      while (!isDone()) {
        if (performance.now() > limit) return false
        await this.unlessLost(experiment.advance(steps(), reportEvery))
        await steering.stops()
        steering.check()
      }
      return true
    }
    const begin = performance.now()
    const left = () => longestStart - (performance.now() - begin) / 1000
    const late = () => new Error(`It was not ready within ${longestStart} seconds.`)
    if (
      !(await until(
        () => experiment.ready,
        () => 0,
        left(),
      ))
    )
      throw late()
    if (experiment.lastStep === 0)
      throw new NothingToRace('With these values the lab computes all at once: there are no steps to race.')
    await until(
      () => experiment.complete,
      () => 0,
      longestRest,
    )
    const isBehind = () => experiment.step >= 1 && experiment.ready
    if (!(await until(isBehind, () => Math.max(0, 1 - experiment.step), left()))) throw late()
    await this.settle()
    this.start = this.steps
    this.metrics = await experiment.metrics()
  }

  work(last: number, milliseconds: number): Promise<void> {
    const { experiment, start } = this
    if (!experiment) throw new Error('The run is not open.')
    return this.unlessLost(experiment.advance(Math.max(0, start + last - experiment.step), milliseconds))
  }

  async settle(): Promise<void> {
    if (this.backend) await this.unlessLost(this.backend.finished())
    // the results of what is finished are taken in tasks of their own
    await nextTask()
  }

  /** The answer of a backend, which may be lost meanwhile, or never answer. */
  private unlessLost<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const lost = this.backend?.lost.then((reason) => {
      throw new Error(reason)
    })
    return inTime(lost ? Promise.race([answer, lost]) : answer, 'It gave no answer', undefined, longestStart)
  }

  row(operations: number): BackendRaceRow {
    const { backend, lane, kind, phase, metrics, error } = this
    const millisecondsPerStep = lane?.millisecondsPerStep ?? Number.NaN
    return {
      kind,
      adapter: backend ? adapterFor(this.module, backend) : '',
      software: backend?.software ?? false,
      threads: this.computing,
      phase,
      steps: lane ? this.steps : 0,
      milliseconds: lane?.clock ?? 0,
      millisecondsPerStep,
      gigaflopsPerSecond: operations / millisecondsPerStep / 1e6,
      metrics,
      error,
    }
  }

  /** Frees everything, even after a loss. */
  dispose(): void {
    try {
      this.experiment?.dispose()
    } catch {
      // of a lost backend nothing needs to be freed
    }
    this.backend?.dispose()
    this.backend = undefined
  }
}

/** Calls `tell` with the state, at most every `reportEvery` milliseconds, and at once where it is asked for. */
function reporter(tell: (state: BackendRaceState) => void, state: () => BackendRaceState) {
  let told = Number.NEGATIVE_INFINITY
  return (atOnce = true) => {
    if (!atOnce && performance.now() - told < reportEvery) return
    told = performance.now()
    tell(state())
  }
}

/** Resolves with the rows once the race is over; rejects with an AbortError where `steering` ends it. */
export async function raceBackends(
  module: ExperimentModule,
  values: ParameterValues,
  gpu: GPU | undefined,
  options: BackendRaceOptions,
  steering: Steering,
  tell: (state: BackendRaceState) => void,
): Promise<readonly BackendRaceRow[]> {
  steering.check()
  let contestants = [
    new Contestant('wasm', module, 1),
    new Contestant('wasm', module),
    new Contestant('webgpu', module),
  ]
  let phase: BackendRaceState['phase'] = 'preparing'
  let turns: Turns | undefined
  const operations = module.stepOperations?.(values) ?? Number.NaN
  const rows = () => contestants.filter((one) => !one.doubled).map((one) => one.row(operations))
  const report = reporter(tell, () => ({ phase, finish: turns?.finish ?? options.steps, rows: rows() }))
  /** A fault of a contestant leaves the race to the others. */
  const orOut = async (one: Contestant, work: () => Promise<void>) => {
    try {
      await work()
    } catch (fault) {
      steering.check()
      if (codeOf(fault) === 'obsolete' || fault instanceof NothingToRace) throw fault
      one.phase = 'out'
      one.error = errorOf(fault).message
    }
    report()
    await steering.stops()
    steering.check()
  }
  try {
    // adapters and threads are known before anything compiles
    for (const one of contestants) await orOut(one, () => one.open(gpu))
    for (const one of contestants) if (one.doubled) one.dispose()
    contestants = contestants.filter((one) => !one.doubled)
    for (const one of contestants) {
      if (one.phase === 'out') continue
      one.phase = 'compiling'
      report()
      await orOut(one, async () => {
        await one.prepare(values, steering)
        one.phase = 'ready'
      })
    }
    const racing = contestants.filter((one) => one.phase === 'ready')
    const look = () => {
      for (const one of racing) one.phase = phaseOf(one.lane)
    }
    turns = new Turns(racing, {
      steps: options.steps,
      seconds: () => steering.seconds,
      now: () => performance.now(),
      interrupted: () => steering.stops(),
      async between() {
        await steering.stops()
        if (steering.holds) {
          phase = phase === 'preparing' ? 'ready' : 'held'
          report()
        }
        await steering.permission()
        if (phase === 'racing') return
        phase = 'racing'
        look()
        report()
      },
      moved() {
        look()
        report(false)
      },
    })
    for (const [index, one] of racing.entries()) one.lane = turns.lanes[index]
    await turns.run()
    for (const one of racing) if (one.lane?.fault) one.error = errorOf(one.lane.fault).message
    phase = 'over'
    look()
    report()
    return rows()
  } finally {
    for (const one of contestants) one.dispose()
  }
}

function phaseOf(lane: Lane | undefined): LanePhase {
  if (lane?.fault) return 'out'
  if (lane?.home) return 'home'
  return lane?.over ? 'short' : 'racing'
}
