/**
 * Trains runs for later steps of the story while the shown run has nothing to do, and finds saved ones again.
 *
 * It works on the shown run's own backend, in the same worker. A second device would have to compile all kernels again,
 * and its work could not be made to wait for that of the shown run; a second worker would take its core away.
 */
import type { Backend } from '../compute/backend.ts'
import type { Experiment, ExperimentModule } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import type { Needs } from '../labs/story.ts'
import { Checkpoints, indexedStorage } from './checkpoints.ts'
import type { Later, Plan, Preparing } from './protocol.ts'

/** The run that the page shows, and what it runs on. */
export interface Shown {
  readonly lab: string
  readonly experimentModule: ExperimentModule
  readonly backend: Backend
  readonly values: ParameterValues
  readonly experiment: Experiment
  /** The values at its start alone decide it: no live one was changed on its way. */
  readonly pure: boolean
}

/** What the engine does for the preparation. */
export interface Help {
  /** Loads the code of a lab. */
  load(lab: string): Promise<ExperimentModule>
  /** All values with which a lab opens. */
  complete(
    experimentModule: ExperimentModule,
    values: ParameterValues,
    backend: Backend,
  ): Promise<ParameterValues>
  /** There is something new to do. */
  wake(): void
}

/** A run, trained as far as a step of the story needs it. */
interface Target {
  /** The run and how far it is, as a text. */
  readonly id: string
  readonly run: string
  readonly experimentModule: ExperimentModule
  readonly values: ParameterValues
  readonly needs: Needs
}

/**
 * A name for the run with these values: equal names, equal bits. How the models are divided follows from the backend's
 * room and threads. Undefined where runs cannot be saved.
 */
function runName(
  { lab, experimentModule, backend }: Pick<Shown, 'lab' | 'experimentModule' | 'backend'>,
  values: ParameterValues,
): string | undefined {
  const { kind, adapter, spareThreads, maximumTensorBytes } = backend
  const decided = experimentModule.deciding?.(values)
  return decided && JSON.stringify([lab, kind, adapter, spareThreads, maximumTensorBytes, decided])
}

function targetOf(
  where: Pick<Shown, 'lab' | 'experimentModule' | 'backend'>,
  values: ParameterValues,
  needs: Needs | undefined,
): Target | undefined {
  const run = runName(where, values)
  if (needs === undefined || run === undefined) return undefined
  return { id: `${run} ${needs}`, run, experimentModule: where.experimentModule, values, needs }
}

/** The step that is needed; Infinity while the run does not know where it ends. */
function goalOf({ lastStep }: Experiment, needs: Needs): number {
  return needs === 'end' ? lastStep : Math.min(needs, lastStep)
}

export class Preparation {
  private plan: Plan | undefined
  /** What the present step needs and is not saved; the shown run trains it. */
  private present: Target | undefined
  /** What later steps need and nobody has trained yet, the next one first. */
  private missing: readonly Target[] = []
  /** What steps of other labs need, which comes after that. */
  private elsewhere: readonly Later[] = []
  /** Code of other labs. */
  private readonly modules = new Map<string, ExperimentModule>()
  private loading = false
  private current: { readonly target: Target; readonly experiment: Experiment } | undefined
  /** The saved run that is shown, until it has done a step: its data may be damaged. */
  private restored: Target | undefined
  /** Ids of runs that failed. They fail again where they are shown, and it is told there. */
  private readonly failed = new Set<string>()

  private constructor(
    private readonly checkpoints: Checkpoints,
    private readonly help: Help,
  ) {}

  /** @param build as in `Engine` */
  static async open(build: string | undefined, help: Help): Promise<Preparation> {
    const checkpoints = build ? Checkpoints.open(build, indexedStorage()) : Checkpoints.open('memory alone')
    return new Preparation(await checkpoints, help)
  }

  want(plan: Plan, shown: Shown): void {
    this.plan = plan
    const present = targetOf(shown, plan.values, plan.needs)
    const own = plan.later.filter(({ lab }) => lab === shown.lab)
    this.missing = own
      .map(({ values, needs }) => targetOf(shown, values, needs))
      .filter((target) => this.isMissing(target))
    this.elsewhere = plan.later.filter(({ lab }) => lab !== shown.lab)
    this.present = this.isMissing(present) ? present : undefined
    const { id, experimentModule } = this.current?.target ?? {}
    // what another lab needs is found out later; entering the present step takes it over
    const mayBeElsewhere = experimentModule !== shown.experimentModule && this.elsewhere.length > 0
    const isNeeded = mayBeElsewhere || [present, ...this.missing].some((one) => one?.id === id)
    if (!isNeeded) this.drop()
  }

  private isMissing(target: Target | undefined): target is Target {
    return target !== undefined && !this.failed.has(target.id) && !this.checkpoints.has(target.id)
  }

  /** There is something to save, to train or to load. */
  due(shown: Shown): boolean {
    const beyond = this.elsewhere.length > 0 && !this.loading
    return this.missing.length > 0 || beyond || this.reached(shown) !== undefined
  }

  /** Finds out about the first run that another lab needs, or loads the code of that lab. */
  private async lookElsewhere({ backend }: Shown): Promise<void> {
    const [first, ...others] = this.elsewhere
    if (!first || this.loading) return
    const { lab, values, needs } = first
    const experimentModule = this.modules.get(lab)
    if (!experimentModule) {
      this.loading = true
      void this.help
        .load(lab)
        .then(
          (loaded) => this.modules.set(lab, loaded),
          // it is loaded again where the lab is opened, and its fault is told there
          () => {
            this.elsewhere = this.elsewhere.filter((later) => later.lab !== lab)
          },
        )
        .finally(() => {
          this.loading = false
          this.help.wake()
        })
      return
    }
    this.elsewhere = others
    const all = await this.help.complete(experimentModule, values, backend)
    const target = targetOf({ lab, experimentModule, backend }, all, needs)
    if (this.isMissing(target)) this.missing = [...this.missing, target]
  }

  /** Saves the shown run, if it has come where a step needs it by itself; else trains a slice for a later step. */
  async work(shown: Shown, budget: number): Promise<void> {
    const reached = this.reached(shown)
    if (reached) return this.keep(reached, shown.experiment)
    const target = this.missing[0]
    if (!target) return this.lookElsewhere(shown)
    if (this.current?.target.id !== target.id) this.drop()
    try {
      const { experimentModule, values } = target
      const experiment =
        this.current?.experiment ?? (await experimentModule.createExperiment(shown.backend, values))
      this.current = { target, experiment }
      const left = goalOf(experiment, target.needs) - experiment.step
      if (left > 0 || !experiment.complete) await experiment.advance(Math.max(0, left), budget)
      else await this.keep(target, experiment)
    } catch (fault) {
      this.failed.add(target.id)
      this.missing = this.missing.slice(1)
      this.drop()
      throw fault
    }
  }

  private reached(shown: Shown): Target | undefined {
    const { experiment, pure, values } = shown
    if (!pure || !experiment.complete) return undefined
    const run = runName(shown, values)
    return [this.present, ...this.missing].find(
      (target) =>
        target !== undefined && target.run === run && experiment.step === goalOf(experiment, target.needs),
    )
  }

  /** Saves the run. If it was trained here, its memory is free then. */
  private async keep({ id }: Target, experiment: Experiment): Promise<void> {
    await this.checkpoints.put(id, await experiment.save?.())
    this.missing = this.missing.filter((one) => one.id !== id)
    if (this.present?.id === id) this.present = undefined
    if (this.current?.target.id === id) this.drop()
  }

  /**
   * After a step was entered: the run as far as it was trained, once the shown values are the step's. Undefined where
   * there is none that is further than the shown one.
   * @param replaces whether it may take the place of the shown one
   */
  async enter(shown: Shown, replaces: boolean): Promise<Experiment | undefined> {
    const { plan } = this
    if (!plan?.enters || runName(shown, plan.values) !== runName(shown, shown.values)) return undefined
    this.plan = { ...plan, enters: false }
    const target = targetOf(shown, plan.values, plan.needs)
    const step = shown.pure ? shown.experiment.step : -1
    if (!replaces || !target || step >= goalOf(shown.experiment, target.needs)) return undefined
    const { current } = this
    if (current?.target.id === target.id) {
      this.current = undefined
      if (current.experiment.step > step) return current.experiment
      current.experiment.dispose()
    }
    return this.restore(target, shown)
  }

  private async restore(
    target: Target,
    { experimentModule, backend }: Shown,
  ): Promise<Experiment | undefined> {
    const saved = await this.checkpoints.get(target.id)
    if (saved === undefined) return undefined
    this.restored = target
    try {
      return await experimentModule.restoreExperiment?.(backend, target.values, saved)
    } catch {
      await this.discard()
      return undefined
    }
  }

  /** The shown run was restored and has failed: its data are deleted. False where it was not. */
  async discard(): Promise<boolean> {
    const { restored } = this
    this.restored = undefined
    if (restored) await this.checkpoints.discard(restored.id)
    return restored !== undefined
  }

  /** The shown run has done a step, or another one has begun at step 0. */
  trust(): void {
    this.restored = undefined
  }

  /** How far the shown run is on its way to where the present step needs it. */
  way(experiment: Experiment, millisecondsPerStep: number): Preparing | undefined {
    const { needs } = this.plan ?? {}
    const goal = needs === undefined ? 0 : goalOf(experiment, needs)
    const left = goal - experiment.step
    if (!Number.isFinite(goal) || left <= 0) return undefined
    const seconds = (left * millisecondsPerStep) / 1000
    return { share: experiment.step / goal, seconds: Number.isFinite(seconds) ? seconds : null }
  }

  private drop(): void {
    this.current?.experiment.dispose()
    this.current = undefined
  }

  /** Another lab takes over: the page says anew what the story needs. A run that is half trained may be needed there. */
  forget(): void {
    this.plan = undefined
    this.missing = []
    this.elsewhere = []
    this.present = undefined
    this.restored = undefined
  }

  /** Another backend takes over. */
  stop(): void {
    this.forget()
    this.drop()
  }
}
