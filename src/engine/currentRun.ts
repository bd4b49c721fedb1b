/**
 * The run that the page shows: its lab, its values and its experiment, how it begins, and what takes its place after
 * a fault. What changes the run must be called inside the queue of the engine.
 */
import type { Backend } from '../compute/backend.ts'
import type { Experiment, ExperimentModule } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { defaults, restartsRun } from '../labs/validation.ts'
import type { ChosenBackend } from './backendChoice.ts'
import { BackendInUse } from './backendInUse.ts'
import type { Preparation, Shown } from './preparation.ts'
import type { BackendChoice } from './protocol.ts'
import type { Queue } from './queue.ts'
import type { Transport } from './transport.ts'

/** All values of a lab: the given ones, then defaults calibrated on this backend, then the table's defaults. */
export async function completed(
  { parameters, calibratedDefaults }: ExperimentModule,
  given: ParameterValues,
  backend: Backend,
): Promise<ParameterValues> {
  const values = defaults(parameters, given)
  const missing = parameters.some(({ id }) => !(id in given))
  return missing ? { ...values, ...(await calibratedDefaults(backend, values, given)), ...given } : values
}

export class CurrentRun {
  lab = ''
  experimentModule: ExperimentModule | undefined
  experiment: Experiment | undefined
  values: ParameterValues = {}
  failure: unknown
  /** `EngineFrame.run` */
  count = 0
  /** The step that a run on another backend has to reach again first. */
  replayTo = 0
  startedAt = 0
  /** What it computes on. */
  readonly used: BackendInUse
  /** Trains for later steps of the story; loaded once one needs something. */
  preparation: Preparation | undefined
  /** `Shown.pure` */
  private pure = true

  constructor(
    gpu: GPU | undefined,
    queue: Queue,
    private readonly transport: Transport,
    private readonly changed: () => void,
  ) {
    this.used = new BackendInUse(gpu, queue, (fault) => this.failUnlessReplaced(fault))
  }

  /** The step that the run has reached, or will have reached after its replay. */
  get reached(): number {
    return Math.max(this.experiment?.step ?? 0, this.replayTo)
  }

  get shown(): Shown | undefined {
    const { lab, experimentModule, values, experiment, pure } = this
    const { backend } = this.used
    if (!experimentModule || !backend || !experiment) return undefined
    return { lab, experimentModule, backend, values, experiment, pure }
  }

  /** The values that decide the run, as a text. */
  private get decided(): string {
    return JSON.stringify(this.experimentModule?.deciding?.(this.values))
  }

  /** Whether some of these values are not live and differ from the present ones. */
  restartedBy(values: ParameterValues): boolean {
    return restartsRun(this.experimentModule?.parameters ?? [], values, this.values)
  }

  // ---- how it begins -------------------------------------------------------------------------------------

  /** Opens a lab at step 0, on the backend in use. */
  async open(lab: string, experimentModule: ExperimentModule, given: ParameterValues): Promise<void> {
    this.lab = lab
    this.experimentModule = experimentModule
    const complete = () => completed(experimentModule, given, this.used.backend!)
    this.values = await complete().catch(async (fault) => {
      if (await this.replaceBackend(fault)) return complete()
      throw fault
    })
    await this.begin(false)
  }

  /** Live values are applied; others, and all of them after a failure, begin the run anew. */
  async set(values: ParameterValues): Promise<void> {
    const restarts = this.restartedBy(values)
    const before = this.decided
    this.values = { ...this.values, ...values }
    if (restarts || this.failure) await this.start(true)
    else {
      this.experiment?.update(this.values)
      this.pure &&= before === this.decided
    }
    await this.enter()
  }

  /** Begins a run as `begin` does. Where this fails, the run has failed. */
  async start(inherit: boolean): Promise<void> {
    try {
      await this.begin(inherit)
    } catch (fault) {
      this.fail(fault)
      throw fault
    }
  }

  /** Begins a run at step 0. With `inherit` it takes over the parts of the previous run that are still valid. */
  async begin(inherit: boolean): Promise<void> {
    const { experimentModule, experiment: previous } = this
    const { backend } = this.used
    if (!experimentModule || !backend) return
    this.failure = undefined
    try {
      this.experiment = undefined
      if (!inherit) previous?.dispose()
      this.experiment = await experimentModule.createExperiment(
        backend,
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

  /** After a step was entered, and its values are here: goes to where it needs the run, if that was trained. */
  async enter(): Promise<void> {
    const { shown, preparation } = this
    if (!shown || !preparation || this.failure) return
    // the steps of a script are counted from the run that it sees
    const counted = this.transport.asked !== undefined || shown.experiment.step < this.replayTo
    const experiment = await preparation.enter(shown, !counted)
    if (!experiment) return
    shown.experiment.dispose()
    this.experiment = experiment
    experiment.update(this.values)
    this.begun()
  }

  /** Another run is shown from here on. */
  private begun(): void {
    this.count++
    this.replayTo = 0
    this.pure = true
    this.transport.restart()
    this.startedAt = performance.now()
    this.changed()
  }

  /**
   * Does `work` with a new backend, if there is one, after the run has ended. Where this fails, lab, values and backend
   * are as before, and the run is replayed to the step that it had reached.
   */
  async orAsBefore(
    chosen: ChosenBackend | undefined,
    choice: BackendChoice,
    work: () => Promise<void>,
  ): Promise<void> {
    const { lab, experimentModule, values, reached, failure, transport, used } = this
    const { playing } = transport
    const before = { chosen: used.chosen, choice: used.choice, toldThreads: used.toldThreads }
    transport.playing = false
    this.endShown()
    if (chosen) {
      this.preparation?.stop()
      used.adopt(chosen)
    } else this.preparation?.forget()
    used.choice = choice
    try {
      await work()
      if (chosen) before.chosen?.backend.dispose()
    } catch (fault) {
      if (!experimentModule || !before.chosen) this.fail(fault)
      else {
        Object.assign(this, { lab, experimentModule, values })
        if (chosen) {
          used.backend?.dispose()
          Object.assign(used, before)
        }
        await this.start(false).then(
          () => {
            // a run that had failed begins anew
            if (failure) return
            this.replayTo = reached
            transport.playing = playing
          },
          () => {},
        )
      }
      throw fault
    }
  }

  // ---- how it fails --------------------------------------------------------------------------------------

  async failUnlessReplaced(fault: unknown): Promise<void> {
    if (!(await this.recovered(fault))) this.fail(fault)
  }

  /** Another run takes the place of the one with this fault, which is the backend's or that of saved data. */
  async recovered(fault: unknown): Promise<boolean> {
    return (await this.replacedAfter(fault)) || (await this.withoutSaved())
  }

  private fail(fault: unknown): void {
    this.failure = fault
    this.transport.playing = false
    this.transport.refuse(fault)
    this.changed()
  }

  /**
   * Replaces the backend after a fault of its own, and replays the run to the step it had reached. False where the
   * fault is not the backend's.
   */
  async replacedAfter(fault: unknown): Promise<boolean> {
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
  private replaceBackend(fault: unknown): Promise<boolean> {
    return this.used.replaceAfter(fault, () => this.endAll())
  }

  /** The run begins anew where it came from saved data, which must be damaged. */
  private async withoutSaved(): Promise<boolean> {
    if (!(await this.preparation?.discard())) return false
    await this.start(false)
    return true
  }

  /** Ends all runs on the backend. The page says again what the story needs. */
  endAll(): void {
    this.endShown()
    this.preparation?.stop()
  }

  private endShown(): void {
    this.experiment?.dispose()
    this.experiment = undefined
  }
}
