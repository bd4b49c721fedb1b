/**
 * Owns the backend and the experiment, and advances it in a time budget so that it can be changed and drawn at
 * any moment. Runs in a worker in the page; needs nothing but a `GPU` object (or none).
 *
 * One long class, because everything in it guards one state: which run there is, who waits for it, and what
 * the page has been shown of it.
 */
import type { Backend } from '../compute/backend.ts'
import { coded, obsolete, sentence } from '../faults.ts'
import type { Experiment, ExperimentModule, Metrics } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { defaults, restartsRun } from '../labs/validation.ts'
import { loadPart } from '../part.ts'
import { Waiting } from '../waiting.ts'
import { type ChosenBackend, chooseBackend, describe, faultOf, replacement } from './backendChoice.ts'
import { PagePause } from './pagePause.ts'
import { PlayClock } from './playClock.ts'
import type { Preparation, Shown } from './preparation.ts'
import {
  awaitedBackend,
  type BackendChoice,
  type BackendInfo,
  type CompareProgress,
  type CompareRequest,
  type CompareRow,
  type EngineApi,
  type EngineFrame,
  type OpenResult,
  type Plan,
} from './protocol.ts'
import { nextTask, Pulse } from './pulse.ts'
import type {
  BackendRaceOptions,
  BackendRaceOrder,
  BackendRaceRow,
  BackendRaceState,
} from './raceProtocol.ts'
import { Steering } from './steering.ts'

/**
 * Milliseconds of work between two checks for messages: the time of one answer of the backend, within these bounds. The
 * upper bound is the frame time of a page that draws ten times a second.
 */
const budget = { least: 12, most: 100 }
/**
 * Milliseconds, beyond the time of two answers, for which the page may show an outdated state. A new value waits this
 * long for a whole result of the current run. So a drag shows whole results where they are quick, and partial results
 * elsewhere.
 */
const patience = 90

/** Milliseconds without a hand on the page before something is trained for later steps of the story. */
const rest = 500

/** All values of a lab: the given ones, then defaults calibrated on this backend, then the table's defaults. */
async function completed(
  { parameters, calibratedDefaults }: ExperimentModule,
  given: ParameterValues,
  backend: Backend,
): Promise<ParameterValues> {
  const values = defaults(parameters, given)
  const missing = parameters.some(({ id }) => !(id in given))
  return missing ? { ...values, ...(await calibratedDefaults(backend, values, given)), ...given } : values
}

/** A frame and the buffers inside it that may be moved instead of copied. */
export interface FrameWithTransfer {
  readonly frame: EngineFrame
  readonly transfer: Transferable[]
}

interface Run {
  /** The last step; known once all earlier requests are done. */
  target?: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

export class Engine implements EngineApi {
  private lab = ''
  private experimentModule: ExperimentModule | undefined
  private experiment: Experiment | undefined
  private values: ParameterValues = {}
  private chosen: ChosenBackend | undefined
  private choice: BackendChoice = 'automatic'
  /** Threads that the user has chosen for WebAssembly. */
  private threads: number | undefined
  /** Threads of which the page knows. */
  private toldThreads = 0
  private playing = false
  private visible = true
  private stepsPerSecond = Number.POSITIVE_INFINITY
  private nextStepAt = 0
  private runCount = 0
  /** Counts opened labs: a value that was set for one lab does not reach the next. */
  private openings = 0
  /** Rejects the opening that is under way: a newer one does not wait for what it waits for. */
  private overtake = () => {}
  private readonly waiting = new Waiting()
  /** The step that a run on another backend has to reach again first. */
  private replayTo = 0
  private pendingRun: Run | undefined
  /** When the current run began. */
  private startedAt = 0
  /** New values are applied, and the page is told after the next steps. */
  private untold = false
  /** Lets the steps wait while the page draws the first frame with such values. */
  private readonly pagePause = new PagePause()
  /** Since when the page shows an outdated state; undefined while it shows the present one. */
  private staleSince: number | undefined
  private readonly pulse = new Pulse()
  private deliveredVersion = -1
  private failure: unknown
  private deliveredFailure: unknown
  private compareAborted = false
  /** The race of backends that is under way. */
  private race: Steering | undefined
  private disposed = false
  /** Trains for later steps of the story; loaded once one needs something. */
  private preparation: Preparation | undefined
  /** No hand is on the page from this time on. */
  private quietUntil = 0
  /** `Shown.pure` */
  private pure = true
  private readonly clock = new PlayClock()
  private queue: Promise<unknown> = Promise.resolve()
  private settings: Promise<unknown> = Promise.resolve()
  private notify: (message: string, backend: BackendInfo) => void = () => {}

  constructor(
    private readonly gpu: GPU | undefined,
    private readonly experiments: Readonly<Record<string, () => Promise<ExperimentModule>>>,
    /** A name of this version of the program, under which runs are kept for the next visit; else they are not. */
    private readonly build?: string,
  ) {
    void this.loop()
  }

  // ---- one thing at a time -------------------------------------------------------------------------------

  /** Runs `work` after all earlier requests; nothing else touches the experiment meanwhile. */
  private exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(work)
    this.queue = result.catch(() => {})
    return result
  }

  private changed(): void {
    this.staleSince ??= performance.now()
    this.pulse.change()
  }

  /**
   * Number of steps that may be done now; 0 to complete the current state only. An object holds the time to wait until;
   * undefined if there is nothing to do.
   */
  private due(): number | undefined | { readonly until: number } {
    const { experiment } = this
    if (!experiment || this.failure) return undefined
    if (experiment.step < this.replayTo) return this.replayTo - experiment.step
    const target = this.pendingRun?.target
    if (target !== undefined) return Math.max(0, target - experiment.step)
    if (!experiment.ready) return 0
    const left = experiment.lastStep - experiment.step
    if (this.playing && this.visible && left > 0) {
      const { until } = this.pagePause
      if (performance.now() < until) return { until }
      if (this.stepsPerSecond === Number.POSITIVE_INFINITY) return left
      if (performance.now() >= this.nextStepAt) return 1
    } else if (experiment.complete) {
      return undefined
    }
    return experiment.complete ? { until: this.nextStepAt } : 0
  }

  /** Milliseconds that an answer of the backend takes. */
  private get latency(): number {
    return this.chosen?.backend.latency ?? 0
  }

  private get patience(): number {
    return patience + 2 * this.latency
  }

  /** The run plays, and the next steps follow without a pause. */
  private get playsOnAtOnce(): boolean {
    return this.stepsPerSecond === Number.POSITIVE_INFINITY && typeof this.due() === 'number' && this.playing
  }

  private async loop(): Promise<void> {
    while (!this.disposed) {
      const due = this.due()
      if (due === undefined) await this.workBeside()
      else if (typeof due === 'object')
        await this.pulse.since(this.pulse.version, due.until - performance.now())
      else await this.exclusive(() => this.tick())
      await nextTask()
    }
  }

  private async tick(): Promise<void> {
    const steps = this.due()
    const { experiment } = this
    if (typeof steps !== 'number' || !experiment) return
    const { step, ready, news } = experiment
    const { playing } = this
    const begin = performance.now()
    this.leaveCore()
    try {
      await experiment.advance(steps, Math.min(budget.most, Math.max(budget.least, this.latency)))
      if (experiment.step !== step)
        this.nextStepAt = Math.max(this.nextStepAt, performance.now() - 100) + 1000 / this.stepsPerSecond
      if (experiment.step !== step) this.preparation?.trust()
      if (playing && ready) this.clock.note(experiment.step - step, begin)
      if (experiment.ready && experiment.step >= experiment.lastStep) this.playing = false
      const run = this.pendingRun
      if (run?.target !== undefined && experiment.ready && experiment.step >= run.target) {
        run.resolve()
        this.pendingRun = undefined
      }
      this.tellThreads()
    } catch (fault) {
      await this.failUnlessReplaced(fault)
    }
    const nothingNew = news !== undefined && news === experiment.news && ready && experiment.ready
    if (!nothingNew || playing !== this.playing || this.untold) this.changed()
    if (this.untold) this.pagePause.begin()
    this.untold = false
  }

  /** Where all cores compute, the page gets one while it draws slowly. */
  private leaveCore(): void {
    const backend = this.chosen?.backend
    if (!backend) return
    const none = backend.threads > 1 && backend.threads >= navigator.hardwareConcurrency
    backend.onOneThread = none && this.pagePause.needsCore
  }

  /** The run goes on where a thread has ended, with the others. */
  private tellThreads(): void {
    const { chosen } = this
    const threads = chosen?.backend.threads ?? 0
    if (!chosen || threads >= this.toldThreads) return
    this.toldThreads = threads
    this.notify(`A computing thread has ended. ${chosen.backend.fewerThreads}`, describe(chosen))
  }

  private async failUnlessReplaced(fault: unknown): Promise<void> {
    if (!(await this.recovered(fault))) this.fail(fault)
  }

  /** Another run takes the place of the one with this fault, which is the backend's or that of saved data. */
  private async recovered(fault: unknown): Promise<boolean> {
    return (await this.replacedAfter(fault)) || (await this.withoutSaved())
  }

  private fail(fault: unknown): void {
    this.failure = fault
    this.playing = false
    this.pendingRun?.reject(fault)
    this.pendingRun = undefined
    this.changed()
  }

  /** Rejects the pending `run`, with the reason why its steps will not be done. */
  private abandonRun(reason: string): void {
    this.pendingRun?.reject(obsolete(reason))
    this.pendingRun = undefined
  }

  // ---- the run -------------------------------------------------------------------------------------------

  /** Begins a run as `begin` does. Where this fails, the run has failed. */
  private async start(inherit: boolean): Promise<void> {
    try {
      await this.begin(inherit)
    } catch (fault) {
      this.fail(fault)
      throw fault
    }
  }

  /** Begins a run at step 0. With `inherit` it takes over the parts of the previous run that are still valid. */
  private async begin(inherit: boolean): Promise<void> {
    if (!this.experimentModule || !this.chosen) return
    const previous = this.experiment
    this.failure = undefined
    try {
      this.experiment = undefined
      if (!inherit) previous?.dispose()
      this.experiment = await this.experimentModule.createExperiment(
        this.chosen.backend,
        this.values,
        inherit ? previous : undefined,
      )
      if (inherit) previous?.dispose()
    } catch (fault) {
      previous?.dispose()
      if (await this.replaceBackend(fault)) return this.begin(false)
      throw fault
    }
    this.preparation?.trust()
    this.begun()
  }

  /** Another run is shown from here on. */
  private begun(): void {
    this.runCount++
    this.replayTo = 0
    this.pure = true
    this.clock.restart()
    this.nextStepAt = performance.now()
    this.startedAt = performance.now()
    this.changed()
  }

  /**
   * Does `work` with a new backend, if there is one, after the run has ended. Where this fails, lab, values and backend
   * are as before, and the run is replayed to the step that it had reached. Must be called inside `exclusive`.
   */
  private async orAsBefore(
    chosen: ChosenBackend | undefined,
    choice: BackendChoice,
    work: () => Promise<void>,
  ): Promise<void> {
    const { lab, experimentModule, values, playing, reached, failure } = this
    const before = { chosen: this.chosen, choice: this.choice }
    this.playing = false
    this.endShown()
    if (chosen) {
      this.preparation?.stop()
      this.adopt(chosen)
    } else this.preparation?.forget()
    this.choice = choice
    try {
      await work()
      if (chosen) before.chosen?.backend.dispose()
    } catch (fault) {
      if (!experimentModule || !before.chosen) this.fail(fault)
      else {
        Object.assign(this, { lab, experimentModule, values })
        if (chosen) {
          this.chosen?.backend.dispose()
          Object.assign(this, before)
        }
        await this.start(false).then(
          () => {
            // a run that had failed begins anew
            if (failure) return
            this.replayTo = reached
            this.playing = playing
          },
          () => {},
        )
      }
      throw fault
    }
  }

  private adopt(chosen: ChosenBackend): void {
    this.chosen = chosen
    this.toldThreads = chosen.backend.threads
    void chosen.backend.lost.then((reason) =>
      this.exclusive(async () => {
        if (this.chosen === chosen) await this.failUnlessReplaced(coded('lost', new Error(reason)))
      }),
    )
  }

  /**
   * Replaces the backend after a fault of its own, and replays the run to the step it had reached. False where the
   * fault is not the backend's. Must be called inside `exclusive`.
   */
  private async replacedAfter(fault: unknown): Promise<boolean> {
    const step = this.reached
    try {
      if (!(await this.replaceBackend(fault))) return false
      await this.start(false)
      this.replayTo = step
    } catch (another) {
      this.fail(another)
    }
    return true
  }

  /** Replaces the backend as `replacedAfter` does, but starts no run. */
  private async replaceBackend(fault: unknown): Promise<boolean> {
    const failed = this.chosen
    const own = failed && !this.disposed && (await faultOf(failed.backend, fault))
    if (!own) return false
    const { chosen, saying } = await replacement(failed, own, this.gpu, this.threads)
    this.endExperiments()
    failed.backend.dispose()
    this.adopt(chosen)
    // a choice that failed is not kept, so that the same choice is tried again when it is made again
    if (chosen.backend.kind !== failed.backend.kind) this.choice = 'automatic'
    this.notify(`${sentence(own.message)} ${saying}`, describe(chosen))
    return true
  }

  /** Ends all runs on the backend. The page says again what the story needs. */
  private endExperiments(): void {
    this.endShown()
    this.preparation?.stop()
  }

  private endShown(): void {
    this.experiment?.dispose()
    this.experiment = undefined
  }

  /** The step that the run has reached, or will have reached after its replay. */
  private get reached(): number {
    return Math.max(this.experiment?.step ?? 0, this.replayTo)
  }

  private load(lab: string): Promise<ExperimentModule> {
    const load = this.experiments[lab]
    if (!load) throw new RangeError(`There is no lab ${JSON.stringify(lab)}.`)
    return load()
  }

  // ---- runs for other steps of the story ------------------------------------------------------------------

  private get shown(): Shown | undefined {
    const { lab, experimentModule, chosen, values, experiment, pure } = this
    if (!experimentModule || !chosen || !experiment) return undefined
    return { lab, experimentModule, backend: chosen.backend, values, experiment, pure }
  }

  /** While the run has nothing to do: trains for later steps, or waits for a change. */
  private workBeside(): Promise<void> {
    const { shown, preparation } = this
    const { version } = this.pulse
    if (!shown || !this.visible || this.failure || !preparation?.due(shown)) return this.pulse.since(version)
    const left = this.quietUntil - performance.now()
    if (left > 0) return this.pulse.since(version, left)
    return this.exclusive(async () => {
      const { shown } = this
      if (!shown || this.due() !== undefined) return
      // a fault of the run alone is told where it is shown
      await preparation.work(shown, budget.least).catch((fault) => this.replacedAfter(fault))
    })
  }

  /** After a step was entered, and its values are here: goes to where it needs the run, if that was trained. */
  private async enter(): Promise<void> {
    const { shown, preparation } = this
    if (!shown || !preparation || this.failure) return
    // the steps of a script are counted from the run that it sees
    const counted = this.pendingRun !== undefined || shown.experiment.step < this.replayTo
    const experiment = await preparation.enter(shown, !counted)
    if (!experiment) return
    shown.experiment.dispose()
    this.experiment = experiment
    experiment.update(this.values)
    this.begun()
  }

  /** The run begins anew where it came from saved data, which must be damaged. */
  private async withoutSaved(): Promise<boolean> {
    if (!(await this.preparation?.discard())) return false
    await this.start(false)
    return true
  }

  // ---- calls from the page -------------------------------------------------------------------------------

  open(
    lab: string,
    values: ParameterValues,
    choice: BackendChoice,
    replayTo = 0,
    threads = this.threads ?? 0,
  ): Promise<OpenResult> {
    this.threads = threads || undefined
    this.abandonRun('Another lab or other parameters were opened.')
    this.race?.end('Another lab or other parameters were opened.')
    this.overtake()
    this.openings++
    const overtaken = new Promise<never>((_, reject) => {
      this.overtake = () => reject(obsolete('Another lab was opened meanwhile.'))
    })
    overtaken.catch(() => {})
    const opened = this.loadAndOpen(lab, values, choice, replayTo, overtaken)
    // what is set meanwhile waits for this opening, and not for one that it has overtaken
    this.settings = opened.catch(() => {})
    return opened
  }

  /** What takes long to arrive is waited for outside of the queue, so that the open lab goes on. */
  private async loadAndOpen(
    lab: string,
    values: ParameterValues,
    choice: BackendChoice,
    replayTo: number,
    overtaken: Promise<never>,
  ): Promise<OpenResult> {
    const { openings } = this
    const arrival = <Part>(what: string, part: Promise<Part>) =>
      this.waiting.during(what, Promise.race([part, overtaken]))
    const experimentModule = await arrival(`the lab ${JSON.stringify(lab)}`, this.load(lab))
    const choosing =
      this.chosen && choice === this.choice ? undefined : chooseBackend(choice, this.gpu, this.threads)
    const chosen =
      choosing &&
      (await arrival(awaitedBackend, choosing).catch((fault) => {
        // it may arrive after all
        choosing.then(
          ({ backend }) => backend.dispose(),
          () => {},
        )
        throw fault
      }))
    return this.exclusive(async () => {
      if (openings !== this.openings) {
        chosen?.backend.dispose()
        throw obsolete('Another lab was opened meanwhile.')
      }
      await this.orAsBefore(chosen, choice, async () => {
        this.lab = lab
        this.experimentModule = experimentModule
        const complete = () => completed(experimentModule, values, (this.chosen as ChosenBackend).backend)
        this.values = await complete().catch(async (fault) => {
          if (await this.replaceBackend(fault)) return complete()
          throw fault
        })
        await this.begin(false)
        this.replayTo = replayTo
      })
      return { values: this.values, backend: describe(this.chosen as ChosenBackend) }
    })
  }

  set(values: ParameterValues): Promise<void> {
    const { openings } = this
    this.disturbed()
    this.race?.end('A parameter was changed.')
    if (this.restartedBy(values)) this.abandonRun('A parameter was changed.')
    const applied = this.settings.then(async () => {
      if (this.restartedBy(values)) await this.quickResult()
      return this.exclusive(async () => {
        // the values belong to the lab that was open at the call
        if (openings !== this.openings) throw obsolete('The lab was opened anew.')
        const restarts = this.restartedBy(values)
        const before = this.decided
        this.values = { ...this.values, ...values }
        if (restarts || this.failure) await this.start(true)
        else {
          this.experiment?.update(this.values)
          this.pure &&= before === this.decided
        }
        await this.enter()
        this.pagePause.end()
        // a frame drawn before the next steps would not show the change yet, and would keep the page busy
        this.untold = this.playsOnAtOnce
        if (this.untold) this.pulse.wake()
        else this.changed()
      })
    })
    this.settings = applied.catch(() => {})
    return applied
  }

  /** The values that decide the run, as a text. */
  private get decided(): string {
    return JSON.stringify(this.experimentModule?.deciding?.(this.values))
  }

  async prepare(plan: Plan): Promise<void> {
    const { openings } = this
    if (!this.preparation) {
      if (plan.needs === undefined && plan.later.length === 0) return
      // outside of the queue: the run goes on meanwhile
      const load = loadPart('The code for saved runs', () => import('./preparation.ts'))
      const loaded = await (await load).Preparation.open(this.build, {
        load: (lab) => this.load(lab),
        complete: completed,
        wake: () => this.pulse.wake(),
      })
      this.preparation ??= loaded
    }
    const { preparation } = this
    const prepared = this.settings.then(() =>
      this.exclusive(async () => {
        const { shown } = this
        if (openings !== this.openings || !shown) return
        preparation.want(plan, shown)
        await this.enter()
        this.changed()
      }),
    )
    // what is asked for next is about the run that this one shows
    this.settings = prepared.catch(() => {})
    return prepared
  }

  disturbed(): void {
    this.quietUntil = performance.now() + rest
  }

  /** Whether some of these values are not live and differ from the present ones. */
  private restartedBy(values: ParameterValues): boolean {
    return restartsRun(this.experimentModule?.parameters ?? [], values, this.values)
  }

  /** Waits while the run to be replaced may still show a whole result within `patience`. */
  private async quickResult(): Promise<void> {
    for (;;) {
      const { version } = this.pulse
      const left = this.startedAt + this.patience - performance.now()
      if (!this.experiment || this.failure || this.experiment.ready || left <= 0) break
      await this.pulse.since(version, left)
    }
    // lets a waiting `nextFrame` take the result
    await nextTask()
  }

  play(): void {
    // a drag calls this with every move: a frame that shows nothing new would keep the page busy
    if (this.playing) return
    this.playing = true
    this.clock.restart()
    this.nextStepAt = performance.now()
    this.changed()
  }

  pause(): void {
    this.abandonRun('The run was paused.')
    this.playing = false
    this.changed()
  }

  setSpeed(stepsPerSecond: number): void {
    if (!(stepsPerSecond > 0))
      throw new RangeError(`The speed must be above 0 steps a second, not ${stepsPerSecond}.`)
    this.stepsPerSecond = stepsPerSecond
    this.nextStepAt = performance.now()
    this.changed()
  }

  /** While the tab is hidden, the run does not play on. */
  setVisible(visible: boolean): void {
    this.visible = visible
    this.changed()
  }

  async run(steps: number): Promise<void> {
    if (!Number.isInteger(steps) || steps < 0)
      throw new RangeError(`run takes a whole number of steps, 0 or more, not ${steps}.`)
    this.abandonRun('Another run was asked for.')
    this.race?.end('A run was asked for.')
    await new Promise<void>((resolve, reject) => {
      const run: Run = { resolve, reject }
      this.pendingRun = run
      const begin = async () => {
        if (this.pendingRun !== run) return // obsolete, and already rejected
        if (this.failure || !this.experiment) {
          this.pendingRun = undefined
          reject(this.failure ?? new Error('No lab is open.'))
          return
        }
        this.playing = false
        // steps under way are completed in any case
        run.target = Math.max(this.reached, this.experiment.begun ?? 0) + steps
        this.changed()
      }
      void this.settings.then(() => this.exclusive(begin))
    })
  }

  async reset(): Promise<void> {
    this.abandonRun('The run was reset.')
    this.race?.end('The run was reset.')
    await this.settings
    return this.exclusive(() => this.start(false))
  }

  async metrics(): Promise<Metrics> {
    // waits until earlier values are applied
    await this.settings
    for (;;) {
      const { version } = this.pulse
      if (this.failure) throw this.failure
      const metrics = await this.exclusive(async () => {
        const { experiment } = this
        if (!experiment?.ready || experiment.step < this.replayTo) return undefined
        if (!experiment.complete && !this.playing) return undefined
        return experiment.metrics().catch(async (fault) => {
          if (!(await this.recovered(fault))) throw fault
          return undefined
        })
      })
      if (metrics) return metrics
      if (!this.experimentModule) throw new Error('No lab is open.')
      await this.pulse.since(version)
    }
  }

  request(name: string): Promise<Uint8Array> {
    return this.exclusive(() => {
      if (!this.experiment?.request) throw new RangeError(`This run has no ${JSON.stringify(name)}.`)
      return this.experiment.request(name)
    })
  }

  provide(lab: string, name: string, bytes: Uint8Array): Promise<unknown> {
    return this.exclusive(async () => {
      const experimentModule = await this.load(lab)
      if (!experimentModule.provide)
        throw new RangeError(`The lab ${JSON.stringify(lab)} takes no ${JSON.stringify(name)}.`)
      return experimentModule.provide(name, bytes)
    })
  }

  /** Whether the state may be shown. A partial result must exist, and the page must have waited for long. */
  private worthShowing(experiment: Experiment): boolean {
    const waited = performance.now() - (this.staleSince ?? performance.now())
    return experiment.ready || (experiment.progress > 0 && waited > this.patience)
  }

  /** The next frame that differs from the last one. Throws the run's failure, once. */
  async nextFrame(): Promise<FrameWithTransfer> {
    this.pagePause.asked()
    for (;;) {
      const { version } = this.pulse
      if (this.failure && this.failure !== this.deliveredFailure) {
        this.deliveredFailure = this.failure
        throw this.failure
      }
      const result = await this.exclusive(async () => {
        const { experiment } = this
        if (!experiment || this.failure || version === this.deliveredVersion) return undefined
        if (this.untold && this.playsOnAtOnce) return undefined
        if (!this.worthShowing(experiment)) return undefined
        try {
          const { metrics, data, transfer } = await experiment.frame()
          this.deliveredVersion = this.pulse.version
          this.pagePause.delivered()
          this.staleSince = undefined
          const { lab, values, playing } = this
          const preparing = this.preparation?.way(experiment, playing ? this.clock.perStep : Number.NaN)
          const { step, ready, progress, lastStep, asks = false } = experiment
          const finished = ready && step >= lastStep
          const { runCount: run } = this
          const state = { lab, run, step, ready, progress, playing, finished, lastStep, asks, preparing }
          return { frame: { ...state, values, metrics, data }, transfer }
        } catch (fault) {
          await this.failUnlessReplaced(fault)
          return undefined
        }
      })
      if (result) return result
      await this.pulse.since(version)
    }
  }

  async use(choice: BackendChoice, threads = this.threads ?? 0): Promise<BackendInfo> {
    this.race?.end('Another backend was chosen.')
    await this.settings
    const wanted = threads || undefined
    const choosing = chooseBackend(choice, this.gpu, wanted)
    const chosen = await this.waiting.during(awaitedBackend, choosing)
    return this.exclusive(async () => {
      this.threads = wanted
      const step = this.reached
      this.abandonRun('Another backend was chosen.')
      await this.orAsBefore(chosen, choice, () => this.begin(false))
      this.replayTo = step
      return describe(this.chosen as ChosenBackend)
    })
  }

  async compare(
    request: CompareRequest,
    onProgress: (progress: CompareProgress) => void,
  ): Promise<readonly CompareRow[]> {
    this.compareAborted = false
    await this.settings
    const { compare, around } = await loadPart('The code for comparisons', () => import('./compare/index.ts'))
    return this.exclusive(async () => {
      if (!this.experimentModule) throw new Error('No lab is open.')
      const stopped = () => this.compareAborted
      return compare(this.experimentModule, this.values, request, around(this.gpu), onProgress, stopped)
    })
  }

  cancelCompare(): void {
    this.compareAborted = true
  }

  async raceBackends(
    options: BackendRaceOptions,
    tell: (state: BackendRaceState) => void,
  ): Promise<readonly BackendRaceRow[]> {
    const race = new Steering(options)
    this.race?.end('Another race was begun.')
    this.race = race
    const load = loadPart('The code for the race of backends', () => import('./backendRace.ts'))
    const { raceBackends } = await load
    await this.settings
    return this.exclusive(async () => {
      const { experimentModule, chosen, values, gpu } = this
      if (!experimentModule || !chosen) throw new Error('No lab is open.')
      // the run may have work under way, which would take time from the first turns
      await chosen.backend.finished()
      return raceBackends(experimentModule, values, gpu, options, race, tell)
    })
  }

  steerRace(order: BackendRaceOrder, seconds?: number): void {
    this.race?.order(order, seconds)
  }

  onNotice(listener: (message: string, backend: BackendInfo) => void): void {
    this.notify = listener
  }

  onWaiting(listener: (what: string | undefined) => void): void {
    this.waiting.listener = listener
  }

  dispose(): void {
    this.disposed = true
    this.abandonRun('The engine was closed.')
    this.race?.end('The engine was closed.')
    this.endExperiments()
    this.chosen?.backend.dispose()
    this.changed()
  }
}
