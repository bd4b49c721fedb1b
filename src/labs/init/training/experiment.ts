/** The training view's run: fetches its text, then trains two models on it side by side. */
import type { Backend } from '../../../compute/backend.ts'
import type { LoadProgress } from '../../../data/download.ts'
import { loadStateOfTheUnion, ownText, type Text } from '../../../data/text.ts'
import type { Experiment, FrameContent, Metrics, ParameterValues } from '../../lab.ts'
import type { TrainingFrame } from './frame.ts'
import { type TrainingValues, typedTraining } from './parameters.ts'
import { Race } from './race.ts'
import { Run } from './run.ts'
import { textFacts } from './textChoice.ts'

/** The text of a run. Rejects with a DataError, or a RangeError where there is no text of the user's own. */
export async function loadText(
  { text }: Pick<TrainingValues, 'text'>,
  onProgress?: (progress: LoadProgress) => void,
): Promise<Text> {
  if (text === 'stateOfTheUnion') return loadStateOfTheUnion(onProgress)
  const own = ownText()
  if (!own) throw new RangeError('There is no text of your own yet: drop a text file on the page.')
  return own
}

export class TrainingExperiment implements Experiment {
  private readonly arrival: Promise<Text>
  private loaded: LoadProgress = { loaded: 0, total: 1 }
  private run: Run | undefined
  private disposed = false

  constructor(
    private readonly backend: Backend,
    private values: TrainingValues,
  ) {
    this.arrival = loadText(values, (progress) => {
      this.loaded = progress
    })
    // a fault is told by `advance`, which may not be waiting yet
    this.arrival.catch(() => {})
  }

  get step(): number {
    return this.run?.step ?? 0
  }

  get begun(): number {
    return this.run?.begun ?? 0
  }

  get ready(): boolean {
    return this.run?.ready ?? false
  }

  get progress(): number {
    return this.run ? this.run.progress : this.loaded.loaded / this.loaded.total
  }

  get complete(): boolean {
    return this.run?.complete ?? false
  }

  get news(): number {
    return this.run?.news ?? 0
  }

  get lastStep(): number {
    return this.run?.lastStep ?? Number.POSITIVE_INFINITY
  }

  get awaits(): string | undefined {
    return this.run?.awaits
  }

  async advance(steps: number, budget: number): Promise<void> {
    const begin = performance.now()
    const left = () => budget - (performance.now() - begin)
    if (!this.run) {
      const patience = new Promise<undefined>((resolve) => setTimeout(resolve, budget, undefined))
      const text = await Promise.race([this.arrival, patience])
      if (!text || this.disposed) return
      this.run = new Run(this.backend, this.values, text)
    }
    await this.run.advance(this.run.step + steps, left)
  }

  update(values: ParameterValues): void {
    this.values = typedTraining(values)
    this.run?.update(this.values)
  }

  async frame(): Promise<FrameContent<TrainingFrame>> {
    // what is kept for the next frame is copied, not handed over
    if (this.run) return { metrics: await this.run.metrics(), data: await this.run.frame(), transfer: [] }
    const { loaded, total } = this.loaded
    const { name, words, differentWords } = textFacts(this.values)
    const data: TrainingFrame = {
      loading: { share: loaded / total, bytes: loaded },
      models: undefined,
      measuredSteps: new Float32Array(),
      measuredStep: -1,
      landscapeRows: 0,
      landscapeBins: 0,
      ranks: new Float32Array(),
      prompt: '',
      race: new Race().frame,
      text: { name, words, vocabulary: differentWords },
    }
    return { metrics: this.known, data, transfer: [] }
  }

  /** With the curves of the losses, which a frame carries in its data. */
  async metrics(): Promise<Metrics> {
    return this.run ? { ...(await this.run.metrics()), ...this.run.curves } : this.known
  }

  /** Before there is a text. */
  private get known(): Metrics {
    return { step: 0, lnVocab: Math.log(this.values.vocab) }
  }

  dispose(): void {
    this.disposed = true
    this.run?.dispose()
  }
}
