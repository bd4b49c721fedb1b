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
import type { Preparing } from './protocol.ts'

/** A run that a step of the story needs, trained so far. */
export interface Target {
  /** From `runName`. */
  readonly run: string
  readonly values: ParameterValues
  readonly needs: Needs
}

/**
 * A name for the run with these values on this backend: equal names, equal bits. How the models are divided follows
 * from the backend's room and threads. Undefined where a run cannot be saved.
 */
export function runName(
  lab: string,
  { deciding }: Pick<ExperimentModule, 'deciding'>,
  { kind, adapter, spareThreads, maximumTensorBytes }: Backend,
  values: ParameterValues,
): string | undefined {
  const decided = deciding?.(values)
  return decided && JSON.stringify([lab, kind, adapter, spareThreads, maximumTensorBytes, decided])
}

/** The step that is needed; Infinity while the run does not know where it ends. */
export function goalOf({ lastStep }: Pick<Experiment, 'lastStep'>, needs: Needs): number {
  return needs === 'end' ? lastStep : Math.min(needs, lastStep)
}

/** Creates runs of the open lab on the backend in use. */
interface Creating {
  create(values: ParameterValues): Promise<Experiment>
  restore(values: ParameterValues, saved: unknown): Promise<Experiment>
}

interface Taken {
  readonly experiment: Experiment
  /** It was saved: its data may be damaged. */
  readonly saved: boolean
}

const idOf = ({ run, needs }: Pick<Target, 'run' | 'needs'>) => `${run} ${needs}`

/** How far the present step's run is on its way, and the estimated seconds left. NaN milliseconds a step: not known. */
export function preparing(
  experiment: Experiment,
  needs: Needs | undefined,
  milliseconds: number,
): Preparing | undefined {
  if (needs === undefined) return undefined
  const { step } = experiment
  const goal = goalOf(experiment, needs)
  if (!Number.isFinite(goal) || step >= goal) return undefined
  return {
    share: step / goal,
    seconds: Number.isFinite(milliseconds) ? ((goal - step) * milliseconds) / 1000 : null,
  }
}

export class Preparation {
  /** What the present step needs; the shown run trains it. */
  private present: Target | undefined
  /** What later steps need and nobody has trained yet, the next one first. */
  private missing: Target[] = []
  private current: { readonly target: Target; readonly experiment: Experiment } | undefined
  /** Ids of runs that failed. They fail again where they are shown, and it is told there. */
  private readonly failed = new Set<string>()

  private constructor(
    private readonly checkpoints: Checkpoints,
    private readonly create: Creating['create'],
    private readonly restore: Creating['restore'],
  ) {}

  /** @param build as in `Engine` */
  static async open(build: string | undefined, { create, restore }: Creating): Promise<Preparation> {
    const checkpoints = await (build ? Checkpoints.open(build, indexedStorage()) : Checkpoints.open(''))
    return new Preparation(checkpoints, create, restore)
  }

  want(present: Target | undefined, later: readonly Target[]): void {
    const isMissing = (target: Target) =>
      !this.failed.has(idOf(target)) && !this.checkpoints.has(idOf(target))
    this.missing = later.filter(isMissing)
    this.present = present && isMissing(present) ? present : undefined
    const { current } = this
    if (current && ![...this.missing, present].some((one) => one && idOf(one) === idOf(current.target)))
      this.drop()
  }

  /** There is something to train. */
  get pending(): boolean {
    return this.missing.length > 0
  }

  /** A slice of work, or the saving of a run that is done. */
  async work(budget: number): Promise<void> {
    const target = this.missing[0]
    if (!target) return
    if (this.current && idOf(this.current.target) !== idOf(target)) this.drop()
    try {
      this.current ??= { target, experiment: await this.create(target.values) }
      const { experiment } = this.current
      const left = goalOf(experiment, target.needs) - experiment.step
      if (left > 0 || !experiment.complete) return await experiment.advance(Math.max(0, left), budget)
      await this.keep(target, experiment)
    } catch (fault) {
      this.failed.add(idOf(target))
      this.missing.shift()
      this.drop()
      throw fault
    }
    this.drop()
  }

  private async keep(target: Target, experiment: Experiment): Promise<void> {
    await this.checkpoints.put(idOf(target), await experiment.save?.())
    this.missing = this.missing.filter((one) => idOf(one) !== idOf(target))
    if (this.present && idOf(this.present) === idOf(target)) this.present = undefined
  }

  /** The target that the shown run has reached by itself. */
  reached(run: string | undefined, experiment: Experiment): Target | undefined {
    if (!experiment.complete) return undefined
    return [this.present, ...this.missing].find(
      (target) => target && target.run === run && experiment.step === goalOf(experiment, target.needs),
    )
  }

  /** Saves the shown run, which has `reached` this target. */
  async keepShown(target: Target, experiment: Experiment): Promise<void> {
    await this.keep(target, experiment)
    if (this.current && idOf(this.current.target) === idOf(target)) this.drop()
  }

  /** The run as it was saved, or as far as it is trained, if that is further than `step`. */
  async take(target: Target, step: number): Promise<Taken | undefined> {
    const { current } = this
    if (current && idOf(current.target) === idOf(target)) {
      this.current = undefined
      if (current.experiment.step > step) return { experiment: current.experiment, saved: false }
      current.experiment.dispose()
    }
    const saved = await this.checkpoints.get(idOf(target))
    if (saved === undefined) return undefined
    try {
      return { experiment: await this.restore(target.values, saved), saved: true }
    } catch {
      await this.discard(target)
      return undefined
    }
  }

  /** Forgets a saved run that does not go on. */
  discard(target: Target): Promise<void> {
    return this.checkpoints.discard(idOf(target))
  }

  /** Ends the training of a run, and frees its memory. */
  drop(): void {
    this.current?.experiment.dispose()
    this.current = undefined
  }

  /** Another lab or backend takes over. */
  stop(): void {
    this.missing = []
    this.present = undefined
    this.drop()
  }
}
