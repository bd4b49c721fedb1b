/** The shell of an experiment whose run begins once its data is here. */
import type { Experiment, FrameContent, Metrics } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'

/** The part that does the work once the data is loaded. */
interface Run<Values> {
  readonly step: number
  readonly begun: number
  readonly complete: boolean
  /** Does the steps up to `last`, and other work that is due, while `left` says that there is time. */
  advance(last: number, left: () => number): Promise<void>
  update(values: Values): void
  /** What `restore` of a new run takes; parts of it may change later. */
  save(): Promise<unknown>
  restore(saved: unknown): Promise<void>
  dispose(): void
}

export interface SavedExperiment {
  readonly step: number
  readonly run: unknown
}

export abstract class LoadedExperiment<Values, Data, OwnRun extends Run<Values>> implements Experiment {
  protected run: OwnRun | undefined
  private disposed = false

  constructor(
    protected values: Values,
    private readonly arrival: Promise<Data>,
    /** What `save` gave: the run goes on from there. */
    private saved?: SavedExperiment,
  ) {
    // `advance` throws a fault, but it may not be waiting yet
    arrival.catch(() => {})
  }

  protected abstract typed(values: ParameterValues): Values
  protected abstract begin(data: Data): OwnRun | Promise<OwnRun>

  abstract readonly ready: boolean
  abstract readonly progress: number
  abstract readonly lastStep: number
  abstract frame(): Promise<FrameContent>
  abstract metrics(): Promise<Metrics>

  get step(): number {
    return (this.run ?? this.saved)?.step ?? 0
  }

  get begun(): number {
    return this.run?.begun ?? this.step
  }

  get complete(): boolean {
    return this.run?.complete ?? false
  }

  async advance(steps: number, budget: number): Promise<void> {
    const begin = performance.now()
    const left = () => budget - (performance.now() - begin)
    if (!this.run) {
      const patience = new Promise<undefined>((resolve) => setTimeout(resolve, budget, undefined))
      const data = await Promise.race([this.arrival, patience])
      if (!data || this.disposed) return
      this.run = await this.begin(data)
      if (this.saved) await this.run.restore(this.saved.run)
      this.saved = undefined
    }
    await this.run.advance(this.step + steps, left)
  }

  update(values: ParameterValues): void {
    this.values = this.typed(values)
    this.run?.update(this.values)
  }

  async save(): Promise<SavedExperiment> {
    if (!this.run) throw new Error('There is nothing to save before the data is here.')
    const run = await this.run.save()
    return structuredClone({ step: this.step, run })
  }

  dispose(): void {
    this.disposed = true
    this.run?.dispose()
  }
}
