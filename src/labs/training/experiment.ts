/** The training lab's run: fetches its text, then trains two models on it side by side. */
import type { Backend } from '../../compute/backend.ts'
import type { LoadProgress } from '../../data/download.ts'
import type { Text } from '../../data/text.ts'
import { LoadedExperiment, type SavedExperiment } from '../common/loadedExperiment.ts'
import type { ExperimentModule, FrameContent, Metrics } from '../experiment.ts'
import { trainingDefaults } from './calibration.ts'
import type { TrainingFrame } from './frame.ts'
import { createHotLoop } from './hotLoop.ts'
import { layoutOf, stepOperations } from './layout.ts'
import { deciding, embeddingStds, parameters, type TrainingValues, typed } from './parameters.ts'
import { Race } from './race.ts'
import { Run } from './run.ts'
import { loadText, ownTextFacts, takeText } from './text.ts'
import { textFacts } from './textChoice.ts'

class TrainingExperiment extends LoadedExperiment<TrainingValues, Text, Run> {
  protected typed = typed

  constructor(
    private readonly backend: Backend,
    values: TrainingValues,
    saved?: SavedExperiment,
    private readonly loaded: LoadProgress = { loaded: 0, total: 1 },
  ) {
    super(
      values,
      loadText(values, (progress) => Object.assign(loaded, progress)),
      saved,
    )
  }

  protected begin(text: Text): Run {
    return new Run(this.backend, this.values, text)
  }

  get ready(): boolean {
    return this.run?.ready ?? false
  }

  get progress(): number {
    return this.run ? this.run.progress : this.loaded.loaded / this.loaded.total
  }

  get news(): number {
    return this.run?.news ?? 0
  }

  get lastStep(): number {
    return this.run?.lastStep ?? Number.POSITIVE_INFINITY
  }

  get asks(): boolean {
    return this.run?.asks ?? false
  }

  async frame(): Promise<FrameContent<TrainingFrame>> {
    // arrays that the next frame needs again are copied, not transferred
    if (this.run) return { metrics: await this.run.metrics(), data: await this.run.frame(), transfer: [] }
    const { loaded, total } = this.loaded
    const { name, words, differentWords } = textFacts(this.values, ownTextFacts())
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

  /** The metrics with the loss curves. A frame has these curves in its data. */
  async metrics(): Promise<Metrics> {
    return this.run ? { ...(await this.run.metrics()), ...this.run.curves } : this.known
  }

  /** The metrics before there is a text. */
  private get known(): Metrics {
    return { step: 0, lnVocab: Math.log(this.values.vocab) }
  }
}

export const experimentModule: ExperimentModule = {
  parameters,
  createExperiment: async (backend, values) => new TrainingExperiment(backend, typed(values)),
  restoreExperiment: async (backend, values, saved) =>
    new TrainingExperiment(backend, typed(values), saved as SavedExperiment),
  deciding,
  calibratedDefaults: (backend, values, given) => trainingDefaults(backend, typed(values), given),
  createHotLoop: (backend, values) => createHotLoop(backend, typed(values)),
  stepOperations(parameterValues) {
    const values = typed(parameterValues)
    return embeddingStds(values).length * stepOperations(layoutOf(values), values.batchSize * values.context)
  },
  provide: async (name, bytes) => takeText(name, bytes),
}
