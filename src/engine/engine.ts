/**
 * Advances the run that the page shows, in a time budget so that it can be changed and drawn at any moment, and
 * answers the calls of the page. Runs in a worker in the page; needs nothing but a `GPU` object (or none).
 *
 * The engine decides the order of all work. What the work changes has a state of its own: the run and its backend
 * (`CurrentRun`), how it plays (`Transport`), what the page knows of it (`Delivery`).
 */
import { obsolete } from '../faults.ts'
import type { ExperimentModule, Metrics } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { loadPart } from '../part.ts'
import { Waiting } from '../waiting.ts'
import { CurrentRun, completed } from './currentRun.ts'
import { Delivery } from './delivery.ts'
import {
  awaitedBackend,
  type BackendChoice,
  type BackendInfo,
  type EngineApi,
  type EngineFrame,
  type OpenResult,
  type Plan,
} from './protocol.ts'
import { nextTask, Pulse } from './pulse.ts'
import { Queue } from './queue.ts'
import type { BackendRaceOrder } from './raceProtocol.ts'
import { Steering } from './steering.ts'
import { type AskedSteps, Transport } from './transport.ts'

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

/** A frame and the buffers inside it that may be moved instead of copied. */
export interface FrameWithTransfer {
  readonly frame: EngineFrame
  readonly transfer: Transferable[]
}

export class Engine implements EngineApi {
  /** All that touches the run: one piece of work at a time. */
  private readonly queue = new Queue()
  /** Changes that the page has asked for. What is asked for next is about the run after them. */
  private readonly settings = new Queue()
  private readonly pulse = new Pulse()
  private readonly delivery = new Delivery(this.pulse)
  private readonly transport = new Transport(this.delivery.pagePause)
  private readonly current: CurrentRun
  private readonly waiting = new Waiting()
  /** Counts opened labs: a value that was set for one lab does not reach the next. */
  private openings = 0
  /** Rejects the opening that is under way: a newer one does not wait for what it waits for. */
  private overtake = () => {}
  /** No hand is on the page from this time on. */
  private quietUntil = 0
  private compareAborted = false
  /** The race of backends that is under way. */
  private race: Steering | undefined
  private disposed = false

  constructor(
    private readonly gpu: GPU | undefined,
    private readonly experiments: Readonly<Record<string, () => Promise<ExperimentModule>>>,
    /** A name of this version of the program, under which runs are kept for the next visit; else they are not. */
    private readonly build?: string,
  ) {
    this.current = new CurrentRun(gpu, this.queue, this.transport, () => this.delivery.changed())
    void this.loop()
  }

  // ---- the work ------------------------------------------------------------------------------------------

  private async loop(): Promise<void> {
    while (!this.disposed) {
      const due = this.transport.due(this.current)
      if (due === undefined) await this.workBeside()
      else if (typeof due === 'object')
        await this.pulse.since(this.pulse.version, due.until - performance.now())
      else await this.queue.add(() => this.tick())
      await nextTask()
    }
  }

  private async tick(): Promise<void> {
    const { current, transport } = this
    const steps = transport.due(current)
    const { experiment, used } = current
    if (typeof steps !== 'number' || !experiment) return
    const { step, ready, news } = experiment
    const { playing } = transport
    const begin = performance.now()
    used.leaveCore(this.delivery.pagePause.needsCore)
    try {
      await experiment.advance(steps, Math.min(budget.most, Math.max(budget.least, used.latency)))
      if (experiment.step !== step) current.preparation?.trust()
      transport.advanced(experiment, experiment.step - step, begin, playing && ready)
      used.tellThreads()
    } catch (fault) {
      await current.failUnlessReplaced(fault)
    }
    const nothingNew = news !== undefined && news === experiment.news && ready && experiment.ready
    this.delivery.advanced(!nothingNew || playing !== transport.playing)
  }

  /** While the run has nothing to do: trains for later steps of the story, or waits for a change. */
  private workBeside(): Promise<void> {
    const { current } = this
    const { shown, preparation, failure } = current
    const { version } = this.pulse
    if (!shown || !this.transport.visible || failure || !preparation?.due(shown))
      return this.pulse.since(version)
    const left = this.quietUntil - performance.now()
    if (left > 0) return this.pulse.since(version, left)
    return this.queue.add(async () => {
      const { shown } = current
      if (!shown || this.transport.due(current) !== undefined) return
      current.used.leaveCore(this.delivery.pagePause.needsCore)
      // a fault of the run alone is told where it is shown
      await preparation.work(shown, budget.least).catch((fault) => current.replacedAfter(fault))
    })
  }

  private get patience(): number {
    return patience + 2 * this.current.used.latency
  }

  private load(lab: string): Promise<ExperimentModule> {
    const load = this.experiments[lab]
    if (!load) throw new RangeError(`There is no lab ${JSON.stringify(lab)}.`)
    return load()
  }

  // ---- calls that change the run -------------------------------------------------------------------------

  open(
    lab: string,
    values: ParameterValues,
    choice: BackendChoice,
    replayTo = 0,
    threads = this.current.used.threads ?? 0,
  ): Promise<OpenResult> {
    this.current.used.threads = threads || undefined
    this.transport.abandon('Another lab or other parameters were opened.')
    this.race?.end('Another lab or other parameters were opened.')
    this.overtake()
    this.openings++
    const overtaken = new Promise<never>((_, reject) => {
      this.overtake = () => reject(obsolete('Another lab was opened meanwhile.'))
    })
    overtaken.catch(() => {})
    const opened = this.loadAndOpen(lab, values, choice, replayTo, overtaken)
    // what is set meanwhile waits for this opening, and not for one that it has overtaken
    this.settings.restart(opened)
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
    const { openings, current } = this
    const { used } = current
    const arrival = <Part>(what: string, part: Promise<Part>) =>
      this.waiting.during(what, Promise.race([part, overtaken]))
    const experimentModule = await arrival(`the lab ${JSON.stringify(lab)}`, this.load(lab))
    const choosing = used.backend && choice === used.choice ? undefined : used.choose(choice, used.threads)
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
    return this.queue.add(async () => {
      if (openings !== this.openings) {
        chosen?.backend.dispose()
        throw obsolete('Another lab was opened meanwhile.')
      }
      await current.orAsBefore(chosen, choice, async () => {
        await current.open(lab, experimentModule, values)
        current.replayTo = replayTo
      })
      return { values: current.values, backend: used.info }
    })
  }

  set(values: ParameterValues): Promise<void> {
    const { openings, current } = this
    this.disturbed()
    this.race?.end('A parameter was changed.')
    if (current.restartedBy(values)) this.transport.abandon('A parameter was changed.')
    return this.settings.add(async () => {
      if (current.restartedBy(values)) await this.quickResult()
      return this.queue.add(async () => {
        // the values belong to the lab that was open at the call
        if (openings !== this.openings) throw obsolete('The lab was opened anew.')
        await current.set(values)
        this.delivery.pagePause.end()
        this.delivery.applied(this.transport.playsOnAtOnce(current))
      })
    })
  }

  /** Waits while the run to be replaced may still show a whole result within `patience`. */
  private async quickResult(): Promise<void> {
    for (;;) {
      const { version } = this.pulse
      const { startedAt, experiment, failure } = this.current
      const left = startedAt + this.patience - performance.now()
      if (!experiment || failure || experiment.ready || left <= 0) break
      await this.pulse.since(version, left)
    }
    // lets a waiting `nextFrame` take the result
    await nextTask()
  }

  async use(choice: BackendChoice, threads = this.current.used.threads ?? 0): Promise<BackendInfo> {
    const { current } = this
    const { used } = current
    this.race?.end('Another backend was chosen.')
    await this.settings.done
    const wanted = threads || undefined
    const chosen = await this.waiting.during(awaitedBackend, used.choose(choice, wanted))
    return this.queue.add(async () => {
      used.threads = wanted
      const step = current.reached
      this.transport.abandon('Another backend was chosen.')
      await current.orAsBefore(chosen, choice, () => current.begin(false))
      current.replayTo = step
      return used.info
    })
  }

  async reset(): Promise<void> {
    this.transport.abandon('The run was reset.')
    this.race?.end('The run was reset.')
    await this.settings.done
    return this.queue.add(() => this.current.start(false))
  }

  async prepare(plan: Plan): Promise<void> {
    const { openings, current } = this
    if (!current.preparation) {
      if (plan.needs === undefined && plan.later.length === 0) return
      // outside of the queue: the run goes on meanwhile
      const load = loadPart('The code for saved runs', () => import('./preparation.ts'))
      const loaded = await (await load).Preparation.open(this.build, {
        load: (lab) => this.load(lab),
        complete: completed,
        wake: () => this.pulse.wake(),
      })
      current.preparation ??= loaded
    }
    const { preparation } = current
    return this.settings.add(() =>
      this.queue.add(async () => {
        const { shown } = current
        if (openings !== this.openings || !shown) return
        preparation.want(plan, shown)
        await current.enter()
        this.delivery.changed()
      }),
    )
  }

  disturbed(): void {
    this.quietUntil = performance.now() + rest
  }

  // ---- calls that let it go on ---------------------------------------------------------------------------

  play(): void {
    // a drag calls this with every move: a frame that shows nothing new would keep the page busy
    if (this.transport.playing) return
    this.transport.playing = true
    this.transport.restart()
    this.delivery.changed()
  }

  pause(): void {
    this.transport.abandon('The run was paused.')
    this.transport.playing = false
    this.delivery.changed()
  }

  setSpeed(stepsPerSecond: number): void {
    this.transport.setSpeed(stepsPerSecond)
    this.delivery.changed()
  }

  /** While the tab is hidden, the run does not play on. */
  setVisible(visible: boolean): void {
    this.transport.visible = visible
    this.delivery.changed()
  }

  async run(steps: number): Promise<void> {
    if (!Number.isInteger(steps) || steps < 0)
      throw new RangeError(`run takes a whole number of steps, 0 or more, not ${steps}.`)
    const { current, transport } = this
    transport.abandon('Another run was asked for.')
    this.race?.end('A run was asked for.')
    await new Promise<void>((resolve, reject) => {
      const asked: AskedSteps = { resolve, reject }
      transport.asked = asked
      const begin = async () => {
        if (transport.asked !== asked) return // obsolete, and already rejected
        const { experiment, failure, reached } = current
        if (failure || !experiment) return transport.refuse(failure ?? new Error('No lab is open.'))
        transport.playing = false
        // steps under way are completed in any case
        asked.target = Math.max(reached, experiment.begun ?? 0) + steps
        this.delivery.changed()
      }
      void this.settings.done.then(() => this.queue.add(begin))
    })
  }

  // ---- calls that ask for something ----------------------------------------------------------------------

  async metrics(): Promise<Metrics> {
    const { current } = this
    // waits until earlier values are applied
    await this.settings.done
    for (;;) {
      const { version } = this.pulse
      if (current.failure) throw current.failure
      const metrics = await this.queue.add(async () => {
        const { experiment } = current
        if (!experiment?.ready || experiment.step < current.replayTo) return undefined
        if (!experiment.complete && !this.transport.playing) return undefined
        return experiment.metrics().catch(async (fault) => {
          if (!(await current.recovered(fault))) throw fault
          return undefined
        })
      })
      if (metrics) return metrics
      if (!current.experimentModule) throw new Error('No lab is open.')
      await this.pulse.since(version)
    }
  }

  request(name: string): Promise<Uint8Array> {
    return this.queue.add(() => {
      const { experiment } = this.current
      if (!experiment?.request) throw new RangeError(`This run has no ${JSON.stringify(name)}.`)
      return experiment.request(name)
    })
  }

  provide(lab: string, name: string, bytes: Uint8Array): Promise<unknown> {
    return this.queue.add(async () => {
      const experimentModule = await this.load(lab)
      if (!experimentModule.provide)
        throw new RangeError(`The lab ${JSON.stringify(lab)} takes no ${JSON.stringify(name)}.`)
      return experimentModule.provide(name, bytes)
    })
  }

  /** The next frame that differs from the last one. Throws the run's failure, once. */
  async nextFrame(): Promise<FrameWithTransfer> {
    const { current, transport, delivery } = this
    delivery.pagePause.asked()
    for (;;) {
      const { version } = this.pulse
      delivery.tell(current.failure)
      const result = await this.queue.add(async () => {
        const { experiment, failure } = current
        if (!experiment || failure) return undefined
        if (!delivery.isDue(experiment, version, transport.playsOnAtOnce(current), this.patience))
          return undefined
        try {
          const { metrics, data, transfer } = await experiment.frame()
          delivery.delivered()
          const { lab, values, count: run, preparation } = current
          const { playing, perStep } = transport
          const preparing = preparation?.way(experiment, perStep)
          const { step, ready, progress, lastStep, asks = false } = experiment
          const finished = ready && step >= lastStep
          const state = { lab, run, step, ready, progress, playing, finished, lastStep, asks, preparing }
          return { frame: { ...state, values, metrics, data }, transfer }
        } catch (fault) {
          await current.failUnlessReplaced(fault)
          return undefined
        }
      })
      if (result) return result
      await this.pulse.since(version)
    }
  }

  readonly compare: EngineApi['compare'] = async (request, onProgress) => {
    this.compareAborted = false
    await this.settings.done
    const { compare, around } = await loadPart('The code for comparisons', () => import('./compare/index.ts'))
    return this.queue.add(async () => {
      const { experimentModule, values } = this.current
      if (!experimentModule) throw new Error('No lab is open.')
      const stopped = () => this.compareAborted
      return compare(experimentModule, values, request, around(this.gpu), onProgress, stopped)
    })
  }

  cancelCompare(): void {
    this.compareAborted = true
  }

  readonly raceBackends: EngineApi['raceBackends'] = async (options, tell) => {
    const race = new Steering(options)
    this.race?.end('Another race was begun.')
    this.race = race
    const load = loadPart('The code for the race of backends', () => import('./backendRace.ts'))
    const { raceBackends } = await load
    await this.settings.done
    return this.queue.add(async () => {
      const { experimentModule, values, used } = this.current
      if (!experimentModule || !used.backend) throw new Error('No lab is open.')
      // the run may have work under way, which would take time from the first turns
      await used.backend.finished()
      return raceBackends(experimentModule, values, this.gpu, options, race, tell)
    })
  }

  steerRace(order: BackendRaceOrder, seconds?: number): void {
    this.race?.order(order, seconds)
  }

  onNotice(listener: (message: string, backend: BackendInfo) => void): void {
    this.current.used.notify = listener
  }

  onWaiting(listener: (what: string | undefined) => void): void {
    this.waiting.listener = listener
  }

  dispose(): void {
    this.disposed = true
    this.transport.abandon('The engine was closed.')
    this.race?.end('The engine was closed.')
    this.current.endAll()
    this.current.used.dispose()
    this.delivery.changed()
  }
}
