/** The page's side of the engine: starts the worker, pulls its frames, and starts another after a crash. */
import { coded, errorOf, obsolete } from '../faults.ts'
import type { Metrics } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { partFault } from '../part.ts'
import * as Comlink from '../threads.ts'
import { Waiting } from '../waiting.ts'
import type {
  BackendChoice,
  BackendInfo,
  CompareProgress,
  CompareRequest,
  CompareRow,
  EngineApi,
  EngineFrame,
  OpenResult,
  Plan,
} from './protocol.ts'
import type {
  BackendRaceOptions,
  BackendRaceOrder,
  BackendRaceRow,
  BackendRaceState,
} from './raceProtocol.ts'
import type { WorkerEngine } from './worker.ts'
import script from './worker.ts?worker&url'

type Listener<Arguments extends unknown[]> = (...values: Arguments) => void

export class EngineClient implements Omit<EngineApi, 'onNotice' | 'onWaiting'> {
  private worker!: Worker
  private remote!: Comlink.Remote<WorkerEngine>
  private opened: { lab: string; values: ParameterValues; choice: BackendChoice } | undefined
  /** The latest data that the user provided to each lab: a new worker gets them again. */
  private readonly provided = new Map<string, { readonly name: string; readonly bytes: Uint8Array }>()
  /** The last step that the page has seen of the open lab. */
  private reached = 0
  /** What the story needs of runs: a new worker is told it again. */
  private plan: Plan | undefined
  private speed = Number.POSITIVE_INFINITY
  /** As `use` has it. */
  private threads: number | undefined
  private inSight = true
  private generation = 0
  private crash!: {
    readonly happened: Promise<never>
    readonly report: (reason: unknown) => void
    reported: boolean
  }
  private readonly frameListeners = new Set<Listener<[EngineFrame]>>()
  private readonly noticeListeners = new Set<Listener<[string, BackendInfo]>>()
  private readonly errorListeners = new Set<Listener<[Error]>>()
  private readonly waitingListeners = new Set<Listener<[string | undefined]>>()
  private readonly waiting = new Waiting()
  private restarting: Promise<void> | undefined

  constructor() {
    this.waiting.listener = (what) => this.tellWaiting(what)
    this.begin()
    document.addEventListener('visibilitychange', this.tellVisibility)
  }

  private begin(): void {
    const generation = ++this.generation
    let report!: (reason: unknown) => void
    const happened = new Promise<never>((_, reject) => {
      report = reject
    })
    happened.catch(() => {})
    const crash = { happened, report, reported: false }
    this.crash = crash
    this.worker = Comlink.startWorker(script, 'natlab engine')
    this.worker.addEventListener('error', (event) => {
      event.preventDefault()
      const fault = event.message
        ? coded('crashed', new Error(event.message))
        : partFault('The computing worker', 'the browser does not say why')
      crash.reported = true
      report(fault)
      this.fail(fault)
    })
    this.remote = Comlink.wrap<WorkerEngine>(this.worker)
    const listening = this.call((remote) =>
      remote.onNotice(
        Comlink.proxy((message: string, backend: BackendInfo) => {
          for (const listener of this.noticeListeners) listener(message, backend)
        }),
      ),
    )
    this.waiting.during('the computing worker', listening).catch(() => {})
    void this.call((remote) =>
      remote.onWaiting(
        Comlink.proxy((what: string | undefined) => {
          if (generation === this.generation) this.tellWaiting(what)
        }),
      ),
    ).catch(() => {})
    this.tellVisibility()
    void this.pull(generation)
  }

  private readonly tellVisibility = () => {
    const visible = this.inSight && document.visibilityState !== 'hidden'
    void this.call((remote) => remote.setVisible(visible)).catch(() => {})
  }

  /** A page in a frame is out of sight while its host is scrolled away from it: the run does not play on. */
  setInSight(inSight: boolean): void {
    this.inSight = inSight
    this.tellVisibility()
  }

  /** Pulls frames one at a time, at most at the display rate. */
  private async pull(generation: number): Promise<void> {
    while (generation === this.generation) {
      let frame: EngineFrame
      try {
        frame = await this.call((remote) => remote.nextTransferredFrame())
      } catch (fault) {
        if (generation !== this.generation) return
        this.fail(errorOf(fault))
        // a crashed worker does not answer: `restart` begins another pull
        if (this.crash.reported) return
        continue
      }
      if (generation !== this.generation) return
      if (frame.lab === this.opened?.lab) this.reached = frame.step
      for (const listener of this.frameListeners) listener(frame)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  }

  private tellWaiting(what: string | undefined): void {
    for (const listener of this.waitingListeners) listener(what)
  }

  private fail(fault: Error): void {
    for (const listener of this.errorListeners) listener(fault)
  }

  /** A call to the worker that also ends when the worker crashes. */
  private call<Result>(
    work: (remote: Comlink.Remote<WorkerEngine>) => Promise<Result> | Result,
  ): Promise<Result> {
    return Promise.race([work(this.remote), this.crash.happened])
  }

  /** As `call`; a worker that has crashed is started anew before. */
  private async callAlive<Result>(
    work: (remote: Comlink.Remote<WorkerEngine>) => Promise<Result> | Result,
  ): Promise<Result> {
    if (this.crash.reported) void this.restart().catch(() => {})
    await this.restarting
    return this.call(work)
  }

  /** Starts another worker. All calls wait for that. */
  private renewed(renew: () => Promise<void>): Promise<void> {
    this.restarting ??= renew().finally(() => {
      this.restarting = undefined
    })
    return this.restarting
  }

  /** Calls `listener` with every frame, at most at the display rate. Returns the function that stops this. */
  onFrame(listener: Listener<[EngineFrame]>): () => void {
    this.frameListeners.add(listener)
    return () => this.frameListeners.delete(listener)
  }

  /** Calls `listener` with a message for the user (a lost device, another backend) and the backend now in use. */
  onNotice(listener: Listener<[string, BackendInfo]>): () => void {
    this.noticeListeners.add(listener)
    return () => this.noticeListeners.delete(listener)
  }

  /** Calls `listener` with what is waited for, once that takes long, and with undefined when nothing is. */
  onWaiting(listener: Listener<[string | undefined]>): () => void {
    this.waitingListeners.add(listener)
    return () => this.waitingListeners.delete(listener)
  }

  /** Calls `listener` when the run failed or the worker crashed. Any other call continues from there. */
  onError(listener: Listener<[Error]>): () => void {
    this.errorListeners.add(listener)
    return () => this.errorListeners.delete(listener)
  }

  async open(lab: string, values: ParameterValues, choice: BackendChoice): Promise<OpenResult> {
    if (this.crash.reported) await this.renewed(() => this.renew())
    else await this.restarting?.catch(() => {})
    return this.openHere(lab, values, choice, 0)
  }

  private async openHere(
    lab: string,
    values: ParameterValues,
    choice: BackendChoice,
    replayTo: number,
  ): Promise<OpenResult> {
    const result = await this.call((remote) => remote.open(lab, values, choice, replayTo, this.threads))
    this.reached = replayTo
    this.opened = { lab, values: result.values, choice }
    return result
  }

  async set(values: ParameterValues): Promise<void> {
    await this.callAlive((remote) => remote.set(values))
    if (this.opened) this.opened = { ...this.opened, values: { ...this.opened.values, ...values } }
  }

  async use(choice: BackendChoice, threads?: number): Promise<BackendInfo> {
    const backend = await this.callAlive((remote) => remote.use(choice, threads ?? this.threads))
    this.threads = threads ?? this.threads
    if (this.opened) this.opened = { ...this.opened, choice }
    return backend
  }

  prepare(plan: Plan): Promise<void> {
    this.plan = plan
    return this.call((remote) => remote.prepare(plan))
  }

  disturbed(): Promise<void> {
    return this.call((remote) => remote.disturbed())
  }

  play(): Promise<void> {
    return this.callAlive((remote) => remote.play())
  }

  pause(): Promise<void> {
    return this.call((remote) => remote.pause())
  }

  setSpeed(stepsPerSecond: number): Promise<void> {
    this.speed = stepsPerSecond
    return this.call((remote) => remote.setSpeed(stepsPerSecond))
  }

  run(steps: number): Promise<void> {
    return this.callAlive((remote) => remote.run(steps))
  }

  reset(): Promise<void> {
    this.reached = 0
    return this.callAlive((remote) => remote.reset())
  }

  metrics(): Promise<Metrics> {
    return this.call((remote) => remote.metrics())
  }

  request(name: string): Promise<Uint8Array> {
    return this.call((remote) => remote.request(name))
  }

  /** Copies the bytes into the worker. The latest bytes of each lab are kept for a new worker. */
  async provide(lab: string, name: string, bytes: Uint8Array): Promise<unknown> {
    const answer = await this.callAlive((remote) => remote.provide(lab, name, bytes))
    this.provided.set(lab, { name, bytes })
    return answer
  }

  compare(
    request: CompareRequest,
    onProgress: (progress: CompareProgress) => void,
  ): Promise<readonly CompareRow[]> {
    return this.callAlive((remote) => remote.compare(request, Comlink.proxy(onProgress)))
  }

  cancelCompare(): Promise<void> {
    return this.call((remote) => remote.cancelCompare())
  }

  raceBackends(
    options: BackendRaceOptions,
    tell: (state: BackendRaceState) => void,
  ): Promise<readonly BackendRaceRow[]> {
    return this.callAlive((remote) => remote.raceBackends(options, Comlink.proxy(tell)))
  }

  steerRace(order: BackendRaceOrder, seconds?: number): Promise<void> {
    return this.call((remote) => remote.steerRace(order, seconds))
  }

  /** Starts a new worker with the same provided data, in which no lab is open. */
  private async renew(): Promise<void> {
    this.worker.terminate()
    const { report } = this.crash
    this.begin()
    // calls to the old worker would wait for ever
    report(obsolete('The worker was started anew.'))
    void this.call((remote) => remote.setSpeed(this.speed)).catch(() => {})
    for (const [lab, { name, bytes }] of this.provided)
      await this.call((remote) => remote.provide(lab, name, bytes))
  }

  /**
   * Starts a new worker with the same lab, parameters, backend and provided data, paused. The run reaches the step
   * again that the page has seen.
   */
  restart(): Promise<void> {
    return this.renewed(async () => {
      const { opened, reached } = this
      await this.renew()
      if (opened) await this.openHere(opened.lab, opened.values, opened.choice, reached)
      if (this.plan) void this.prepare({ ...this.plan, enters: false }).catch(() => {})
    })
  }

  dispose(): void {
    this.generation++
    document.removeEventListener('visibilitychange', this.tellVisibility)
    this.worker.terminate()
  }
}
